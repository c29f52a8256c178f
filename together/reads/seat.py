"""Seats: one's own, those of a coordinator's groups, and what may be done with them."""

from typing import Any
from uuid import UUID

from django.db.models import F, Q, QuerySet

from accounts.models import Membership
from accounts.reads import organisations_of
from core.refusals import NotFound
from orders.links import uid_of_token
from orders.models import Order
from orders.reads.order import order_open_to, orders_of
from orders.reads.stopped import unfit
from together.models import GroupPurchase, Seat


def led_by(person: Any) -> QuerySet:
    """The organisations that this person coordinates today, by id."""
    return organisations_of(person, Membership.Role.COORDINATOR).values("pk")


def own_seats(person: Any, token: str | None = None) -> QuerySet[Seat]:
    """The asker's seats, the newest first."""
    own = Q(order__in=orders_of(person))
    if token and (order := uid_of_token(token)):
        own |= Q(order__person=None, order__uid=order)
    return Seat.objects.filter(own).order_by("-pk")


def own_seat(group: GroupPurchase, person: Any) -> Seat | None:
    """The asker's part: one that is paid or waits for its payment comes before one that is over."""
    seats = getattr(group, "own_seats", None)
    if seats is None:
        seats = list(own_seats(person).filter(group=group).select_related("order"))
    over = (Seat.State.RELEASED, Seat.State.REFUNDED)
    return next((s for s in seats if s.state not in over), seats[0] if seats else None)


def seat_open_to(person: Any, number: str, token: str | None) -> Seat | None:
    """The seat that one's own order is, or a guest's by its key; none of any other order."""
    order = order_open_to(person, number, token)
    if order is None or not order.holder:
        return None
    return Seat.objects.select_related("group").filter(order=order).first()


def seat_led_by(person: Any, uid: UUID) -> Seat:
    """A seat in a group that this person coordinates today."""
    seats = Seat.objects.filter(uid=uid, group__organisation__in=led_by(person))
    seat = seats.select_related("group__organisation", "order").first()
    if seat is None:
        raise NotFound()
    return seat


def packing_list(group: GroupPurchase) -> QuerySet[Seat]:
    """Who gets how much (`units_remaining`): paid seats of a group of which something is left, by name."""
    left = group.seats.filter(state__in=Seat.PAID, units__gt=F("units_returned"))
    return left.select_related("order").order_by("name", "pk")


def is_collectable(seat: Seat) -> bool:
    """Whether the coordinator may hand it out: confirmed, its parcel was sent, something in it is hers, and nothing
    in it was recalled."""
    sent = (Order.State.SHIPPED, Order.State.DELIVERED, Order.State.COMPLETED)
    is_sent = seat.state == Seat.State.CONFIRMED and seat.units_remaining > 0 and seat.order.state in sent
    return is_sent and not any(line.recalled_at for line in seat.order.lines.all())


def unfit_seats(group: GroupPurchase) -> QuerySet[Seat]:
    """Paid seats whose units can no longer be sent: of a lot that was recalled, or is past its date by now."""
    return Seat.objects.filter(unfit("order__uid"), group=group, state=Seat.State.HELD).order_by("pk")
