"""Locks and moves that every deed on orders shares."""

from collections.abc import Sequence
from typing import Any

from core import fast
from core.language import say
from core.refusals import NotAllowed
from orders import holding
from orders.models import Order, Payment
from orders.reads import closure
from orders.reads.closure import order_closed_by
from orders.reads.proof import is_hers
from orders.reads.stopped import unpayable
from orders.refusals import NotOnSale

_ALONE = fast.PreparedQuery(
    lambda orders: Order.objects.filter(pk__in=orders).order_by("pk").select_for_update(no_key=True)
)
_TO_PAY = fast.PreparedQuery(
    lambda orders: (
        Order.objects.filter(pk__in=orders)
        .annotate(is_stopped=unpayable("pk", "uid"), closed_by=order_closed_by())
        .select_for_update(no_key=True)
    )
)
# Each row's order is locked before its payment (PostgreSQL keeps to the order of `of`).
_LOCKED = fast.PreparedQuery(
    lambda payments: (
        Payment.objects.filter(pk__in=payments)
        .select_related("order")
        .annotate(is_stopped=unpayable("order", "order__uid"))
        .order_by("order_id", "pk")
        .select_for_update(of=("order", "self"), no_key=True)
    )
)


def lock(orders: Sequence[Order]) -> dict[int, Order]:
    """These orders as they are now, locked: their holders by id first, then the orders by id.

    The house's lock order is holder → order → lots → credits; whoever confirms or repays holds the holder
    already when she comes for its orders.
    """
    _lock_holders(orders)
    return {order.pk: order for order in _ALONE.rows(orders=[order.pk for order in orders])}


def lock_to_pay(order: Order) -> Order:
    """This order as it is now, locked; refused when something in it is not sold any more, or its place is closed."""
    _lock_holders([order])
    (row,) = _TO_PAY.rows(orders=[order.pk])
    if row.state == Order.State.PLACED and row.is_stopped:  # type: ignore[attr-defined]
        raise NotOnSale()
    if row.state == Order.State.PLACED and row.closed_by:  # type: ignore[attr-defined]
        raise closure.of_order(row.closed_by, row).refusal("number")  # type: ignore[attr-defined]
    return row


def lock_with_payments(payments: Sequence[Payment]) -> dict[int, Payment]:
    """These payments and their orders as they are now, locked in one statement; payments of one order share it.

    Both are read anew where somebody had to be waited for: whoever writes a payment's state holds its order's lock.
    """
    # An order's holder never changes, so it may be read before the order is locked.
    _lock_holders([payment.order for payment in payments])
    orders: dict[int, Order] = {}
    found: dict[int, Payment] = {}
    for payment in _LOCKED.rows(payments=[payment.pk for payment in payments]):
        payment.order = orders.setdefault(payment.order_id, payment.order)
        found[payment.pk] = payment
    return found


def not_of_her_own(order: Order, by: Any) -> None:
    """An operator is none in an order of her own, nor is a manager: what a bank or the shop has given her another one
    writes down, and what is given back for it somebody else decides."""
    if by is not None and is_hers(by, order):
        raise NotAllowed(say("自己的订单请由别人处理。", "Somebody else decides about an order of yours."))


def _lock_holders(orders: Sequence[Order]) -> None:
    for holder, held in holding.held(orders):
        holder.lock({order.holder for order in held if order.holder})
