"""What sending costs, and where to: the shop's table and what a team sends for instead."""

from typing import Any

import graphene
from django.db.models import F, Q, QuerySet

from accounts.api.access import HELD, PUBLIC, whoever_may
from accounts.models import Region
from accounts.reads import region_coded, signed_in
from catalog.models import Product, Team
from core import numbers
from core.api.act import Act
from core.api.facts import guarded
from core.api.types import ModelType, Money, MoneyField, PlainType, enum_of, list_of, money, type_of
from core.language import say
from core.refusals import Invalid
from orders.actions import shipping
from orders.models import ShippingRate
from orders.reads.public_rates import PublicRate, public_rates
from orders.reads.shipping import ELSEWHERE

KEEPS_RATES = whoever_may("orders.keep_shipping_rates", anywhere=True)
MOST = 500
# Places of one price are told together: five storage classes, a few prices each, and the teams that have their own.
MOST_PUBLIC = 150


class ShippingRateType(ModelType):
    """The price of one parcel: a first weight, and each further step begun."""

    class Meta:
        model = ShippingRate
        name = "ShippingRate"
        fields = ("is_served", "first_grams", "step_grams", "region", "team")
        access = KEEPS_RATES
        about = {
            "is_served": "Whether it is sent there at all.",
            "first_grams": "Up to this weight the first fee is all.",
            "step_grams": "Each further step begun, in grams.",
            "region": "The province it is sent to; null: everywhere else.",
            "team": "Whose parcels; null: the shop's own table.",
        }

    storage = graphene.Field(
        enum_of(Product, "storage"), required=True, description="How what is sent is kept."
    )
    first = MoneyField("first_minor", description="The fee for the first weight.")
    step = MoneyField("step_minor", description="The fee for each step.")


class PublicRateType(PlainType):
    """What a parcel of one storage class costs, to places of one price."""

    class Meta:
        name = "PublicRate"
        access = HELD

    team = graphene.Field(
        lambda: type_of(Team),
        description="Whose parcels; null: of any team that has no price of its own there.",
    )
    storage = graphene.Field(
        enum_of(Product, "storage"), required=True, description="How what is sent is kept."
    )
    storage_name = graphene.String(required=True, description="The same in the reader's language.")
    places = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="Provinces, by name; none: everywhere that is not named beside it.",
    )
    is_served = graphene.Boolean(required=True, description="Whether it is sent there at all.")
    first = graphene.Field(Money, required=True, description="The fee up to firstGrams.")
    first_grams = graphene.Int(required=True, description="Up to this weight that is all.")
    step = graphene.Field(Money, required=True, description="The fee for each further step begun.")
    step_grams = graphene.Int(required=True, description="Such a step, in grams.")

    def resolve_storage_name(root: PublicRate, info: Any) -> str:
        """As parcels are called."""
        return str(Product.Storage(root.storage).parcel)

    def resolve_is_served(root: PublicRate, info: Any) -> bool:
        """By its rate."""
        return root.rate.is_served

    def resolve_first(root: PublicRate, info: Any) -> Any:
        """As a parcel is priced."""
        return money(root.rate.first_minor)

    def resolve_first_grams(root: PublicRate, info: Any) -> int:
        """As a parcel is weighed."""
        return root.rate.first_grams

    def resolve_step(root: PublicRate, info: Any) -> Any:
        """As a parcel is priced."""
        return money(root.rate.step_minor)

    def resolve_step_grams(root: PublicRate, info: Any) -> int:
        """As a parcel is weighed."""
        return root.rate.step_grams


class ShippingRateSave(Act):
    """Write the rate of a team's or the shop's parcels of one storage class into a province, or everywhere else."""

    class Meta:
        access = KEEPS_RATES

    class Input:
        storage = graphene.Field(
            enum_of(Product, "storage"), required=True, description="How what is sent is kept."
        )
        region = graphene.String(description="The code of a province; * or empty: everywhere else.")
        team = graphene.String(description="A team's code; empty: the shop's own table.")
        is_served = graphene.Boolean(required=True, description="Whether it is sent there at all.")
        first_grams = graphene.Int(required=True, description="Up to this weight the first fee is all.")
        first_minor = graphene.Int(required=True, description="The fee for the first weight, in fen.")
        step_grams = graphene.Int(required=True, description="Each further step begun, in grams.")
        step_minor = graphene.Int(required=True, description="The fee for each step, in fen.")

    @classmethod
    def act(cls, request: Any, storage: Any, region: str = "", team: str = "", **figures: Any) -> Any:
        """Nothing. INVALID names the field; carts are told the new price within half a minute."""
        given = shipping.Given(_team(request.user, team), str(storage.value), _province(region), figures)
        shipping.save(signed_in(request), [given])


class ShippingRatesConfirm(Act):
    """Say that the rates were gone through and are right as they stand."""

    class Meta:
        access = KEEPS_RATES

    @classmethod
    def act(cls, request: Any) -> Any:
        """Nothing; that she has looked is written down."""
        shipping.confirm(signed_in(request))


def _team(by: Any, code: str) -> int | None:
    if not (code or "").strip():
        return None
    found = shipping.teams_of(by).filter(code__iexact=numbers.in_ascii(code.strip())).first()
    if found is None:
        raise Invalid(shipping.NO_TEAM, field="team")
    return found.pk


def _province(code: str) -> str | None:
    if (code or "").strip() in ("", ELSEWHERE):
        return None
    found = region_coded(code.strip())
    if found.level != Region.Level.PROVINCE:
        raise Invalid(say("请选择省份。", "Choose a province."), field="region")
    return str(found.pk)


def _rates(root: Any, info: Any) -> QuerySet[ShippingRate]:
    seen = Q(team=None) | Q(team__in=shipping.teams_of(info.context.user))
    rows = ShippingRate.objects.filter(seen).select_related("region__parent__parent", "team")
    return rows.order_by(F("team__code").asc(nulls_first=True), "storage", F("region").asc(nulls_first=True))[
        :MOST
    ]


class Query:
    shipping_rates = guarded(
        list_of(
            ShippingRateType,
            most=MOST,
            resolver=_rates,
            description="The shop's own rates, and then those of the teams at the asker's places.",
        ),
        KEEPS_RATES,
    )
    public_rates = guarded(
        list_of(
            PublicRateType,
            most=MOST_PUBLIC,
            resolver=lambda root, info: public_rates()[:MOST_PUBLIC],
            description="What sending costs and where to: the shop's own table, then what teams charge instead.",
        ),
        PUBLIC,
    )


class Mutation:
    shipping_rate_save = ShippingRateSave.Field()
    shipping_rates_confirm = ShippingRatesConfirm.Field()
