"""Orders that end unpaid: their stock is free again, and their coupon unused."""

from collections.abc import Sequence

from django.utils import timezone

from catalog.actions import stock
from core.outbox import record
from core.states import move_many
from orders import holding
from orders.actions import coupon
from orders.events import OrderLapsed
from orders.models import Order


def lapse(orders: Sequence[Order], state: str) -> None:
    """Orders that end unpaid, cancelled or run out: their stock is free again, and whoever held them hears of it. Locks are held."""
    move_many(orders, state, closed_at=timezone.now())
    stock.release([order.uid for order in orders])
    coupon.release(orders)
    holding.follow(orders)
    # Their pages at the provider are closed afterwards, outside this transaction.
    record(*[OrderLapsed(order_id=order.pk) for order in orders])
