"""Coupons: as buyers are offered them, and as whoever pays for them makes, watches and ends them."""

from datetime import datetime
from typing import Any

import graphene
from django.db.models import QuerySet

from accounts.api.access import whoever_may
from accounts.api.office import add_to_office
from accounts.permissions import absent
from catalog.models import Category
from catalog.reads.teams import desks_of, team_at_desk
from core import clock
from core.api.access import HELD, SIGNED_IN
from core.api.act import Act
from core.api.errors import error_type
from core.api.facts import guarded, needs
from core.api.ids import uid_of
from core.api.types import BigInt, ModelType, Money, MoneyField, PlainType, list_of, money
from core.refusals import Invalid, NotFound
from orders.actions import coupon as coupons
from orders.models import Coupon
from orders.reads import coupon as reads
from orders.refusals import CouponRefused

KEEP = "orders.keep_team_coupons"
KEEPS_SHOPS = whoever_may("orders.keep_shop_coupons")
MOST = 100


class CouponReason(graphene.Enum):
    """Why a coupon is not used."""

    UNKNOWN = "UNKNOWN"
    OVER = "OVER"
    USED_UP = "USED_UP"
    USED_BEFORE = "USED_BEFORE"
    NOT_FIRST = "NOT_FIRST"
    SIGN_IN = "SIGN_IN"
    OTHER_GOODS = "OTHER_GOODS"
    TOO_LITTLE = "TOO_LITTLE"
    SAVES_LESS = "SAVES_LESS"
    LEFT_OFF = "LEFT_OFF"

    @property
    def description(self) -> str:
        """The reason in plain words, for the schema."""
        return f"{self.value.replace('_', ' ').capitalize()}."


@error_type(CouponRefused)
class CouponRefusedError:
    """A coupon cannot be used; nothing was placed."""

    reason = graphene.Field(CouponReason, required=True, description="Why, for programs.")


class OfferedCoupon(PlainType):
    """What a coupon gives, as everybody may know it."""

    class Meta:
        access = HELD

    words = graphene.String(required=True, description="What it takes off and from which sum on, in a line.")
    giver = graphene.String(required=True, description="At whose expense: the team, or the shop.")
    is_by_shop = graphene.Boolean(
        required=True,
        description="Whether the shop pays for it: households then have their part of the full price.",
    )
    ends_at = graphene.DateTime(description="Until when; null: until further notice.")

    def resolve_words(root, info):
        """From its columns, so that it says what is reckoned."""
        return str(root.words)

    def resolve_giver(root, info):
        """As the reader calls it."""
        return str(root.giver)


class CartDiscount(PlainType):
    """The coupon that takes most off this cart: one an order."""

    class Meta:
        access = HELD

    coupon = graphene.Field(OfferedCoupon, required=True, description="Which, and at whose expense.")
    code = graphene.String(required=True, description="Its code; empty where it counts by its rule alone.")
    amount = MoneyField("minor", description="What it takes off.")

    def resolve_code(root, info):
        """As its giver made it."""
        return root.coupon.code


class CouponNote(PlainType):
    """Why the coupon whose code was given is not used; nothing stands in the way of buying without it."""

    class Meta:
        access = HELD

    code = graphene.Field(CouponReason, required=True, description="Why, for programs.")
    message = graphene.String(required=True, description="Why, in the reader's language.")


class CouponType(ModelType):
    """A coupon as whoever pays for it sees it."""

    class Meta:
        model = Coupon
        fields = (
            *("code", "percent", "is_for_first", "most_in_all", "most_each", "uses"),
            *("starts_at", "ends_at", "ended_at"),
        )
        access = HELD
        about = {
            "code": "What a buyer types; empty: it is for everybody, by its rule alone.",
            "percent": "Per cent off; null where it is a sum.",
            "is_for_first": "Whether it is for the first purchase alone of whoever is signed in.",
            "most_in_all": "Uses in all; null: no limit.",
            "most_each": "Uses a person; null: no limit.",
            "uses": "Orders that have it, those that wait to be paid among them.",
            "starts_at": "From when.",
            "ends_at": "Until when; null: until further notice.",
            "ended_at": "When it was taken back before its time; null for most.",
        }

    words = graphene.String(required=True, description="What it takes off and from which sum on, in a line.")
    amount = MoneyField("amount_minor", required=False, description="The sum off; null where it is per cent.")
    least = MoneyField("least_minor", description="From which sum of its goods on.")
    is_running = graphene.Boolean(required=True, description="Whether it can be used now.")
    given = graphene.Field(
        Money,
        required=True,
        description="What it has taken off paid orders, less what was given back of them.",
    )

    @needs("category")
    def resolve_words(root, info):
        """From its columns, so that it says what is reckoned."""
        return str(root.words)

    def resolve_is_running(root, info):
        """By its time, its end and its limit in all."""
        return reads.why_nobody_may(root) is None

    def resolve_given(root, info):
        """Of each line as large a part as remains of what its buyer paid."""
        return money(reads.given_minor(root))


class CouponTerms:
    """What a coupon gives, on what, to whom and how often."""

    code = graphene.String(description="4 to 20 letters or digits; empty: for everybody, by its rule alone.")
    amount_minor = graphene.Field(BigInt, description="Off, in fen: at most half of leastMinor; or percent.")
    percent = graphene.Int(description="Per cent off, 1 to 50; or amountMinor.")
    least_minor = graphene.Field(BigInt, description="From this sum of its goods on, in fen.")
    category = graphene.String(description="Only goods of this category, by its slug.")
    is_for_first = graphene.Boolean(description="Only for a first purchase here, of whoever is signed in.")
    most_in_all = graphene.Int(description="Uses in all, 1 or more; null: no limit.")
    most_each = graphene.Int(description="Uses a person, 1 or more; null: no limit.")
    starts_at = graphene.DateTime(description="From when, without a zone in Shanghai; null: now.")
    ends_at = graphene.DateTime(
        description="Until when, without a zone in Shanghai; null: until it is ended."
    )


TERMS = {name: field for name, field in vars(CouponTerms).items() if not name.startswith("__")}


def terms_of(
    code: str | None = None,
    category: str | None = None,
    least_minor: int | None = None,
    is_for_first: bool | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    **given: Any,
) -> coupons.Terms:
    """The terms of an input, made plain."""
    shelf = Category.objects.filter(slug=category).first() if category else None
    if category and shelf is None:
        raise Invalid(field="category")
    return coupons.Terms(
        code=coupons.clean_code(code),
        category=shelf,
        least_minor=least_minor or 0,
        is_for_first=bool(is_for_first),
        starts_at=starts_at and clock.in_shanghai(starts_at),
        ends_at=ends_at and clock.in_shanghai(ends_at),
        **given,
    )


class _WithCoupon:
    coupon = graphene.Field(CouponType, description="The coupon as it is now.")


class TeamCouponMake(_WithCoupon, Act):
    """Managers: a coupon at the team's own expense. It lowers the price, and the households' part with it. It is never
    changed afterwards, only ended."""

    class Meta:
        access = SIGNED_IN
        rate = (30, 60)

    class Input:
        team = graphene.ID(required=True, description="The asker's own team.")
        locals().update(TERMS)

    @classmethod
    def act(cls, request: Any, team: str, **given: Any) -> Any:
        """The coupon. INVALID names each field that is wrong, a limit of 0 among them; NOT_FOUND for a team not one's own."""
        found = team_at_desk(request.user, KEEP, uid_of(team, "Team", field="team"))
        return cls(coupon=coupons.make(found, terms_of(**given), request.user))


class TeamCouponEnd(_WithCoupon, Act):
    """Managers: end a coupon of the team; orders that have it keep it."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="A coupon of the asker's own team.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The coupon, over now. NOT_FOUND for another team's; ending it twice is no mistake."""
        its = Coupon.objects.filter(team__in=desks_of(request.user, KEEP), uid=uid_of(id, "Coupon"))
        found = its.first()
        if found is None:
            raise absent(request.user, KEEP, "id")
        return cls(coupon=coupons.end(found, request.user))


class ShopCouponMake(_WithCoupon, Act):
    """Operators: a coupon at the shop's expense. Teams and households have their part of the full price; the shop pays
    what is off from its own account. It is never changed afterwards, only ended."""

    class Meta:
        access = KEEPS_SHOPS
        rate = (30, 60)

    class Input:
        locals().update(TERMS)

    @classmethod
    def act(cls, request: Any, **given: Any) -> Any:
        """The coupon. INVALID names each field that is wrong, a limit of 0 among them."""
        return cls(coupon=coupons.make(None, terms_of(**given), request.user))


class ShopCouponEnd(_WithCoupon, Act):
    """Operators: end a coupon of the shop's; orders that have it keep it."""

    class Meta:
        access = KEEPS_SHOPS

    class Input:
        id = graphene.ID(required=True, description="A coupon of the shop's.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The coupon, over now. NOT_FOUND for a team's; ending it twice is no mistake."""
        found = Coupon.objects.filter(team=None, uid=uid_of(id, "Coupon")).first()
        if found is None:
            raise NotFound(field="id")
        return cls(coupon=coupons.end(found, request.user))


def _of_team(root: Any, info: Any, team: str | None = None) -> QuerySet[Coupon]:
    person = info.context.user
    found = team_at_desk(person, KEEP, uid_of(team, "Team", field="team")) if team else None
    found = found or desks_of(person, KEEP).first()
    its = Coupon.objects.filter(team=found) if found else Coupon.objects.none()
    return its.select_related("category")[:MOST]


class Query:
    team_coupons = guarded(
        list_of(
            CouponType,
            most=MOST,
            resolver=_of_team,
            description="The coupons of a team whose money the asker keeps, the last first.",
            team=graphene.Argument(graphene.ID, description="The asker's own team; without it her first."),
        ),
        SIGNED_IN,
    )


class Mutation:
    team_coupon_make = TeamCouponMake.Field()
    team_coupon_end = TeamCouponEnd.Field()
    shop_coupon_make = ShopCouponMake.Field()
    shop_coupon_end = ShopCouponEnd.Field()


add_to_office(
    coupons=guarded(
        list_of(
            CouponType,
            most=MOST,
            resolver=lambda root, info: Coupon.objects.filter(team=None).select_related("category")[:MOST],
            description="The shop's own coupons, the last first, and what each has cost it.",
        ),
        KEEPS_SHOPS,
    )
)
