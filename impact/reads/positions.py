"""Where the money of an order stands: the ledger's transfers, added up."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from impact.models import Account


@dataclass(frozen=True)
class Place:
    """What an account is for: its key."""

    kind: str
    team_id: int | None = None
    household_id: int | None = None
    part: str = ""
    holder: UUID | None = None

    def owed(self) -> "Place":
        """Where it goes when the after-sale window has passed."""
        kind = Account.OWED_OF.get(Account.Kind(self.kind), self.kind)
        return Place(kind, self.team_id, self.household_id, self.part, self.holder)


@dataclass(frozen=True)
class Position:
    """So much of an order stands at a place, for a line and a lot of it where it is for one."""

    order_uid: UUID
    place: Place
    line_id: int | None
    lot_id: int | None
    amount_minor: int


# Each transfer is read once and told from both its ends.
_POSITIONS = """
    SELECT t.order_uid, a.kind, a.team_id, a.household_id, a.part, a.holder, m.line_id, m.lot_id,
           sum(ends.amount)::bigint
    FROM impact_ledgertransaction t
    JOIN impact_transfer m ON m.transaction_id = t.id
    CROSS JOIN LATERAL (VALUES (m.target_id, m.amount_minor), (m.source_id, -m.amount_minor))
         AS ends (account_id, amount)
    JOIN impact_account a ON a.id = ends.account_id
    WHERE t.order_uid = ANY(%s)
    GROUP BY t.order_uid, a.id, m.line_id, m.lot_id
    HAVING sum(ends.amount) <> 0
    ORDER BY m.line_id, m.lot_id, a.household_id, a.part
"""


def positions(order_uids: Iterable[UUID]) -> list[Position]:
    """Where the money of these orders stands now; an order's own figures add up to 0."""
    with connection.cursor() as cursor:
        cursor.execute(_POSITIONS, [list(order_uids)])
        rows = cursor.fetchall()
    return [
        Position(order, Place(kind, team, household, part, holder), line, lot, amount)
        for order, kind, team, household, part, holder, line, lot, amount in rows
    ]
