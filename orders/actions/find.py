"""Opening what is kept of a buyer: the office finds and looks at orders, and each time it is written down."""

from typing import Any

from django.db import transaction

from accounts.actions import audit
from accounts.permissions import must_somewhere
from orders.models import Order
from orders.reads.find import found_by
from orders.reads.place import must_about


@transaction.atomic
def find(words: str, by: Any) -> list[Order]:
    """The orders of this number, mailbox, telephone or tracking number that are hers to see, the newest first. By what they were looked for
    is written down and which were found, never the words themselves."""
    must_somewhere(by, "orders.see_orders")
    kind, orders = found_by(words, by)
    numbers = [order.number for order in orders]
    audit.record(by, "find", "Order", numbers[0] if len(numbers) == 1 else "", by=kind, orders=numbers)
    return orders


@transaction.atomic
def look(order: Order, by: Any) -> None:
    """Write down that somebody has opened an order that is not her own."""
    must_about(by, "orders.see_orders", order)
    audit.record(by, "look", "Order", order.uid, order=order.number)
