"""Payments as their buyer may see them."""

from typing import Any

from django.db.models import QuerySet

from orders.models import Order, Payment
from orders.reads.order import orders_of_account


def payment_by_pk(request: Any, pk: int) -> QuerySet[Payment]:
    """A payment that a deed of this very asker has led to."""
    return Payment.objects.filter(pk=pk)


def paid_last_by(order: Order) -> str:
    """The kind of payment by which the order's buyer paid the last time, what she bought as a guest among it; "" for a
    guest, and for a first time."""
    if order.person_id is None:
        return ""
    orders = orders_of_account(order.person_id)
    paid = Payment.objects.filter(order__in=orders, is_kept=True).exclude(method="")
    return paid.order_by("-pk").values_list("method", flat=True).first() or ""
