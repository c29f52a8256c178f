"""Where money stands: the ledger's transfers, added up, and of lots' accounts whose it is."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from impact.models import LedgerTransaction
from impact.models.kind import OWED_OF, Kind


@dataclass(frozen=True)
class AccountKey:
    """What an account is for: its key."""

    kind: str
    team_id: int | None = None
    lot_id: int | None = None
    part: str = ""
    holder: UUID | None = None

    def owed(self) -> "AccountKey":
        """Where it goes when the after-sale window has passed."""
        kind = Kind(self.kind)
        return replace(self, kind=OWED_OF.get(kind, kind))


@dataclass(frozen=True)
class Position:
    """So much of an order stands at a place, for a line where it is for one."""

    order_uid: UUID
    place: AccountKey
    line_id: int | None
    amount_minor: int


def _list(reasons: Iterable[LedgerTransaction.Reason]) -> str:
    return f"({', '.join(repr(reason.value) for reason in reasons)})"


_OF_REPLACEMENTS = _list(LedgerTransaction.OF_REPLACEMENTS)
# Each transfer is read once and told from both its ends.
_POSITIONS = """
    SELECT t.order_uid, a.kind, a.team_id, a.lot_id, a.part, a.holder, m.line_id, sum(ends.amount)::bigint
    FROM impact_ledgertransaction t
    JOIN impact_transfer m ON m.transaction_id = t.id
    CROSS JOIN LATERAL (VALUES (m.target_id, m.amount_minor), (m.source_id, -m.amount_minor))
         AS ends (account_id, amount)
    JOIN impact_account a ON a.id = ends.account_id
    WHERE t.order_uid = ANY(%s) AND t.reason {reasons}
    GROUP BY t.order_uid, a.id, m.line_id
    HAVING sum(ends.amount) <> 0
    ORDER BY m.line_id, a.lot_id, a.part
"""


def positions(order_uids: Iterable[UUID]) -> list[Position]:
    """Where the money of these orders stands now; an order's own figures add up to 0."""
    return _positions(order_uids, f"NOT IN {_OF_REPLACEMENTS}")


def replaced_positions(order_uids: Iterable[UUID]) -> list[Position]:
    """Where stands what teams have paid for replacements in these orders: none of it was the buyer's."""
    return _positions(order_uids, f"IN {_OF_REPLACEMENTS}")


def _positions(order_uids: Iterable[UUID], reasons: str) -> list[Position]:
    with connection.cursor() as cursor:
        cursor.execute(_POSITIONS.format(reasons=reasons), [list(order_uids)])
        rows = cursor.fetchall()
    return [
        Position(order, AccountKey(kind, team, lot, part, holder), line, amount)
        for order, kind, team, lot, part, holder, line, amount in rows
    ]


# Who has what, of which lot and line. An attribution stands beside a transfer between a lot's account and another.
ATTRIBUTED = """
    FROM impact_attribution a JOIN impact_transfer m ON m.id = a.transfer_id
    JOIN impact_account source ON source.id = m.source_id JOIN impact_account target ON target.id = m.target_id
"""
LOT = "coalesce(target.lot_id, source.lot_id)"
# All of a line is owed from the transaction on that says so, and before it all of it is earmarked.
IS_OWED = f"""EXISTS (SELECT 1 FROM impact_transfer o JOIN impact_ledgertransaction due ON due.id = o.transaction_id
                      WHERE o.line_id = m.line_id AND due.reason IN {_list(LedgerTransaction.DUE)})"""
# The last number of a lot at which it was said by which weights something is shared; a refund keeps to them.
SETTLED_AT = f"max(m.lot_number) FILTER (WHERE t.reason IN {_list(LedgerTransaction.SETTLES)})"
_SHARES = f"""
    SELECT m.line_id, {LOT}, a.household_id, sum(a.amount_minor)::bigint, {SETTLED_AT} {ATTRIBUTED}
    JOIN impact_ledgertransaction t ON t.id = m.transaction_id AND t.reason NOT IN {_OF_REPLACEMENTS}
    WHERE m.line_id = ANY(%s) AND a.household_id IS NOT NULL GROUP BY 1, 2, 3
"""
_OF_HOUSEHOLDS = f"""
    SELECT household_id, coalesce(sum(amount) FILTER (WHERE NOT is_owed), 0)::bigint,
           coalesce(sum(amount) FILTER (WHERE is_owed), 0)::bigint
    -- What was made good is for no line, and owed at once.
    FROM (SELECT a.household_id, m.line_id IS NULL OR {IS_OWED} AS is_owed, sum(a.amount_minor) AS amount {ATTRIBUTED}
          WHERE a.household_id = ANY(%s) GROUP BY a.household_id, m.line_id) AS of_lines
    GROUP BY household_id
"""


@dataclass
class Had:
    """What each household has of something of a lot, in fen, and the lot's number at which its weights were settled."""

    parts: dict[int, int] = field(default_factory=dict)
    settled_at: int = 0


def shares_of(line_ids: Iterable[int]) -> dict[tuple[int, int], Had]:
    """How many fen each household has now of each of these lines, by (line, lot)."""
    found: dict[tuple[int, int], Had] = defaultdict(Had)
    with connection.cursor() as cursor:
        cursor.execute(_SHARES, [list(line_ids)])
        for line, lot, household, amount, settled_at in cursor.fetchall():
            found[line, lot].parts[household] = amount
            found[line, lot].settled_at = max(found[line, lot].settled_at, settled_at or 0)
    return found


class HouseholdMoney(NamedTuple):
    """Of one household, in fen: what may still go back to buyers, and what is owed to it."""

    earmarked_minor: int = 0
    owed_minor: int = 0


def of_households(household_ids: Iterable[int]) -> dict[int, HouseholdMoney]:
    """What is set aside for each of these households that ever had something."""
    with connection.cursor() as cursor:
        cursor.execute(_OF_HOUSEHOLDS, [list(household_ids)])
        return {
            household: HouseholdMoney(earmarked, owed) for household, earmarked, owed in cursor.fetchall()
        }
