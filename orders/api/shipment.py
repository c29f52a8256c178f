"""Parcels: where they are, sent by the team, received by the buyer."""

from typing import Any

import graphene

from accounts import factor
from accounts.models import Region
from core.api.access import PUBLIC, SIGNED_IN
from core.api.act import Act
from core.api.facts import mark, needs
from core.api.ids import uid_of
from core.api.types import ModelType, MoneyField, type_of
from orders import words
from orders.actions import address_change
from orders.actions import shipment as shipments
from orders.actions.tracking import Number
from orders.api.parcel import carried
from orders.api.payment import BY_LINK, ORDER_HOLDER
from orders.models import Shipment
from orders.reads import shipment as reads
from orders.reads.address import localized

EXPECTED_UNITS = (
    "How many units its sender has seen and packed; refused (CONFLICT) when some were taken out since, as by a "
    "cancellation."
)
CARRIER = "Who carries it."
TRACKING = "The carrier's number: 4 to 40 letters or digits."
IS_MEANT = (
    "True once it was asked about (NUMBER_TWICE): the number is on another of the team's parcels as well, or was this "
    "one's before."
)
GRAMS = "What the parcel weighs, in grams; null where nobody has weighed it."


class ShipmentAction(graphene.Enum):
    """Something that its buyer can do with a parcel."""

    CONFIRM_DELIVERY = "CONFIRM_DELIVERY"
    CHANGE_ADDRESS = "CHANGE_ADDRESS"

    @property
    def description(self) -> str:
        """What a buyer brings about by it, for the schema."""
        return {
            "CONFIRM_DELIVERY": "Say that it has arrived.",
            "CHANGE_ADDRESS": "Have it sent elsewhere or to somebody else, until it is packed.",
        }[self.value]


class ShipmentType(ModelType):
    """One parcel: what a team sends of an order."""

    class Meta:
        model = Shipment
        fields = (
            "team",
            "state",
            "ship_by",
            "shipped_at",
            "delivered_at",
            "is_presumed",
            "after_sale_until",
            "came_back_at",
            "lost_at",
        )
        access = ORDER_HOLDER
        about = {
            "team": "Who sends it.",
            "state": "Where it is.",
            "ship_by": "The day by which it is sent, once paid.",
            "shipped_at": "When it was handed to the carrier.",
            "delivered_at": "When it arrived, or was taken as arrived.",
            "is_presumed": "Whether it is taken as arrived: two weeks on nobody had said that it came, or did not.",
            "after_sale_until": "Until when a buyer may say that something is wrong.",
            "came_back_at": "When the carrier last brought it back to its team; null for most.",
            "lost_at": "Since when its team says that the carrier has lost it; null for most.",
        }

    state_name = graphene.String(required=True, description="Where it is, in words.")
    carrier = carried("carrier", "Who carries it; empty until it is sent.")
    tracking_number = carried("tracking_number", "The carrier's number; empty until it is sent.")
    tracking_url = graphene.String(
        description="A page of somebody else's that tells where it is, by its number alone; null until it is sent."
    )
    recipient = carried("recipient", "Who takes it.")
    phone = carried("phone", "Whom the courier calls.")
    region = graphene.Field(lambda: type_of(Region), required=True, description="The county or district.")
    street = carried("street", "Street, house, flat.")
    gift_note = carried("gift_note", "What is written to whoever takes it.")
    sender = carried("sender", "Whom she is told that it is from.")
    is_gift = graphene.Boolean(required=True, description="Whether it goes to somebody else than who bought.")
    address = graphene.String(required=True, description="Where it goes: region and street.")
    missing_from = graphene.DateTime(
        description="From when its buyer may say that it has not come; null unless it is on its way."
    )
    is_held_back = mark(
        graphene.Boolean(
            required=True,
            description="Whether it is paid and must not be sent as things are: something in it was suspended, recalled "
            "or is past its date, or a bank is deciding. The day by which it was to be sent is not promised then.",
        ),
        cost=2,
    )
    shipping = MoneyField("shipping_minor", description="What was paid for sending it.")
    allowed_actions = graphene.List(
        graphene.NonNull(ShipmentAction), required=True, description="What its buyer may do now."
    )

    def resolve_state_name(root, info):
        """The state in a word or two, in the reader's language."""
        return str(words.shipment_state(root))

    @needs("parcel")
    def resolve_tracking_url(root, info):
        """Of the house that `TRACKING_PAGE` names."""
        return reads.tracking_url(root)

    @needs("parcel__region")
    def resolve_region(root, info):
        """Of this parcel alone."""
        return root.parcel.region

    @needs("parcel")
    def resolve_is_gift(root, info):
        """One that the buyer takes herself is none."""
        return root.parcel.is_gift

    @needs("parcel__region__parent__parent")
    def resolve_address(root, info):
        """From the large to the small in Chinese, the other way round in English."""
        return localized(root.parcel.region, root.parcel.street)

    def resolve_missing_from(root, info):
        """A week after it was sent."""
        return reads.may_be_missing_from(root)

    @needs("order")
    def resolve_is_held_back(root, info):
        """By what has happened since it was bought."""
        return reads.is_held_back(root)

    @needs("order", "parcel")
    def resolve_allowed_actions(root, info):
        """CHANGE_ADDRESS while it is paid and not packed, CONFIRM_DELIVERY while it is on its way."""
        return reads.allowed_actions(root)


class ShipmentShip(Act):
    """Managers: the parcel is handed to a carrier; its buyer is told."""

    class Meta:
        access = SIGNED_IN
        idempotent = True
        read_by = {"shipment": "orders.reads.shipment.shipment_by_pk"}

    class Input:
        shipment_id = graphene.ID(required=True, description="The parcel, of one's own team.")
        carrier = graphene.String(required=True, description=CARRIER)
        tracking_number = graphene.String(required=True, description=TRACKING)
        expected_units = graphene.Int(required=True, description=EXPECTED_UNITS)
        is_meant = graphene.Boolean(description=IS_MEANT)
        grams = graphene.Int(description=GRAMS)

    shipment = graphene.Field(ShipmentType, description="The parcel, on its way.")

    @classmethod
    def act(
        cls,
        request: Any,
        shipment_id: str,
        carrier: str,
        tracking_number: str,
        expected_units: int,
        is_meant: bool | None = None,
        grams: int | None = None,
    ) -> Any:
        """The parcel, on its way. NOT_FOUND outside one's own desk; refused where it cannot be sent as it stands,
        or its contents have changed since they were seen; NUMBER_TWICE where the team has sent another under it."""
        parcel = reads.shipment_of_team(request.user, _uid(shipment_id))
        number = Number(carrier, tracking_number, bool(is_meant), grams)
        return {"shipment": shipments.ship(parcel, request.user, number, expected_units=expected_units)}


class ShipmentDelivered(Act):
    """Say that a parcel has arrived: its buyer, by account or link, or its team. The time for claims begins; by its
    team's word alone it ends no sooner than if nobody had said so."""

    class Meta:
        access = PUBLIC
        rate = (60, 60)

    class Input:
        shipment_id = graphene.ID(required=True, description="The parcel.")
        token = graphene.String(description=BY_LINK)

    shipment = graphene.Field(ShipmentType, description="The parcel, delivered.")

    @classmethod
    def act(cls, request: Any, shipment_id: str, token: str | None = None) -> Any:
        """The parcel, delivered; NOT_FOUND for whoever is neither its buyer nor its team, TOO_LATE when it is not
        on its way."""
        parcel = reads.shipment_to_receive(request.user, _uid(shipment_id), token)
        by_its_sender = not reads.is_receiver(request.user, parcel, token)
        return {"shipment": shipments.deliver(parcel, request.user, by_its_sender=by_its_sender)}


class ShipmentAddressChange(Act):
    """Buyers: a paid parcel goes elsewhere, or to somebody else, until it is packed; it costs and is served as before.
    Unless one has signed in within the last minutes a code goes to the order's mailbox first."""

    class Meta:
        access = PUBLIC
        rate = (30, 60)

    class Input:
        shipment_id = graphene.ID(required=True, description="The parcel.")
        token = graphene.String(description=BY_LINK)
        recipient = graphene.String(required=True, description="Who takes it.")
        phone = graphene.String(required=True, description="Whom the courier calls.")
        region = graphene.String(
            required=True,
            description="The county's or district's code, by GB/T 2260: one where sending costs the same.",
        )
        street = graphene.String(required=True, description="Street, house, flat.")
        code = graphene.String(description="The six digits that were sent for this very address.")

    shipment = graphene.Field(ShipmentType, description="The parcel, with its new address.")

    @classmethod
    def act(
        cls, request: Any, shipment_id: str, token: str | None = None, code: str | None = None, **where: Any
    ) -> Any:
        """The parcel as it is now; CODE_REQUIRED once a code is on its way, TOO_LATE once it is packed, INVALID where it
        would cost another sum or is not served, NOT_FOUND for whoever has not bought it."""
        parcel = reads.shipment_bought_by(request.user, _uid(shipment_id), token)
        by = request.user if request.user.is_authenticated else None
        is_known = by is not None and factor.is_young(request)
        changed = address_change.change(parcel, by, is_known=is_known, code=code or "", **where)
        return {"shipment": changed}


class ShipmentPack(Act):
    """Managers: the parcel is packed, and its address stays as it is; or unpacked again."""

    class Meta:
        access = SIGNED_IN
        read_by = {"shipment": "orders.reads.shipment.shipment_by_pk"}

    class Input:
        shipment_id = graphene.ID(required=True, description="The parcel, of one's own team.")
        is_packed = graphene.Boolean(required=True, description="False unpacks it again.")

    shipment = graphene.Field(ShipmentType, description="The parcel.")

    @classmethod
    def act(cls, request: Any, shipment_id: str, is_packed: bool) -> Any:
        """The parcel. NOT_FOUND outside one's own desk, TOO_LATE once it is sent."""
        parcel = reads.shipment_of_team(request.user, _uid(shipment_id))
        return {"shipment": address_change.pack(parcel, request.user, is_packed)}


def _uid(id: str) -> Any:
    return uid_of(id, "Shipment", field="shipment_id")


class Mutation:
    shipment_ship = ShipmentShip.Field()
    shipment_delivered = ShipmentDelivered.Field()
    shipment_address_change = ShipmentAddressChange.Field()
    shipment_pack = ShipmentPack.Field()
