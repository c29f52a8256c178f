"""Cancel, while nothing has been sent: unpaid, the stock is free again; paid, all of it goes back."""

import logging
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from catalog.actions import stock
from core import failpoints
from core.language import say
from core.outbox import record
from core.refusals import TooLate
from orders.actions import refund, seat
from orders.actions.order import lock, move_all
from orders.events import OrderLapsed
from orders.models import Order, Refund
from orders.reads.order import is_cancellable

log = logging.getLogger("sheaf.orders")

State = Order.State


@transaction.atomic
def cancel(order: Order, by: Any = None) -> Order:
    """Call the order off, by its buyer; cancelling twice is no mistake."""
    order = lock([order])[order.pk]
    if order.state in (State.CANCELLED, State.EXPIRED):
        return order
    if by is not None and by.pk != order.person_id:
        audit.record(by, "cancel", "Order", order.uid, state=str(order.state))
    if order.state == State.PLACED:
        lapse([order], State.CANCELLED)
        return order
    if not is_cancellable(order):
        words = say(
            "已经发货，不能取消；收货后可申请售后。",
            "It has been sent and cannot be cancelled any more; after delivery you can report a problem.",
        )
        raise TooLate(words)
    refund.everything(order, reason=Refund.Reason.CANCELLED, by=by)
    return order


def lapse(orders: Sequence[Order], state: str) -> None:
    """Orders that end unpaid, cancelled or run out: their stock and seats are free again. Locks are held."""
    move_all(orders, state, closed_at=timezone.now())
    stock.release([order.uid for order in orders])
    if seats := [order for order in orders if order.group_id]:
        seat.lapsed(seats)
    # Their pages at the provider are closed afterwards, outside this transaction.
    record(*[OrderLapsed(order_id=order.pk) for order in orders])


def expire(limit: int = 100) -> int:
    """End orders whose reservation ran out; safe to run many at a time."""
    late = Order.objects.filter(state=State.PLACED, reserved_until__lt=timezone.now())
    with transaction.atomic():
        found = list(
            late.filter(group=None).order_by("pk").select_for_update(skip_locked=True, no_key=True)[:limit]
        )
        if found:
            lapse(found, State.EXPIRED)
            failpoints.reach("expire.recorded")
    if found:
        failpoints.reach("expire.committed")
    return len(found) + _expire_seats(late, limit)


def _expire_seats(late: Any, limit: int) -> int:
    """Seats one by one: their group is locked before them."""
    done = 0
    for row in list(late.exclude(group=None).order_by("pk")[:limit]):
        try:
            done += _expire_seat(row)
        except Exception:
            # The others must not wait for it.
            log.exception("the seat of order %s could not be ended", row.uid)
    return done


@transaction.atomic
def _expire_seat(row: Order) -> bool:
    order = lock([row])[row.pk]
    if order.state != State.PLACED:
        return False
    lapse([order], State.EXPIRED)
    return True
