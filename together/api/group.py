"""Buying together: public facts for whoever has the link, names and codes for coordinators alone."""

from datetime import datetime
from typing import Any

import graphene
from django.db.models import QuerySet

from accounts import reads as people
from accounts.api.access import COORDINATOR, coordinates
from catalog.api.variant import OfPublished
from catalog.models import Product, Variant
from catalog.reads import variants_on_sale
from core import clock
from core.api.access import PUBLIC, SIGNED_IN, Access
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import guarded, mark, needs
from core.api.ids import uid_of
from core.api.lookahead import prefetched
from core.api.types import ModelType, Money, MoneyField, money, type_of
from core.language import say
from core.refusals import NotFound
from orders.api.closure import ClosedPlaceType, closed_place
from orders.api.payment import BY_LINK
from together import words
from together.actions import group as groups
from together.api.coordination import CoordinationType
from together.api.seat import OwnSeatType
from together.models import GroupPurchase
from together.reads import group as reads
from together.reads import seat as seats_of

# Whoever has the link, which cannot be guessed.
LINK_HOLDER = Access("whoever has the group's link")
GROUP_READ_BY = "together.reads.group.group_by_pk"


class GroupAction(graphene.Enum):
    """Something that the asker can do with a group purchase."""

    JOIN = "JOIN"
    LEAVE = "LEAVE"
    CANCEL = "CANCEL"
    PACKING_LIST = "PACKING_LIST"
    CONFIRM_DELIVERY = "CONFIRM_DELIVERY"

    @property
    def description(self) -> str:
        """A sentence for the schema: what it brings about, and until when it can be done."""
        return {
            "JOIN": "Take a seat.",
            "LEAVE": "Give up one's seat by orderCancel, and get everything back: before the deadline, and "
            "before the group is confirmed. After that all are bound, and only claims are left.",
            "CANCEL": "Call the group off before its deadline; everyone is repaid.",
            "PACKING_LIST": "Download who gets how much.",
            "CONFIRM_DELIVERY": "Say that the group's parcel has arrived.",
        }[self.value]


class GroupPurchaseType(OfPublished, ModelType):
    """Buyers who buy together: one variant, one price, one deadline, one address."""

    class Meta:
        model = GroupPurchase
        fields = (
            "join_code",
            "title",
            "state",
            "organisation",
            "minimum_units",
            "maximum_units",
            "units_returned",
            "opened_at",
            "closes_at",
            "closed_at",
        )
        access = LINK_HOLDER
        about = {
            "join_code": "The code in its link; whoever has it may join.",
            "title": "What it is about, in its coordinator's words.",
            "state": "Where it stands.",
            "organisation": "Whose coordinators opened it.",
            "minimum_units": "So many must be paid by the deadline.",
            "maximum_units": "With so many it is full and closes at once.",
            "units_returned": "Units given back since it was confirmed; its price stays for those who remain.",
            "opened_at": "When it was opened.",
            "closes_at": "The deadline: what is paid before it counts, by when it was paid at the provider, however "
            "late that is told. Until then members may leave, unless it is confirmed before.",
            "closed_at": "When it closed; null while it is open.",
        }

    state_name = graphene.String(required=True, description="Where it stands, in words.")
    variant = mark(
        graphene.Field(
            lambda: type_of(Variant), description="What is bought; null when it is not shown any more."
        ),
        relation="variant",
        needs=("variant__product__team",),
    )
    product = mark(
        graphene.Field(
            lambda: type_of(Product), description="Its product; null when it is not shown any more."
        ),
        needs=("variant__product__team",),
    )
    price = MoneyField("price_minor", description="What everyone pays for a unit, sending included.")
    full_price = graphene.Field(Money, required=True, description="What a unit costs on its own today.")
    units_held = graphene.Int(
        required=True,
        description="Units that are paid, without those given back since; of a group that came to nothing, those that "
        "had been paid when it closed.",
    )
    units_left = graphene.Int(required=True, description="Units that can still be joined for.")
    is_offered = graphene.Boolean(
        required=True,
        description="Whether what it buys is on sale and something of it is left; else nobody can join.",
    )
    units_needed = graphene.Int(required=True, description="Units still to be paid before it is certain.")
    is_closing = graphene.Boolean(
        required=True,
        description="Whether its deadline has passed and the provider is asked about the last payments: minutes at "
        "most, in which nobody comes or goes.",
    )
    is_repaid = graphene.Boolean(
        description="Whether all who had paid have it back; null unless it fell short or was called off."
    )
    closed = graphene.Field(
        ClosedPlaceType,
        description="What closes the place that it goes to, so that nobody can join for now; null for most.",
    )
    presale_ship_by = graphene.Date(
        description="Where what its members have paid for was still to be harvested: sent by this day; null for most."
    )
    if_it_falls_short = graphene.String(required=True, description="What happens if it does not fill.")
    is_coordinator = graphene.Boolean(required=True, description="Whether the asker coordinates it today.")
    my_seat = graphene.Field(OwnSeatType, description="The asker's own part; null without one.")
    coordination = guarded(
        graphene.Field(CoordinationType, description="For its coordinators alone; null for others."),
        COORDINATOR,
    )
    allowed_actions = graphene.List(
        graphene.NonNull(GroupAction), required=True, description="What the asker may do now."
    )

    def resolve_state_name(root, info):
        """In the reader's language; between its deadline and its closing it says that payments are being checked."""
        return str(words.group_state(root))

    @needs("variant")
    def resolve_full_price(root, info):
        """The variant's price of today, which may have changed since the group's was fixed."""
        return money(root.variant.price_minor)

    def resolve_units_held(root, info):
        """What is left of its seats."""
        return root.units_remaining

    @needs("variant__product__team", "organisation")
    def resolve_units_left(root, info):
        """Neither paid nor reserved, of what is on sale."""
        return reads.units_joinable(root)

    @needs("variant__product__team", "organisation")
    def resolve_is_offered(root, info):
        """By the shelf of today."""
        return reads.is_offered(root)

    @needs("variant__product__team")
    def resolve_closed(root, info):
        """Those who have paid read on their order's page what they may choose."""
        return closed_place(reads.closed_for(root))

    def resolve_units_needed(root, info):
        """The minimum less what is paid, never below 0."""
        return reads.units_needed(root)

    def resolve_is_closing(root, info):
        """Past its deadline, and still open."""
        return reads.is_closing(root)

    def resolve_is_repaid(root, info):
        """As the provider has told so far."""
        return reads.is_repaid(root)

    def resolve_presale_ship_by(root, info):
        """As their orders keep it, the latest of them."""
        return reads.presale_ship_by(root)

    def resolve_if_it_falls_short(root, info):
        """In the reader's language, with the figure."""
        return str(
            say(
                "到截止时间付款不足 {n} 份，团购就不成立，每个人付的钱全额原路退回。",
                "If fewer than {n} units are paid by then, nothing is bought and everyone gets all of it back.",
                n=root.minimum_units,
            )
        )

    def resolve_is_coordinator(root, info):
        """By her part in the group's organisation today, whoever opened it; looked up once a request."""
        return coordinates(info.context, root.organisation_id)

    def resolve_my_seat(root, info):
        """By account; a guest's by the key of her order."""
        return seats_of.own_seat(root, info.context.user)

    @needs("region__parent__parent")
    def resolve_coordination(root, info):
        """The same group, with more of it."""
        return root

    @needs("variant__product__team", "organisation")
    def resolve_allowed_actions(root, info):
        """Names of GroupAction that would not be refused for state, seat or role at this moment."""
        seat = seats_of.own_seat(root, info.context.user)
        leads = coordinates(info.context, root.organisation_id)
        return reads.allowed_actions(root, leads=leads, seat=seat)


class GroupPurchaseOpen(Act):
    """Coordinators of a verified organisation: open a group purchase on one variant, to one address."""

    class Meta:
        access = SIGNED_IN
        rate = (20, 60)

    class Input:
        organisation_id = graphene.ID(required=True, description="One that the asker coordinates.")
        variant_id = graphene.ID(required=True, description="What is bought.")
        title = graphene.String(required=True, description="What it is about; at most 80 characters.")
        minimum_units = graphene.Int(
            required=True, description="So many must be paid, or everyone is repaid."
        )
        maximum_units = graphene.Int(required=True, description="With so many it is full.")
        closes_at = graphene.DateTime(
            required=True,
            description="The deadline, 15 minutes to 60 days away; without a zone, in Shanghai.",
        )
        recipient = graphene.String(required=True, description="Who takes the parcel.")
        phone = graphene.String(required=True, description="Whom the courier calls.")
        region_code = graphene.String(required=True, description="The county's or district's code.")
        street = graphene.String(required=True, description="Street, house, room.")

    group = graphene.Field(GroupPurchaseType, description="The group, open from now on.")

    @classmethod
    def act(
        cls, request: Any, organisation_id: str, variant_id: str, closes_at: datetime, **terms: Any
    ) -> Any:
        """The group, open, with its price fixed. NOT_FOUND for an organisation she does not coordinate; INVALID says
        which field."""
        uid = uid_of(organisation_id, "Organisation", field="organisation_id")
        led = people.organisation_led_by(request.user, uid)
        variant = variants_on_sale(uids=[uid_of(variant_id, "Variant", field="variant_id")]).first()
        if variant is None:
            raise NotFound(field="variant_id")
        closes_at = clock.in_shanghai(closes_at)
        return {"group": groups.open_group(request.user, led, variant, closes_at=closes_at, **terms)}


class GroupPurchaseCancel(Act):
    """Coordinators: call an open group off; everyone is repaid in full."""

    class Meta:
        access = SIGNED_IN
        idempotent = True
        read_by = {"group": GROUP_READ_BY}

    class Input:
        group_id = graphene.ID(required=True, description="The group.")

    group = graphene.Field(GroupPurchaseType, description="The group as it is now.")

    @classmethod
    def act(cls, request: Any, group_id: str) -> Any:
        """The group, called off, again if it was already. NOT_FOUND for whoever does not lead it; TOO_LATE once it has
        closed."""
        return {"group": groups.cancel(_led(request, group_id), request.user)}


def _led(request: Any, id: str) -> GroupPurchase:
    return reads.group_led_by(request.user, uid=uid_of(id, "GroupPurchase", field="group_id"))


def _group(root: Any, info: Any, code: str, token: str | None = None) -> GroupPurchase | None:
    return prefetched(reads.group_by_code(info.context.user, code, token), info).first()


def _mine(root: Any, info: Any) -> QuerySet[GroupPurchase]:
    return reads.groups_of(info.context.user)


class Query:
    group_purchase = guarded(
        graphene.Field(
            GroupPurchaseType,
            args={
                "code": graphene.Argument(graphene.String, required=True, description="From its link."),
                "token": graphene.Argument(graphene.String, description=BY_LINK),
            },
            resolver=_group,
            description="The group behind a link; null for a code that is none.",
        ),
        PUBLIC,
    )
    my_group_purchases = guarded(
        connection_field(
            lambda: GroupPurchaseType,
            _mine,
            order=("-opened_at", "-id"),
            description="Groups that the asker coordinates or has a seat in.",
        ),
        SIGNED_IN,
    )


class Mutation:
    group_purchase_open = GroupPurchaseOpen.Field()
    group_purchase_cancel = GroupPurchaseCancel.Field()
