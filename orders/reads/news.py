"""Who has bought from a team and wants to hear from it, and what she may read of it on her own pages."""

from datetime import timedelta
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from accounts.letters import BY_CONSENT, wants
from accounts.models import LetterKind, Person
from accounts.ways import UNUSED_FOR
from catalog.models import TeamNews
from catalog.reads.news import published_news
from orders.models import Line, Order
from orders.reads.order import orders_of
from orders.reads.proof import is_proved, owner_of

# Whoever bought longer ago is written to no more; what she may read on her own pages stays.
BOUGHT_WITHIN = timedelta(days=365)
# On one page of hers.
MOST = 30
MOST_OF_AN_ORDER = 5


class Buyer(NamedTuple):
    """Who is to be written to: her last purchase from the team, her account if she has one, and her mailbox."""

    order_id: int
    person_id: int | None
    mailbox: str


# Her own orders, and a guest's under a mailbox or number that opens her account today (as `HER_ORDERS` has it); and those
# of guests who have proved the mailbox and asked on that order's page. What went back whole is no purchase; whose mailbox
# opens an account is asked by that alone.
_BUYERS = """
    WITH bought AS (
        SELECT o.id, o.person_id, o.email, o.mobile, o.placed_at, o.buyer_proved_at, o.news_wanted_at
        FROM orders_order o
        WHERE o.state IN ('paid', 'shipped', 'delivered', 'completed') AND o.paid_at > %(since)s AND EXISTS (
            SELECT FROM orders_line l
            WHERE l.order_id = o.id AND l.team_id = %(team)s AND l.refunded_units < l.quantity)
    ), hers AS (
        SELECT b.id, b.person_id AS who FROM bought b WHERE b.person_id IS NOT NULL
        UNION ALL
        SELECT b.id, w.person_id FROM bought b JOIN accounts_signinway w
            ON w.kind = 'email' AND w.value = b.email AND w.ended_at IS NULL
        WHERE b.person_id IS NULL
        UNION ALL
        SELECT b.id, w.person_id FROM bought b JOIN accounts_signinway w
            ON w.kind = 'phone' AND w.value = b.mobile AND w.ended_at IS NULL
        WHERE b.person_id IS NULL AND b.mobile <> '' AND b.placed_at > w.proved_at - %(unused_for)s
    )
    SELECT max(h.id), p.id, p.email FROM hers h JOIN accounts_person p ON p.id = h.who
    WHERE p.is_active AND p.email IS NOT NULL AND p.email_verified_at IS NOT NULL AND EXISTS (
        SELECT FROM accounts_consent c WHERE c.person_id = p.id AND c.kind = %(consent)s AND c.ended_at IS NULL)
    GROUP BY p.id, p.email
    UNION ALL
    SELECT max(b.id), NULL, b.email FROM bought b
    WHERE b.person_id IS NULL AND b.email <> '' AND b.buyer_proved_at IS NOT NULL AND b.news_wanted_at IS NOT NULL
        AND NOT EXISTS (SELECT FROM accounts_signinway w
            WHERE w.kind = 'email' AND w.value = b.email AND w.ended_at IS NULL)
    GROUP BY b.email
"""


def buyers_of(team_id: int) -> list[Buyer]:
    """Whoever bought from a team within a year, has asked to hear from teams, and whose mailbox is proved; each once."""
    facts: dict[str, Any] = {
        "team": team_id,
        "since": timezone.now() - BOUGHT_WITHIN,
        "unused_for": UNUSED_FOR,
        "consent": BY_CONSENT[LetterKind.NEWS].value,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BUYERS, facts)
        return [Buyer(*row) for row in cursor.fetchall()]


def chooses(order: Order, by: Any) -> Person | Order | None:
    """Whose choice it is whether letters come, on this order's page: an account's, for all that it buys; a guest's, for this
    order, once its mailbox is proved. None: nobody's here; of a mailbox that opens an account it is that account's."""
    if order.state not in Order.WITH_TEAMS:
        return None
    if order.person is not None:
        return order.person if order.person.email_verified_at else None
    if (owner := owner_of(order).first()) is not None:
        return owner if owner == by and owner.email_verified_at else None
    return order if order.email and is_proved(order) else None


def is_wanted(whose: Person | Order) -> bool:
    """Whether letters come."""
    return wants(whose, LetterKind.NEWS) if isinstance(whose, Person) else whose.news_wanted_at is not None


def _bought(orders: QuerySet[Order]) -> QuerySet[Line]:
    return Line.objects.filter(
        order__in=orders.filter(state__in=Order.WITH_TEAMS), refunded_units__lt=F("quantity")
    )


def news_for(person: Any) -> QuerySet[TeamNews]:
    """What teams have written since she bought from them, the newest first; asked for by letter or not."""
    since = _bought(orders_of(person)).filter(
        team=OuterRef("team"), order__paid_at__lte=OuterRef("published_at")
    )
    return published_news().filter(Exists(since))


def news_on(order: Order) -> QuerySet[TeamNews]:
    """What the teams of an order have written since it was paid; of a guest's only once its mailbox is proved."""
    if order.state not in Order.WITH_TEAMS or not is_proved(order):
        return TeamNews.objects.none()
    teams = _bought(Order.objects.filter(pk=order.pk)).values("team")
    return published_news().filter(team__in=teams, published_at__gte=order.paid_at)
