"""Refunds, and whose orders may be refunded by whom."""

from typing import Any

from django.db.models import Q, QuerySet

from catalog.reads import teams_managed_by
from core.refusals import NotFound
from orders.models import Order, Refund


def refund_by_pk(request: Any, pk: int) -> QuerySet[Refund]:
    """A refund that a deed of this very asker has led to."""
    return Refund.objects.filter(pk=pk)


def order_to_refund(person: Any, number: str) -> tuple[Order, set[int] | None]:
    """A paid order and the teams for which this person may give back; None is all of them (operators).
    An order in which none of her teams has a part sounds like none, and an operator is none in an order of her own
    (`orders.reads.proof.is_hers`)."""
    paid = Order.objects.filter(number=number.strip().upper(), paid_at__isnull=False)
    teams: set[int] | None = None
    own = Q(person=person) | Q(person=None, email__iexact=person.email)
    order = paid.exclude(own).first() if person.is_staff else None
    if order is None:
        teams = set(teams_managed_by(person).values_list("pk", flat=True))
        order = paid.filter(shipments__team__in=teams).first()
    if order is None:
        raise NotFound(field="number")
    return order, teams
