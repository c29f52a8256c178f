"""What holds of all that was imported: of each sale the version of the latest statement, by one statement of SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection

from core import clock
from impact.models import Round

# Statements that hold at a moment, each platform's in the order of their own dates: one that is dated earlier changes
# nothing that a later one says, whenever it was approved.
_HOLDING = """
    holding AS MATERIALIZED (
        SELECT b.id, b.source_id, b.scope, b.grade,
               coalesce(b.covers_from, '-infinity'::date) AS covers_from,
               coalesce(b.covers_to, 'infinity'::date) AS covers_to,
               row_number() OVER (
                   PARTITION BY b.source_id ORDER BY b.stated_on, coalesce(b.applied_at, %(until)s), b.id) AS nth
        FROM contest_importbatch b
        WHERE b.round_id = %(round)s AND b.source_id = coalesce(%(source)s, b.source_id)
          AND (b.id = %(beside)s OR b.applied_at <= %(until)s)
          AND (b.rolled_back_at IS NULL OR b.rolled_back_at > %(until)s)
    )"""
# The latest version of each sale, but for those that a later full statement of their days is without.
_EFFECTIVE = """
    latest AS MATERIALIZED (
        SELECT DISTINCT ON (h.source_id, r.key) r.*, h.source_id, h.nth, h.grade
        FROM holding h JOIN contest_importrow r ON r.batch_id = h.id
        ORDER BY h.source_id, r.key, h.nth DESC
    ),
    effective AS (
        SELECT l.* FROM latest l
        WHERE l.is_aggregate OR NOT EXISTS (
            SELECT 1 FROM holding w WHERE w.source_id = l.source_id AND w.scope = 'full' AND w.nth > l.nth
                                      AND l.day BETWEEN w.covers_from AND w.covers_to)
    )"""
# Those of the round's own days and of a project that is an entry; with the order of this shop that is the same sale.
_OF_ENTRIES = """
    of_entries AS (
        SELECT e.*, m.entry_id, m.canonical, s.platform,
               coalesce(
                   (SELECT o.uid FROM orders_order o
                    WHERE e.external_ref <> '' AND o.number = e.external_ref AND EXISTS (
                        SELECT 1 FROM impact_support p WHERE p.order_uid = o.uid AND p.entry_id = m.entry_id)),
                   (SELECT t.order_uid FROM contest_twinsale t
                    WHERE t.source_id = e.source_id AND t.entry_id = m.entry_id AND t.key = e.key
                      AND t.state = 'same' AND t.decided_at <= %(until)s
                      AND (t.withdrawn_at IS NULL OR t.withdrawn_at > %(until)s))
               ) AS twin
        FROM effective e
        JOIN impact_round u ON u.id = %(round)s AND e.paid_at >= u.opens_at AND e.paid_at < u.closes_at
        JOIN contest_outsidesource s ON s.id = e.source_id
        JOIN contest_projectmapping m ON m.source_id = e.source_id AND m.round_id = u.id AND m.project = e.project
             AND m.approved_at <= %(until)s AND (m.withdrawn_at IS NULL OR m.withdrawn_at > %(until)s)
        JOIN impact_entry y ON y.id = m.entry_id AND y.approved_at IS NOT NULL
    ),
    weighed AS (
        SELECT o.*, twin IS NOT NULL AND canonical = 'here' AS is_shadow,
               CASE WHEN is_void OR twin IS NOT NULL AND canonical = 'here' THEN 0
                    ELSE amount_minor - refund_minor END AS net_minor
        FROM of_entries o
    ),
    counted AS (
        SELECT w.*,
               CASE WHEN is_shadow THEN 0 WHEN is_aggregate THEN supports
                    ELSE (net_minor > 0 AND row_number() OVER (
                        PARTITION BY source_id, entry_id, order_ref ORDER BY net_minor > 0 DESC, key) = 1)::int
               END AS orders
        FROM weighed w
    )"""


def counted_until(round_: Round) -> datetime:
    """As of when its sales are told now: what is approved, rolled back or decided after the freeze is none of them, as it
    is none of its result."""
    return min(clock.now(), round_.freezes_at)


def counted(
    round_: Round,
    until: datetime,
    select: str,
    *,
    entries: Sequence[int] | None = None,
    source: int | None = None,
    beside: int | None = None,
    tail: str = "",
) -> list[tuple]:
    """`select` of what counts for entries of this round at that moment: of all, of these, of one platform; with `beside`
    as if that statement counted too.

    The columns are those of ImportRow with `source_id`, `platform`, `grade`, `entry_id`, `net_minor` (0 of a shadow),
    `orders` (supports: 1 on one line of each order), `canonical`, `is_shadow`, and `twin`, the order of this shop that
    is the same sale.
    """
    where = "" if entries is None else "WHERE entry_id = ANY(%(entries)s)"
    statement = f"{_HOLDING}, {_EFFECTIVE}, {_OF_ENTRIES} SELECT {select} FROM counted {where} {tail}"
    return _rows(statement, round_, until, source=source, beside=beside, entries=list(entries or ()))


def effective(
    round_: Round,
    until: datetime,
    select: str,
    tail: str = "",
    *,
    source: int | None = None,
    beside: int | None = None,
    **params: Any,
) -> list[tuple]:
    """`select` of whatever holds at that moment, whether or not it lies in the round's days or its project is an entry."""
    statement = f"{_HOLDING}, {_EFFECTIVE} SELECT {select} FROM effective {tail}"
    return _rows(statement, round_, until, source=source, beside=beside, **params)


def _rows(statement: str, round_: Round, until: datetime, **params: Any) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(f"WITH {statement}", {"round": round_.pk, "until": until, **params})
        return list(cursor.fetchall())
