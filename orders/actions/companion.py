"""What is often in the same cart, renewed once a week: only where so many stand behind it that nobody is told
(decision 0055)."""

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from core.clock import SHANGHAI
from orders.models import Companion, Order

# Proved buyers behind a pair that is told anew; and one that is told goes on until there are fewer than these.
FEWEST, KEPT_FROM = 10, 7
DAYS = 180
HOUR = timedelta(hours=4)

# Who had both in one order that was paid and not given back: a person who has proved a way to her, or a guest who reads
# the mailbox, once each however often. Of an order for an organisation it is one of that organisation's.
_PAIRS = """
    WITH bought AS MATERIALIZED (
        SELECT DISTINCT o.id AS order_id, v.product_id, o.organisation_id,
               coalesce('p' || coalesce(o.person_id, known.id, called.person_id),
                        'm' || lower(o.email) || o.mobile) AS buyer
        FROM orders_order o
        JOIN orders_line l ON l.order_id = o.id AND l.quantity > l.refunded_units
        JOIN catalog_variant v ON v.id = l.variant_id
        LEFT JOIN accounts_person p ON p.id = o.person_id
        LEFT JOIN accounts_person known ON o.person_id IS NULL AND known.email = lower(o.email)
             AND known.email_verified_at IS NOT NULL
        LEFT JOIN accounts_signinway called ON o.person_id IS NULL AND o.mobile <> '' AND called.value = o.mobile
             AND called.kind = 'phone' AND called.ended_at IS NULL
        WHERE o.state = ANY(%(states)s) AND o.paid_at >= %(since)s AND o.paid_at < %(until)s
          AND CASE WHEN o.person_id IS NULL THEN o.buyer_proved_at IS NOT NULL
                   ELSE p.email_verified_at IS NOT NULL
                        OR EXISTS (SELECT FROM accounts_signinway w WHERE w.person_id = p.id AND w.ended_at IS NULL) END
    ), pairs AS MATERIALIZED (
        SELECT a.product_id AS product, b.product_id AS other, a.buyer, a.organisation_id
        FROM bought a JOIN bought b ON b.order_id = a.order_id AND b.product_id > a.product_id
    ), bodies AS (
        SELECT product, other, max(n) AS most FROM (
            SELECT product, other, count(DISTINCT buyer) AS n FROM pairs WHERE organisation_id IS NOT NULL
            GROUP BY product, other, organisation_id
        ) each GROUP BY product, other
    )
    SELECT product, other, count(DISTINCT buyer), coalesce(max(most), 0)
    FROM pairs LEFT JOIN bodies USING (product, other)
    GROUP BY product, other HAVING count(DISTINCT buyer) >= %(fewest)s
"""
# Who comes second waits for the first, and finds that it was done.
_BEGIN = "INSERT INTO orders_companionweek (monday, made_at) VALUES (%s, now()) ON CONFLICT DO NOTHING"


class Pair(NamedTuple):
    """Two products, how many buyers had both, and how many of those at most bought for one organisation."""

    product: int
    other: int
    buyers: int
    of_one_body: int


def renew() -> int:
    """What is due: once a week, from Monday at 04:00 on; how many pairs are told then, or -1 where nothing was due."""
    now = timezone.now().astimezone(SHANGHAI)
    day = (now - HOUR).date()
    return _renew(day - timedelta(days=day.weekday()))


@transaction.atomic
def _renew(monday: date) -> int:
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN, [monday])
        if not cursor.rowcount:
            return -1
    before = set(Companion.objects.values_list("product_id", "other_id"))
    known = {
        (pair.product, pair.other)
        for pair in pairs(datetime.combine(monday, datetime.min.time(), SHANGHAI) + HOUR)
        if pair.of_one_body * 2 <= pair.buyers
        and (pair.buyers >= FEWEST or (pair.product, pair.other) in before)
    }
    for product, other in before - known:
        Companion.objects.filter(product=product, other=other).delete()
    Companion.objects.bulk_create(
        Companion(product_id=product, other_id=other, since=monday)
        for product, other in sorted(known - before)
    )
    return len(known)


def pairs(until: datetime) -> list[Pair]:
    """Those with enough buyers to stay, over the days before this moment."""
    given: dict[str, Any] = {
        "states": list(Order.WITH_TEAMS),
        "since": until - timedelta(days=DAYS),
        "until": until,
        "fewest": KEPT_FROM,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, given)
        return [Pair(*row) for row in cursor.fetchall()]
