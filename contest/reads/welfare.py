"""What an entry's purchases brought to households, as it may enter a score: in tens and in steps of five points.

Computed inside the boundary within which a household stays one of ten (docs/decisions/0005): only what is left of it
after the steps leaves this file.
"""

from dataclasses import dataclass

from django.db import connection

from contest.reads.counted import COUNTED, Scope
from core import clock
from impact.models import HouseholdStatus
from impact.reads.household import FEWEST

TENS, FIVE_POINTS = 10, 500
# Monitored ones, and those who were moved; the registers know no other of those at risk.
AT_RISK = (
    HouseholdStatus.Kind.UNSTABLE,
    HouseholdStatus.Kind.MARGINAL,
    HouseholdStatus.Kind.SUDDEN,
    HouseholdStatus.Kind.RELOCATED,
)
# A household counts that was verified, whether or not it has left since: what it earned is its own.
_EARNED = f"""
    WITH {COUNTED}, moved AS (
        SELECT s.entry_id, s.order_uid, s.transaction_id FROM impact_support s
        JOIN impact_supportnumber n ON n.support_id = s.id AND n.number <= %(number)s
        WHERE s.entry_id = ANY(%(entries)s)
        UNION ALL SELECT entry_id, order_uid, transaction_id FROM reversed
        -- What was put right of a lot's shares since, so that a refund afterwards is taken from whoever has it.
        UNION ALL SELECT c.entry_id, c.order_uid, t.id FROM counted c
        JOIN impact_ledgertransaction t ON t.order_uid = c.order_uid AND t.reason = 'corrected' AND t.at <= %(until)s
    ), earned AS (
        SELECT c.entry_id, a.household_id, sum(a.amount_minor) AS minor
        FROM counted c JOIN moved s ON s.entry_id = c.entry_id AND s.order_uid = c.order_uid
        JOIN impact_transfer t ON t.transaction_id = s.transaction_id AND t.lot_number IS NOT NULL
        JOIN orders_line l ON l.id = t.line_id AND l.team_id = c.team_id
        JOIN impact_attribution a ON a.transfer_id = t.id
        GROUP BY c.entry_id, a.household_id HAVING sum(a.amount_minor) > 0
    ), kinds AS (
        -- As it stands on the day; one that is not known yet then, as it was known first.
        SELECT earned.*, coalesce((
            SELECT k.kind = ANY(%(at_risk)s) FROM impact_householdstatus k
            WHERE k.household_id = earned.household_id AND (k.until IS NULL OR k.until > %(day)s)
            ORDER BY k.since > %(day)s, abs(k.since - %(day)s) LIMIT 1), false) AS is_at_risk
        FROM earned JOIN impact_household h ON h.id = earned.household_id AND h.verified_at IS NOT NULL
    )
    SELECT entry_id, count(*), sum(minor)::bigint, count(*) FILTER (WHERE is_at_risk),
           coalesce(sum(minor) FILTER (WHERE is_at_risk), 0)::bigint
    FROM kinds GROUP BY entry_id
"""


@dataclass(frozen=True)
class Welfare:
    """H, s and v of one entry, as they are disclosed."""

    households: int = 0
    household_share_bps: int = 0
    at_risk_share_bps: int = 0


def welfare(scope: Scope, net_minor: dict[int, int]) -> dict[int, Welfare]:
    """Each entry's whose purchases brought a household something; `net_minor` is what they came to, by entry.

    No part of those at risk is told where fewer than ten of them have something of it.
    """
    facts = {
        **scope.facts(),
        "day": scope.until.astimezone(clock.SHANGHAI).date(),
        "at_risk": [str(kind) for kind in AT_RISK],
    }
    with connection.cursor() as cursor:
        cursor.execute(_EARNED, facts)
        return {
            entry_id: Welfare(
                households // TENS * TENS,
                _steps(minor, net_minor[entry_id]),
                _steps(at_risk_minor, minor) if at_risk >= FEWEST else 0,
            )
            for entry_id, households, minor, at_risk, at_risk_minor in cursor.fetchall()
        }


def _steps(part: int, whole: int) -> int:
    """A share in basis points, down to five points."""
    return part * 10_000 // whole // FIVE_POINTS * FIVE_POINTS
