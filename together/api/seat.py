"""Seats: a member's part in a group purchase, as the member and as the coordinator see it."""

from typing import Any

import graphene

from core.api.access import PUBLIC, SIGNED_IN, Access
from core.api.act import Act
from core.api.errors import error_type
from core.api.facts import guarded, needs
from core.api.ids import global_id, uid_of
from core.api.types import ModelType, enum_of
from orders.api.counted import counted_as
from orders.api.order import WithOrder
from orders.api.payment import BY_LINK, NUMBER, ORDER_HOLDER
from together import words
from together.actions import seat as seats
from together.models import GroupPurchase, Seat
from together.reads import seat as reads
from together.reads.group import group_to_join
from together.refusals import GroupFull

ITS_COORDINATOR = Access("a coordinator of the group's organisation", pii=1)


def units_remaining() -> graphene.Field:
    """What is left of a seat; everywhere the same."""
    return graphene.Field(
        graphene.Int,
        required=True,
        resolver=lambda seat, info: seat.units_remaining,
        description="Units that are left of it: without those given back, none of a seat that is refunded.",
    )


def units_bought() -> graphene.Field:
    """What a seat was at first."""
    return graphene.Field(
        graphene.Int,
        required=True,
        resolver=lambda seat, info: seat.units,
        description="Units that it was joined with.",
    )


class SeatType(ModelType):
    """One member's part, as the group's coordinator sees it: a name and a code, nothing to reach her by."""

    class Meta:
        model = Seat
        fields = ("name", "state", "pickup_code", "joined_at")
        access = ITS_COORDINATOR
        about = {
            "name": "The member's name, as she gave it.",
            "state": "How far it is.",
            "pickup_code": "What the member shows when she collects.",
            "joined_at": "When she joined.",
        }

    units = units_remaining()
    units_bought = units_bought()
    state_name = graphene.String(required=True, description="How far it is, in words.")
    is_collectable = graphene.Boolean(required=True, description="Whether it can be handed out now.")

    @needs("order")
    def resolve_state_name(root, info):
        """In the reader's language; a seat whose money is not back yet is being refunded."""
        return str(words.seat_state(root))

    @needs("order__lines")
    def resolve_is_collectable(root, info):
        """Confirmed, sent, and not recalled."""
        return reads.is_collectable(root)


class OwnSeatType(ModelType):
    """The asker's own part in a group: by her account, or for a guest by the key of her order."""

    class Meta:
        model = Seat
        name = "OwnSeat"
        main = False
        fields = ("name", "state", "pickup_code", "order")
        access = ORDER_HOLDER
        about = {
            "name": "The name she gave.",
            "state": "How far it is.",
            "pickup_code": "What she shows when she collects.",
            "order": "Her own order, paid and followed like any other.",
        }

    units = units_remaining()
    units_bought = units_bought()
    state_name = graphene.String(required=True, description="How far it is, in words.")

    @needs("order")
    def resolve_state_name(root, info):
        """In the reader's language; a seat whose money is not back yet is being refunded."""
        return str(words.seat_state(root))


class OrderGroupType(ModelType):
    """The group purchase that an order is a seat in, as its member sees it."""

    class Meta:
        model = Seat
        name = "OrderGroup"
        main = False
        fields = ("pickup_code",)
        access = ORDER_HOLDER
        about = {"pickup_code": "What she shows when she collects."}

    units = units_remaining()
    seat_state = graphene.Field(
        enum_of(Seat, "state"), required=True, description="How far the member's seat is."
    )
    id = graphene.Field(graphene.ID, required=True, description="The group's id.")
    join_code = graphene.String(required=True, description="The code in the group's link.")
    title = graphene.String(required=True, description="What it is about.")
    state = graphene.Field(enum_of(GroupPurchase, "state"), required=True, description="Where it stands.")
    state_name = graphene.String(required=True, description="Where it stands, in words.")
    closes_at = graphene.DateTime(required=True, description="When it closes at the latest.")

    def resolve_seat_state(root, info):
        """The row is a seat, so this is its own state; `state` is its group's."""
        return root.state

    def resolve_id(root, info):
        """Of the group, not of the seat."""
        return global_id("GroupPurchase", root.group.uid)

    def resolve_join_code(root, info):
        """A member may pass it on."""
        return root.group.join_code

    def resolve_title(root, info):
        """As its coordinator wrote it."""
        return root.group.title

    def resolve_state(root, info):
        """The group's, not the seat's."""
        return root.group.state

    def resolve_state_name(root, info):
        """The group's in the reader's language; after its deadline it says that payments are being checked."""
        return str(words.group_state(root.group))

    def resolve_closes_at(root, info):
        """The group's deadline; a full group closes before it."""
        return root.group.closes_at


@error_type(GroupFull)
class GroupFullError:
    """Fewer units are free in the group than were asked for."""

    units_left = graphene.Int(required=True, description="Units that are still free.")


class GroupPurchaseJoin(WithOrder, Act):
    """Take a seat: an order of one's own at the group's price, to be paid until `reservedUntil`, 15 minutes at most."""

    class Meta:
        access = PUBLIC
        idempotent = True
        read_by = {"order": "orders.reads.order.order_by_pk"}
        rate = (10, 60)

    class Input:
        code = graphene.String(required=True, description="From the group's link.")
        name = graphene.String(
            required=True, description="The name by which the coordinator knows the member."
        )
        units = graphene.Int(required=True, description="How many units.")
        email = graphene.String(description="Where mails go; without an account this or `mobile` is needed.")
        mobile = graphene.String(description="The number that is texted where no mailbox is given.")
        is_adult = graphene.Boolean(description="The member is 18 or older; asked for alcohol alone.")

    @classmethod
    def act(
        cls,
        request: Any,
        code: str,
        name: str,
        units: int,
        email: str | None = None,
        mobile: str | None = None,
        is_adult: bool | None = None,
    ) -> Any:
        """Her order at the group's price, to be paid in time. NOT_FOUND for a code that is none, TOO_LATE once it has
        closed or nothing is on sale; GROUP_FULL tells how many units are left."""
        group = group_to_join(code)
        seat = seats.join(
            group,
            request.user,
            name=name,
            units=units,
            email=email or "",
            mobile=mobile or "",
            is_adult=bool(is_adult),
            asker=counted_as(request),
        )
        return {"order": seat.order}


class SeatCollect(Act):
    """Coordinators: a member has collected her part."""

    class Meta:
        access = SIGNED_IN

    class Input:
        seat_id = graphene.ID(required=True, description="The seat.")

    seat = graphene.Field(SeatType, description="The seat, collected.")

    @classmethod
    def act(cls, request: Any, seat_id: str) -> Any:
        """The seat, collected, again if it was already. NOT_FOUND for whoever does not lead its group; CONFLICT while
        it is not sent, or where it was recalled or given back."""
        seat = reads.seat_led_by(request.user, uid_of(seat_id, "Seat", field="seat_id"))
        return {"seat": seats.collect(seat, request.user)}


def _order_group(root: Any, info: Any, order: str, token: str | None = None) -> Seat | None:
    return reads.seat_open_to(info.context.user, order, token)


class Query:
    order_group = guarded(
        graphene.Field(
            OrderGroupType,
            args={
                "order": graphene.Argument(graphene.String, required=True, description=NUMBER),
                "token": graphene.Argument(graphene.String, description=BY_LINK),
            },
            resolver=_order_group,
            description="The group purchase in which one's own order is a seat, or a guest's by its key; null for others.",
        ),
        PUBLIC,
    )


class Mutation:
    group_purchase_join = GroupPurchaseJoin.Field()
    seat_collect = SeatCollect.Field()
