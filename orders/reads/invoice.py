"""What invoices are owed: of each order and team what was paid and not given back, beside what its invoices say."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.permissions import places_of
from catalog.models import Team
from orders.models import Invoice, InvoicePart, InvoiceWish, Order
from orders.reads.order import order_open_to
from orders.reads.sold import month_of

MOST = 50


@dataclass(frozen=True)
class Owed:
    """One team's part of one order: what it owes an invoice over, and what its blue ones less its red ones come to."""

    order_id: int
    team_id: int
    owed_minor: int
    invoiced_minor: int

    @property
    def missing_minor(self) -> int:
        """What a blue one is to be issued over; below nothing, what a red one is to take back."""
        return self.owed_minor - self.invoiced_minor


# Sending is a team's as its goods are. What the shop's coupon paid is no sale to this buyer.
_OWED = """
    WITH wanted AS (
        SELECT o.id FROM orders_order o JOIN orders_invoicewish w ON w.order_id = o.id
        WHERE o.state IN ('paid', 'shipped', 'delivered', 'completed', 'refunded') AND {which}
    ), sold AS (
        SELECT order_id, team_id, sum(minor) AS minor FROM (
            SELECT l.order_id, l.team_id, l.net_minor - l.refunded_minor AS minor
            FROM orders_line l JOIN wanted ON wanted.id = l.order_id
            UNION ALL
            SELECT s.order_id, s.team_id, s.shipping_minor - s.refunded_minor
            FROM orders_shipment s JOIN wanted ON wanted.id = s.order_id
        ) AS parts GROUP BY order_id, team_id
    ), invoiced AS (
        SELECT p.order_id, i.team_id, sum(CASE WHEN i.blue_id IS NULL THEN p.amount_minor ELSE -p.amount_minor END) AS minor
        FROM orders_invoicepart p JOIN orders_invoice i ON i.id = p.invoice_id JOIN wanted ON wanted.id = p.order_id
        GROUP BY p.order_id, i.team_id
    )
    SELECT s.order_id, s.team_id, s.minor::bigint, coalesce(i.minor, 0)::bigint
    FROM sold s LEFT JOIN invoiced i ON i.order_id = s.order_id AND i.team_id = s.team_id
    WHERE {having} ORDER BY s.order_id DESC, s.team_id LIMIT %(most)s
"""
_MISSING = "s.minor <> coalesce(i.minor, 0)"


def _rows(which: str, having: str, **given: Any) -> list[Owed]:
    with connection.cursor() as cursor:
        cursor.execute(_OWED.format(which=which, having=having), {"most": MOST, **given})
        return [Owed(*row) for row in cursor.fetchall()]


def owed_of(orders: Iterable[int], team_id: int | None = None) -> list[Owed]:
    """What invoices are owed over of these orders, of all their teams or of one, missing or not."""
    having = "true" if team_id is None else "s.team_id = %(team)s"
    return _rows("o.id = ANY(%(orders)s)", having, orders=list(orders), team=team_id)


def missing(*teams: int) -> list[Owed]:
    """Where invoices of these teams and what is owed differ: a blue one is to come, or a red one."""
    return _rows("true", f"{_MISSING} AND s.team_id = ANY(%(teams)s)", teams=list(teams))


def missing_at_places_of(person: Any) -> list[Owed]:
    """The same of all teams of whose orders this person may see."""
    places = places_of(person, "orders.see_orders")
    there = Team.objects.filter(places.rows(region="county", subject="uid"))
    return missing(*there.values_list("pk", flat=True))


def issued_in(team: Team, month: date) -> int:
    """How many invoices a team has uploaded in the month of this day, in Shanghai."""
    begins, ends = month_of(month)
    return Invoice.objects.filter(team=team, uploaded_at__gte=begins, uploaded_at__lt=ends).count()


def wish_of(order: Order) -> InvoiceWish | None:
    """What the buyer wants an invoice to say; None where she wants none."""
    return InvoiceWish.objects.filter(order=order).first()


def invoices_of(order: Order) -> list[Invoice]:
    """The invoices over an order, the first first, without what lies in them."""
    rows = (
        Invoice.objects.filter(parts__order=order).select_related("team", "blue").defer("body", "blue__body")
    )
    return list(rows.order_by("pk"))


def invoices_over(orders: Iterable[int]) -> dict[tuple[int, int], list[Invoice]]:
    """By order and team, the invoices over each, without what lies in them: one statement for all."""
    parts = InvoicePart.objects.filter(order__in=list(orders)).select_related(
        "invoice__team", "invoice__blue"
    )
    found: dict[tuple[int, int], list[Invoice]] = {}
    for part in parts.defer("invoice__body", "invoice__blue__body").order_by("invoice_id"):
        found.setdefault((part.order_id, part.invoice.team_id), []).append(part.invoice)
    return found


def invoice_seen_by(
    person: Any, uid: UUID, number: str, token: str | None, teams: Iterable[Team]
) -> Invoice | None:
    """An invoice with what lies in it: for whoever may read one of its orders, and for the team that issued it."""
    found = Invoice.objects.filter(uid=uid)
    own = found.filter(team__in=[team.pk for team in teams]).first()
    if own is not None or not number:
        return own
    order = order_open_to(person, number, token)
    return found.filter(parts__order=order).first() if order else None
