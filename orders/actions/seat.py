"""What a seat's order tells its group: paid, lapsed, given back. Callers hold the group's lock and the order's."""

from collections.abc import Sequence
from datetime import datetime

from django.db.models import F
from django.utils import timezone

from accounts.models import AuditEntry
from core.language import say
from core.outbox import record
from core.refusals import TooLate
from orders.actions import checkout
from orders.actions.order import move_all
from orders.events import GroupConfirmed, OrderConfirmed
from orders.models import GroupPurchase, Order, Payment, Seat
from orders.reads import stopped


def paid(order: Order, paid_at: datetime) -> None:
    """The seat is taken for good; refused when the group has closed, or nothing is left for late money.

    What a deadline is held against is when the member paid, by the provider's clock, and not when we heard of it.
    """
    seat = Seat.objects.select_related("group").get(order=order)
    group = seat.group
    if group.state != GroupPurchase.State.OPEN:
        raise TooLate(say("团购已经结束。", "The group purchase has closed."))
    if paid_at >= group.closes_at:
        raise TooLate(say("付款时已过截止时间。", "It was paid after the deadline."))
    is_late = seat.state == Seat.State.RELEASED
    if is_late and group.units_held + group.units_reserved + seat.units > group.maximum_units:
        raise TooLate(say("团购已经满员。", "The group purchase is full."))
    seat.move_to(Seat.State.HELD)
    units = {"units_held": F("units_held") + seat.units}
    if not is_late:
        units["units_reserved"] = F("units_reserved") - seat.units
    GroupPurchase.objects.filter(pk=group.pk).update(**units)
    group.refresh_from_db(fields=["units_held", "units_reserved"])
    # A seat that cannot be sent any more is repaid first; then the group has room again, and is not full.
    if group.units_held >= group.maximum_units and not stopped.unfit_seats([group]).exists():
        confirm(group)


def confirm(group: GroupPurchase) -> None:
    """The group is on: each paid seat's order leaves escrow, and only now counts."""
    now = timezone.now()
    group.move_to(GroupPurchase.State.CONFIRMED, closed_at=now)
    taken = Seat.objects.filter(group=group, state=Seat.State.HELD).order_by("pk")
    seats = list(taken.select_related("group__variant__product"))
    held = Order.objects.filter(pk__in=[seat.order_id for seat in seats]).order_by("pk")
    orders = list(held.select_for_update(no_key=True))
    move_all(seats, Seat.State.CONFIRMED)
    move_all(orders, Order.State.PAID, confirmed_at=now)
    # Only now a day is promised: nobody packs for a group that may fall short.
    checkout.promise(orders, seats[0].group.variant.product.dispatch_days)
    kept = dict(Payment.objects.filter(order__in=orders, is_kept=True).values_list("order_id", "pk"))
    record(
        *[OrderConfirmed(order_id=order.pk, payment_id=kept[order.pk]) for order in orders],
        GroupConfirmed(group_id=group.pk),
    )


def lapsed(orders: Sequence[Order]) -> None:
    """These orders were cancelled or ran out unpaid: their seats are free again."""
    seats = list(Seat.objects.filter(order__in=[o.pk for o in orders], state=Seat.State.RESERVED))
    move_all(seats, Seat.State.RELEASED)
    for seat in seats:
        GroupPurchase.objects.filter(pk=seat.group_id).update(units_reserved=F("units_reserved") - seat.units)


def follow(order: Order) -> None:
    """Something was given back, or a bank took it: what is left of the seat is what is left of its order. A seat of
    which all the money goes back is over; in an open group it can be taken by another."""
    seat = Seat.objects.select_related("group").get(order=order)
    lines = list(order.lines.all())
    is_over = all(line.refunded_minor == line.net_minor for line in lines)
    returned = seat.units if is_over else sum(line.refunded_units for line in lines)
    more = returned - seat.units_returned
    was_held = seat.state == Seat.State.HELD
    if is_over and seat.state != Seat.State.REFUNDED:
        seat.move_to(Seat.State.REFUNDED, units_returned=returned)
    elif more:
        Seat.objects.filter(pk=seat.pk).update(units_returned=returned)
    group = GroupPurchase.objects.filter(pk=seat.group_id)
    if seat.group.state == GroupPurchase.State.CONFIRMED:
        group.update(units_returned=F("units_returned") + more)
    elif is_over and was_held and seat.group.state == GroupPurchase.State.OPEN:
        group.update(units_held=F("units_held") - seat.units)


def taken_again(order: Order) -> None:
    """A bank gave back what it had taken of a seat: its member has it again, unless nothing is sent for it."""
    seat = Seat.objects.select_related("group").get(order=order)
    lines = list(order.lines.all())
    if all(line.refunded_minor == line.net_minor for line in lines):
        return
    returned = sum(line.refunded_units for line in lines)
    less = seat.units_returned - returned
    if seat.state == Seat.State.REFUNDED:
        handed_out = AuditEntry.objects.filter(noun="Seat", object_uid=str(seat.uid), deed="collect").exists()
        seat.move_to(Seat.State.COLLECTED if handed_out else Seat.State.CONFIRMED, units_returned=returned)
    elif less:
        Seat.objects.filter(pk=seat.pk).update(units_returned=returned)
    if seat.group.state == GroupPurchase.State.CONFIRMED:
        GroupPurchase.objects.filter(pk=seat.group_id).update(units_returned=F("units_returned") - less)
