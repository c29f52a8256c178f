"""What the shop sold and gave back, by day, week or month: for the whole shop, each team or each place.

*Sold* is what was paid for goods and sending, on the day on which the money came, of a held order on that on which what it
was held for came about; what was repaid before never was. *Refunded* counts on the day on which it was decided, whether
it has arrived yet or not. A *late* parcel counts on the day by which it was promised.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta
from typing import Any, NamedTuple

from django.db import connection

from accounts.permissions import places_of
from catalog.models import Team
from core import clock
from core.choices import Choices
from core.clock import SHANGHAI
from core.language import say
from orders.models import Order

# A table and a chart of more rows is read by nobody; a year of days is among them.
MOST_STEPS = 400


class Step(Choices):
    """How long each row of the figures is."""

    DAY = "day", say("按日", "By day")
    WEEK = "week", say("按周", "By week")
    MONTH = "month", say("按月", "By month")


class Split(Choices):
    """What the figures are told apart by."""

    SHOP = "shop", say("全店", "The whole shop")
    TEAM = "team", say("各团队", "Each team")
    PLACE = "place", say("各市州", "Each place")


@dataclass(frozen=True)
class Figures:
    """Of one stretch of days and one team or place: counts, and sums in fen."""

    orders: int = 0
    sold_minor: int = 0
    refunded_minor: int = 0
    claims: int = 0
    late_parcels: int = 0


class Row(NamedTuple):
    """The figures of the days from `begins`; `key` is a team's code, a place's region code, or empty."""

    begins: date
    key: str
    figures: Figures


@dataclass(frozen=True)
class Span:
    """From a day to a day, both among them, in steps."""

    since: date
    until: date
    step: Step

    @property
    def steps(self) -> list[date]:
        """The first day of each step, the first before all; a step may begin before the span does."""
        return list(_steps(self))


def span(step: Step, since: date | None = None, until: date | None = None) -> Span:
    """By default the last 30 days, 12 weeks or 12 months. Days in the wrong order are turned round; a span of too many
    rows is told by longer steps, and one of too many months from a later day on: it says itself what it is."""
    back = {Step.DAY: timedelta(days=29), Step.WEEK: timedelta(weeks=11), Step.MONTH: timedelta(days=335)}
    until = until or max(clock.today(), since or date.min)
    since, until = sorted((since or until - back[step], until))
    days = (until - since).days
    if step == Step.DAY and days >= MOST_STEPS:
        step = Step.WEEK
    if step == Step.WEEK and days >= 7 * (MOST_STEPS - 1):
        step = Step.MONTH
    return Span(max(since, until - timedelta(days=28 * (MOST_STEPS - 1))), until, step)


def _steps(over: Span) -> Iterator[date]:
    at = over.since
    if over.step == Step.WEEK:
        at -= timedelta(days=at.weekday())
    elif over.step == Step.MONTH:
        at = at.replace(day=1)
    while at <= over.until:
        yield at
        if over.step == Step.MONTH:
            at = (at + timedelta(days=32)).replace(day=1)
        else:
            at += timedelta(weeks=1) if over.step == Step.WEEK else timedelta(days=1)


# One statement: what happened, a row each with its day and its team, and from these the sums. Of the shop as a whole an
# order is one row with all that was paid; else it is one of goods a line, and one of sending a team, which counts it.
_SOLD = """
    SELECT id, total_minor, (coalesce(confirmed_at, paid_at) AT TIME ZONE 'Asia/Shanghai')::date AS day
    FROM orders_order
    WHERE paid_at IS NOT NULL AND state = ANY(%(paid)s) AND (holder IS NULL OR confirmed_at IS NOT NULL)
        AND (paid_at >= %(from)s OR confirmed_at >= %(from)s) AND paid_at < %(to)s
"""
_WHOLE = "SELECT day, NULL::bigint AS team_id, id AS ordered, total_minor AS sold, 0::bigint AS refunded, 0 AS claims, 0 AS late FROM sold"
_APART = """
    SELECT day, team_id, NULL::bigint AS ordered, net_minor AS sold, 0::bigint AS refunded, 0 AS claims, 0 AS late
    FROM sold JOIN orders_line ON order_id = sold.id
    UNION ALL
    SELECT day, team_id, sold.id, shipping_minor, 0, 0, 0
    FROM sold JOIN orders_shipment ON order_id = sold.id
"""
_HAPPENED = """
    WITH sold AS MATERIALIZED ({sold}), happened AS (
        {bought}
        UNION ALL
        SELECT (r.requested_at AT TIME ZONE 'Asia/Shanghai')::date, coalesce(l.team_id, s.team_id), NULL, 0,
            rl.amount_minor, 0, 0
        FROM orders_refund r JOIN orders_refundline rl ON rl.refund_id = r.id
            JOIN orders_payment p ON p.id = r.payment_id JOIN orders_order o ON o.id = p.order_id
            LEFT JOIN orders_line l ON l.id = rl.line_id LEFT JOIN orders_shipment s ON s.id = rl.shipment_id
        WHERE r.requested_at >= %(from)s AND r.requested_at < %(to)s AND r.state <> 'undone'
            AND (o.holder IS NULL OR o.confirmed_at IS NOT NULL)
        UNION ALL
        SELECT (c.made_at AT TIME ZONE 'Asia/Shanghai')::date, l.team_id, NULL, 0, 0, 1, 0
        FROM orders_claim c JOIN orders_line l ON l.id = c.line_id
        WHERE c.made_at >= %(from)s AND c.made_at < %(to)s
        UNION ALL
        -- A parcel that stands still because its place is closed is not late; opened again, it is promised anew.
        SELECT s.ship_by, s.team_id, NULL, 0, 0, 0, 1
        FROM orders_shipment s JOIN orders_order o ON o.id = s.order_id
        WHERE s.ship_by >= %(since)s AND s.ship_by <= %(until)s AND s.state <> 'cancelled' AND o.state = ANY(%(paid)s)
            AND (o.holder IS NULL OR o.confirmed_at IS NOT NULL)
            AND NOT EXISTS (SELECT FROM orders_standstill w WHERE w.shipment_id = s.id AND w.ended_at IS NULL)
            AND CASE WHEN s.shipped_at IS NULL THEN s.ship_by < %(today)s
                ELSE (s.shipped_at AT TIME ZONE 'Asia/Shanghai')::date > s.ship_by END
    )
    SELECT {begins} AS begins, {key} AS key, {orders}, sum(sold), sum(refunded), sum(claims), sum(late)
    FROM happened h LEFT JOIN catalog_team t ON t.id = h.team_id
    WHERE day >= %(since)s AND day <= %(until)s {only}
    GROUP BY 1, 2 ORDER BY 1, 2
"""
_KEYS = {Split.SHOP: "''", Split.TEAM: "t.code", Split.PLACE: "t.division_id"}


def figures(
    over: Span,
    split: Split = Split.SHOP,
    *,
    in_all: bool = False,
    team: str = "",
    place: str = "",
    of: Collection[int] | None = None,
) -> list[Row]:
    """One statement: a row for each step and team or place in which something happened, the first day first; `in_all`
    takes the whole span as one step. `team` (its code) and `place` (the code of a division) narrow it, and so does `of`:
    to these teams, by their keys."""
    begins = "%(since)s::date" if in_all else f"date_trunc('{over.step}', day)::date"
    only = ("AND t.code = %(team)s" if team else "") + (" AND t.division_id = %(place)s" if place else "")
    only += "" if of is None else " AND t.id = ANY(%(of)s)"
    given: dict[str, Any] = {
        "since": over.since,
        "until": over.until,
        "from": _midnight(over.since),
        "to": _midnight(over.until + timedelta(days=1)),
        "today": clock.today(),
        "paid": [str(state) for state in Order.PAID_STATES],
        "team": team,
        "place": place,
        "of": list(of or ()),
    }
    is_whole = split == Split.SHOP and not only
    # Of a place, and of several teams together, an order may have sending more than once.
    orders = "count(ordered)" if is_whole or split == Split.TEAM or team else "count(DISTINCT ordered)"
    statement = _HAPPENED.format(
        sold=_SOLD,
        bought=_WHOLE if is_whole else _APART,
        begins=begins,
        key=_KEYS[split],
        only=only,
        orders=orders,
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return [Row(begins, key, Figures(*map(int, sums))) for begins, key, *sums in cursor.fetchall()]


def by_step(over: Span, rows: list[Row]) -> list[Row]:
    """The rows of one team, place or the shop with those steps among them in which nothing happened."""
    known = {row.begins: row for row in rows}
    return [known.get(begins, Row(begins, "", Figures())) for begins in over.steps]


def total(rows: list[Row]) -> Figures:
    """All of them together. Of orders the sum is right over steps; over teams an order of two is counted twice."""
    names = [field.name for field in fields(Figures)]
    return Figures(**{name: sum(getattr(row.figures, name) for row in rows) for name in names})


def teams_seen_by(person: Any) -> list[int] | None:
    """The teams of whose figures she may see, by their keys; None for all."""
    places = places_of(person, "orders.see_figures")
    if places.is_everywhere:
        return None
    return list(Team.objects.filter(places.rows(region="county", subject="uid")).values_list("pk", flat=True))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=SHANGHAI)
