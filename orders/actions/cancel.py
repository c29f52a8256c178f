"""Cancel, while nothing has been sent: unpaid, the stock is free again; paid, all of it goes back."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from core import failpoints
from core.refusals import Conflict, TooLate
from orders.actions import refund
from orders.actions.lapse import lapse
from orders.actions.order import lock
from orders.models import Order, Refund
from orders.reads.order import is_cancellable, is_unsent, why_it_stays
from orders.reads.place import may_about, must_about
from orders.reads.proof import is_hers

State = Order.State


@transaction.atomic
def cancel(order: Order, by: Any = None, reason: str = "") -> Order:
    """Call the order off, by its buyer; cancelling twice is no mistake."""
    order = lock([order])[order.pk]
    if order.state in Order.CLOSED_UNPAID:
        return order
    if by is not None and not is_hers(by, order):
        audit.record(by, "cancel", "Order", order.uid, state=str(order.state), reason=reason[:400])
    if order.state == State.PLACED:
        lapse([order], State.CANCELLED)
        return order
    if order.contested_at:
        raise Conflict(refund.CONTESTED)
    of_the_house = _is_of_the_house(by, order)
    if not (is_cancellable(order) or of_the_house and is_unsent(order)):
        raise TooLate(why_it_stays(order))
    refund.refund_remaining(order, reason=Refund.Reason.CANCELLED, by=by)
    return order


def _is_of_the_house(by: Any, order: Order) -> bool:
    """An operator, of somebody else's order: she may call off even what its buyer is bound by."""
    if by is None or is_hers(by, order) or not may_about(by, "orders.cancel_unsent", order):
        return False
    must_about(by, "orders.cancel_unsent", order)
    return True


def expire(limit: int = 100) -> int:
    """End orders whose reservation ran out; safe to run many at a time. What is held ends by its holder (`held.expire`)."""
    late = Order.objects.filter(state=State.PLACED, reserved_until__lt=timezone.now(), holder=None)
    with transaction.atomic():
        found = list(late.order_by("pk").select_for_update(skip_locked=True, no_key=True)[:limit])
        if found:
            lapse(found, State.EXPIRED)
            failpoints.reach("expire.recorded")
    if found:
        failpoints.reach("expire.committed")
    return len(found)
