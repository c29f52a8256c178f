"""Payments as their buyer may see them."""

from typing import Any

from django.db.models import QuerySet

from orders.models import Payment


def payment_by_pk(request: Any, pk: int) -> QuerySet[Payment]:
    """A payment that a deed of this very asker has led to."""
    return Payment.objects.filter(pk=pk)
