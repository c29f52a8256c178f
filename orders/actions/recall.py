"""A lot that is recalled: whoever bought of it is told, each order once."""

from core.outbox import record
from orders.events import GoodsRecalled
from orders.models import Order

CONCERNED = (Order.State.PAID, Order.State.SHIPPED, Order.State.DELIVERED, Order.State.COMPLETED)


def tell_buyers(lot_id: int) -> int:
    """One event an order that drew on the lot, unless all of it was given back; how many."""
    orders = Order.objects.filter(state__in=CONCERNED, lines__lots__lot_id=lot_id).distinct()
    found = list(orders.order_by("pk").values_list("pk", flat=True))
    record(*(GoodsRecalled(order_id, lot_id) for order_id in found))
    return len(found)
