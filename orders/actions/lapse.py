"""Orders that end unpaid: their stock is free again, and their seats."""

from collections.abc import Sequence

from django.utils import timezone

from catalog.actions import stock
from core.outbox import record
from orders.actions import seat
from orders.actions.order import move_all
from orders.events import OrderLapsed
from orders.models import Order


def lapse(orders: Sequence[Order], state: str) -> None:
    """Orders that end unpaid, cancelled or run out: their stock and seats are free again. Locks are held."""
    move_all(orders, state, closed_at=timezone.now())
    stock.release([order.uid for order in orders])
    if seats := [order for order in orders if order.group_id]:
        seat.lapsed(seats)
    # Their pages at the provider are closed afterwards, outside this transaction.
    record(*[OrderLapsed(order_id=order.pk) for order in orders])
