"""What one buyer's purchases have set aside for households: her own money, by the day she paid and by team.

From the ledger alone, so that what was taken back is not in it. It is told of a team's households together and never of
one (docs/decisions/0005), and never more than is true: nothing here says that anybody has it in hand.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from core.clock import SHANGHAI
from core.language import Words
from impact.models.kind import OF_HOUSEHOLDS, OWED, sql
from impact.reads.household import public_households_of_teams
from orders.reads.order import HER_ORDERS, hers

MOST_ROWS = 100
# A line's money stands where its transfers have brought it; both ends of each are read.
_BY_DAY = f"""
    WITH hers AS (
        SELECT (o.paid_at AT TIME ZONE %s)::date AS day, a.team_id,
               coalesce(sum(ends.amount) FILTER (WHERE NOT a.kind IN {sql(OWED)}), 0)::bigint AS earmarked,
               coalesce(sum(ends.amount) FILTER (WHERE a.kind IN {sql(OWED)}), 0)::bigint AS owed
        FROM orders_order o
        JOIN impact_ledgertransaction t ON t.order_uid = o.uid
        JOIN impact_transfer m ON m.transaction_id = t.id
        CROSS JOIN LATERAL (VALUES (m.target_id, m.amount_minor), (m.source_id, -m.amount_minor))
             AS ends (account_id, amount)
        JOIN impact_account a ON a.id = ends.account_id
        WHERE o.id IN ({HER_ORDERS}) AND o.paid_at IS NOT NULL AND a.kind IN {sql(OF_HOUSEHOLDS)}
        GROUP BY 1, 2
        HAVING sum(ends.amount) <> 0
    )
    SELECT day, team_id, earmarked, owed, sum(earmarked) OVER ()::bigint, sum(owed) OVER ()::bigint,
           count(*) OVER (), (SELECT count(DISTINCT team_id) FROM hers)
    FROM hers ORDER BY day DESC, team_id LIMIT {MOST_ROWS}
"""


@dataclass(frozen=True)
class OfDay:
    """What she bought of a team on a day has set aside so much for its households."""

    day: date
    team_id: int
    households: Words
    earmarked_minor: int
    owed_minor: int


@dataclass(frozen=True)
class Purchases:
    """All of hers, in fen: still set aside, owed by now; of how many teams; the newest days, and how many there are."""

    earmarked_minor: int
    owed_minor: int
    team_count: int
    days: list[OfDay]
    day_count: int


def purchases_of(person: Any) -> Purchases:
    """What this person's purchases have set aside and what of it is owed."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY, [SHANGHAI.key, *hers(person.pk)])
        rows = cursor.fetchall()
    if not rows:
        return Purchases(0, 0, 0, [], 0)
    told = public_households_of_teams({team for _, team, *_ in rows})
    days = [OfDay(day, team, told[team], earmarked, owed) for day, team, earmarked, owed, *_ in rows]
    *_, earmarked, owed, count, teams = rows[0]
    return Purchases(earmarked, owed, teams, days, count)
