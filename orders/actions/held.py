"""Orders that are held: confirmed when what they wait for comes about, repaid or let go when it does not.

Called by whoever holds them, with the holder's lock held.
"""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from catalog.actions import stock
from catalog.models import Lot
from core.outbox import record
from core.states import move_many
from orders.actions import placing, refund
from orders.actions.lapse import lapse
from orders.actions.order import lock
from orders.actions.under_way import Asking, is_patient
from orders.events import OrderConfirmed
from orders.models import Line, Order, Payment, Refund
from orders.reads.order import is_all_refunded

log = logging.getLogger("sheaf.held")

State = Order.State


def confirm(orders: Sequence[int], at: datetime, dispatch_days: int, *also: Any) -> None:
    """These leave escrow, and only now count: each is promised for a day from now. Events that tell of it are recorded
    with theirs."""
    rows = list(Order.objects.filter(pk__in=orders).order_by("pk").select_for_update(no_key=True))
    move_many(rows, State.PAID, confirmed_at=at)
    # Only now a day is promised: nobody packs for what may come to nothing.
    placing.promise(rows, dispatch_days)
    kept = dict(Payment.objects.filter(order__in=rows, is_kept=True).values_list("order_id", "pk"))
    record(*[OrderConfirmed(order_id=row.pk, payment_id=kept[row.pk]) for row in rows], *also)


def repay(orders: QuerySet[Order]) -> None:
    """All of each that is held goes back."""
    held = lock(list(orders.filter(state=State.HELD)))
    # All lots at once, in the order of their ids, before the refunds take them order by order.
    list(stock.lock(Lot.objects.filter(variant__in=Line.objects.filter(order__in=held).values("variant"))))
    for order in held.values():
        # Its buyer may have left already; the provider may still be giving the money back.
        if not is_all_refunded(order):
            refund.refund_remaining(order, reason=Refund.Reason.FELL_SHORT)


def let_go(orders: QuerySet[Order]) -> None:
    """Nobody waits any more for the payment of these; money that still comes for them goes back."""
    unpaid = lock(list(orders.filter(state=State.PLACED)))
    # One of them may have been paid while we waited for its lock; then it is in, and held.
    waiting = [order for order in unpaid.values() if order.state == State.PLACED]
    if waiting:
        lapse(waiting, State.EXPIRED)


def expire(late: QuerySet[Order], limit: int = 100) -> int:
    """End those whose reservation ran out, one by one, as their holders are locked before them; how many. One that was
    paid in time keeps its place, however late the provider tells."""
    rows = list(late.order_by("pk")[:limit])
    silent = Asking().silent_about(row.pk for row in rows)
    done = 0
    for row in rows:
        if row.pk in silent and is_patient(row.reserved_until):
            continue
        try:
            done += _expire(row)
        except Exception:
            # The others must not wait for it.
            log.exception("order %s could not be ended", row.uid)
    return done


@transaction.atomic
def _expire(row: Order) -> bool:
    order = lock([row])[row.pk]
    if order.state != State.PLACED:
        return False
    lapse([order], State.EXPIRED)
    return True
