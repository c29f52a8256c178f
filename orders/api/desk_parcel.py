"""A parcel as its team's desk sees it: what to put in, where to send it, how far it has come."""

import graphene

from core import clock
from core.api.facts import mark, needs
from core.api.types import ModelType, PlainType, list_of
from core.related import related
from orders import words
from orders.api.desk_claim import DESK, DeskLineType, id_of
from orders.api.packing import OF_THE_DESK
from orders.api.parcel import carried
from orders.models import Shipment
from orders.reads import tracking
from orders.reads.address import on_a_parcel


class ParcelAction(graphene.Enum):
    """Something that its team can do with a parcel."""

    SHIP = "SHIP"
    SPLIT = "SPLIT"
    CORRECT_NUMBER = "CORRECT_NUMBER"
    UNDO_SENDING = "UNDO_SENDING"
    TELL_CAME_BACK = "TELL_CAME_BACK"
    TELL_LOST = "TELL_LOST"

    @property
    def description(self) -> str:
        """What a team brings about by it, for the schema."""
        return {
            "SHIP": "Say that it is on its way, unless something holds it back: shipmentShip.",
            "SPLIT": "Send what is ready, the rest later: shipmentSplit.",
            "CORRECT_NUMBER": "Put its number right: shipmentNumberCorrect.",
            "UNDO_SENDING": "Within the hour: it was not sent after all: shipmentSendingUndo.",
            "TELL_CAME_BACK": "Say that the carrier has brought it back: shipmentCameBack.",
            "TELL_LOST": "Say that the carrier has lost it: shipmentLost.",
        }[self.value]


class ParcelNumberType(PlainType):
    """A number under which a parcel travels or has travelled."""

    class Meta:
        access = OF_THE_DESK

    carrier = graphene.String(
        required=True, description="Who carried it; empty where it was not sent after all."
    )
    tracking_number = graphene.String(
        required=True, description="The carrier's number; empty where it was not sent after all."
    )
    at = graphene.DateTime(required=True, description="From when on.")


class ParcelType(ModelType):
    """A parcel as its team sees it: what to put in, and where to send it."""

    class Meta:
        model = Shipment
        name = "Parcel"
        main = False
        fields = ("state", "ship_by", "shipped_at", "delivered_at", "came_back_at", "lost_at", "lines")
        access = DESK
        most = {"lines": 50}
        about = {
            "state": "Where it is.",
            "ship_by": "The day by which it was promised.",
            "shipped_at": "When it was sent.",
            "delivered_at": "When it arrived.",
            "came_back_at": "When the carrier last brought it back; null for most.",
            "lost_at": "Since when the team says that the carrier has lost it; null for most.",
        }

    id = id_of("Shipment")
    carrier = carried("carrier", "Who carries it; empty until it is sent.")
    tracking_number = carried("tracking_number", "The carrier's number; empty until it is sent.")
    lines = mark(
        graphene.Field(
            graphene.List(graphene.NonNull(DeskLineType)), required=True, description="What lies in it."
        ),
        relation="lines",
        most=50,
    )
    units = graphene.Int(required=True, description="Units that go into it now, of all its lines.")
    number = graphene.String(required=True, description="The order's number.")
    state_name = graphene.String(required=True, description="Where it is, in words.")
    is_due = graphene.Boolean(required=True, description="Whether it is to be packed today.")
    recipient = carried("recipient", "Who takes it.")
    phone = carried("phone", "Whom the courier calls.")
    address = graphene.String(required=True, description="Where it goes, as written on the parcel.")
    note = graphene.String(required=True, description="The buyer's word for the teams.")
    gift_note = carried("gift_note", "What is written to whoever takes it; empty for most.")
    sender = carried("sender", "Whom she is told that it is from; empty for most.")
    is_packed = graphene.Boolean(
        required=True, description="Whether it is packed: its address stays as it is."
    )
    address_changed_at = graphene.DateTime(
        description="When its buyer last changed who takes it, or where; null for most."
    )

    grams = graphene.Int(description="What it weighs, in grams; null where nobody has weighed it.")
    numbers = list_of(
        ParcelNumberType,
        most=20,
        description="The numbers that it has had, the first first, with the one that it has now.",
    )
    actions = graphene.List(
        graphene.NonNull(ParcelAction), required=True, description="What its team may do with it now."
    )

    @needs("parcel")
    def resolve_grams(root, info):
        """As it was weighed when it was sent."""
        return root.parcel.grams

    @needs("parcel__numbers")
    def resolve_numbers(root, info):
        """Added to with each change, and never edited."""
        return list(root.parcel.numbers.all())[-20:]

    @needs("order", "lines")
    def resolve_actions(root, info):
        """Each only while it would be accepted."""
        return tracking.allowed_actions(root)

    def resolve_lines(root, info):
        """What lies in this parcel, without what other teams send of the order."""
        return list(related(root, "lines"))

    @needs("lines")
    def resolve_units(root, info):
        """Without what was given back."""
        return sum(line.units_sent for line in related(root, "lines"))

    @needs("order")
    def resolve_number(root, info):
        """From the order that the parcel belongs to, for what its buyer quotes."""
        return root.order.number

    def resolve_state_name(root, info):
        """The state in a word or two, in the reader's language."""
        return str(words.shipment_state(root))

    def resolve_is_due(root, info):
        """Promised for today or before, by the trade's calendar."""
        late = root.ship_by is not None and root.ship_by <= clock.today()
        return late and root.state == Shipment.State.WAITING

    @needs("parcel__region__parent__parent")
    def resolve_address(root, info):
        """In Chinese, whoever reads it: couriers do."""
        return on_a_parcel(root.parcel.region, root.parcel.street)

    @needs("parcel")
    def resolve_is_packed(root, info):
        """As somebody at the desk has said."""
        return root.parcel.packed_at is not None

    @needs("parcel")
    def resolve_address_changed_at(root, info):
        """Whatever list was printed before says another address."""
        return root.parcel.changed_at

    @needs("order")
    def resolve_note(root, info):
        """From the order that the parcel belongs to: the buyer's word to all of its teams."""
        return root.order.note
