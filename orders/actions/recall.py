"""A lot that is recalled: nothing of it is paid, confirmed or sent any more, and each order hears of it once."""

import logging
from collections.abc import Collection

from django.db import transaction
from django.utils import timezone

from core.outbox import record
from core.refusals import Refusal
from orders.actions import refund
from orders.actions.lapse import lapse
from orders.actions.order import lock
from orders.events import GoodsRecalled, RecallReached
from orders.models import Order, Refund
from orders.reads import stopped
from orders.reads.order import is_all_refunded

log = logging.getLogger("sheaf.recall")

State = Order.State


def reach(lot_id: int) -> int:
    """Find each order that has or awaits units of the lot, paid or not; how many."""
    orders = list(stopped.drew_on(lot_id).order_by("pk").values_list("pk", flat=True))
    record(*(RecallReached(order_id, lot_id) for order_id in orders))
    return len(orders)


@transaction.atomic
def apply(order_id: int, lot_id: int) -> None:
    """What of the lot was not sent is called off: unpaid, the order ends; paid, the money goes back. Its buyer
    is told afterwards, whatever came of it."""
    order = lock([Order.objects.get(pk=order_id)])[order_id]
    _mark(order, lot_id)
    if order.state == State.PLACED:
        lapse([order], State.CANCELLED)
    else:
        try:
            with transaction.atomic():
                _refund_recalled(order, lot_id)
        except Refusal as refusal:
            # A bank may have taken all of it already. The parcel stays where it is all the same.
            log.warning(
                "order %s: nothing was given back for its recalled goods: %s", order.uid, refusal.code
            )
    record(GoodsRecalled(order_id, lot_id))


def _mark(order: Order, lot_id: int) -> None:
    order.lines.filter(lots__lot=lot_id, recalled_at=None).update(recalled_at=timezone.now())


def _refund_recalled(order: Order, lot_id: int) -> None:
    if order.state == State.HELD:
        if not is_all_refunded(order):
            refund.refund_remaining(order, reason=Refund.Reason.RECALLED)
        return
    parts = {line.uid: refund.Part(units) for line, units in stopped.units_recalled(order, lot_id).items()}
    if parts:
        refund.request(order, parts, reason=Refund.Reason.RECALLED)


def refund_unfit(orders: Collection[int]) -> None:
    """Held orders whose units cannot be sent any more are repaid. The holder's lock is held."""
    held = lock(list(Order.objects.filter(pk__in=orders)))
    for order in held.values():
        if order.state == State.HELD and not is_all_refunded(order):
            lots = stopped.recalled_lots(order)
            refund.refund_remaining(order, reason=Refund.Reason.RECALLED)
            for lot_id in lots:
                _mark(order, lot_id)
            record(*(GoodsRecalled(order.pk, lot_id) for lot_id in lots))
