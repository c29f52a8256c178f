"""Cancel, while nothing has been sent: unpaid, the stock is free again; paid, all of it goes back."""

import logging
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.permissions import may
from core import failpoints
from core.refusals import Conflict, TooLate
from orders.actions import refund
from orders.actions.lapse import lapse
from orders.actions.order import lock
from orders.actions.under_way import Asking, is_patient
from orders.models import GroupPurchase, Order, Refund
from orders.reads.order import is_cancellable, is_unsent, why_it_stays
from orders.reads.proof import is_hers

log = logging.getLogger("sheaf.orders")

State = Order.State


@transaction.atomic
def cancel(order: Order, by: Any = None, reason: str = "") -> Order:
    """Call the order off, by its buyer; cancelling twice is no mistake."""
    order = lock([order])[order.pk]
    if order.state in (State.CANCELLED, State.EXPIRED):
        return order
    if by is not None and by.pk != order.person_id:
        audit.record(by, "cancel", "Order", order.uid, state=str(order.state), reason=reason[:400])
    if order.state == State.PLACED:
        lapse([order], State.CANCELLED)
        return order
    if order.contested_at:
        raise Conflict(refund.CONTESTED)
    if not (is_cancellable(order) or _is_of_the_house(by, order) and is_unsent(order)):
        raise TooLate(why_it_stays(order))
    refund.everything(order, reason=Refund.Reason.CANCELLED, by=by)
    return order


def _is_of_the_house(by: Any, order: Order) -> bool:
    """An operator, of somebody else's order: she may take even a seat out of a group that is on."""
    return may(by, "orders.cancel_unsent") and not is_hers(by, order)


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
    """Seats one by one: their group is locked before them. One that was paid in time keeps its place, however late
    the provider tells; whose group has reached its deadline is let go when that closes."""
    seats = late.exclude(group=None).exclude(
        group__state=GroupPurchase.State.OPEN, group__closes_at__lte=timezone.now()
    )
    rows = list(seats.order_by("pk")[:limit])
    silent = Asking().silent_about(row.pk for row in rows)
    done = 0
    for row in rows:
        if row.pk in silent and is_patient(row.reserved_until):
            continue
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
