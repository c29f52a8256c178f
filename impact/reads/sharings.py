"""What of a lot is shared among its households: of each line, and of each replacement, who has how much by which weights."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from core.money import split
from impact.models import Account, Attribution, LedgerTransaction
from impact.models.kind import NAMING_HOUSEHOLDS
from impact.reads.positions import ATTRIBUTED, SETTLED_AT, Had

# A replacement's part stands beside its line's own, and came from another.
OF = "CASE WHEN t.reason = 'replaced' THEN split_part(t.key, ':', 2) ELSE '' END"
_SHARINGS = f"""
    SELECT s.*, EXISTS (
        SELECT 1 FROM impact_transfer o JOIN impact_ledgertransaction due ON due.id = o.transaction_id
        WHERE o.line_id = s.line_id AND due.reason = ANY(%(due)s) AND (%(at)s::timestamptz IS NULL OR due.at <= %(at)s))
    FROM (
        SELECT o.id, t.order_uid, m.line_id, {OF} AS of, a.household_id, sum(a.amount_minor)::bigint, {SETTLED_AT}
        {ATTRIBUTED} JOIN impact_ledgertransaction t ON t.id = m.transaction_id
        JOIN orders_order o ON o.uid = t.order_uid
        WHERE (m.source_id = ANY(%(accounts)s) OR m.target_id = ANY(%(accounts)s)) AND a.household_id IS NOT NULL
          AND (%(number)s::bigint IS NULL OR m.lot_number <= %(number)s)
        GROUP BY 1, 2, 3, 4, 5
    ) AS s ORDER BY 1, 3, 4
"""


@dataclass
class Sharing:
    """So much of a line, or of what was sent in its place (`of`: which), by household."""

    order_id: int
    order_uid: UUID
    line_id: int
    of: str
    is_owed: bool
    had: Had = field(default_factory=Had)

    @property
    def amount_minor(self) -> int:
        """All of it."""
        return sum(self.had.parts.values())


def sharings_of(lot_id: int, number: int | None = None, at: datetime | None = None) -> list[Sharing]:
    """Those of a lot of which anything is left, by their orders, or (for `verify`) was left at a number of the lot and a moment;
    what was made good is in none of them."""
    found: dict[tuple[int, str], Sharing] = {}
    with connection.cursor() as cursor:
        facts: dict[str, Any] = {
            "accounts": _accounts(lot_id),
            "due": list(LedgerTransaction.DUE),
            "number": number,
            "at": at,
        }
        cursor.execute(_SHARINGS, facts)
        for order, uid, line, of, household, amount, settled_at, is_owed in cursor.fetchall():
            one = found.setdefault((line, of), Sharing(order, uid, line, of, is_owed))
            one.had.parts[household] = amount
            one.had.settled_at = max(one.had.settled_at, settled_at or 0)
    return [one for one in found.values() if any(one.had.parts.values())]


def made_good_of(lot_id: int, **only: object) -> dict[int, int]:
    """What its team's reserve has paid households of a lot, since others had what should have been theirs."""
    rows = Attribution.objects.filter(
        transfer__transaction__reason=LedgerTransaction.Reason.MADE_GOOD,
        transfer__target__in=_accounts(lot_id),
        **only,
    )
    return dict(rows.values_list("household_id").annotate(Sum("amount_minor")).order_by())


def lacking(
    sharings: Iterable[Sharing], made_good: Mapping[int, int], grams: Mapping[int, int]
) -> dict[int, int]:
    """How many fen each household has too few of what is owed, by these weights. What others have too many stays theirs."""
    owed = [one for one in sharings if one.is_owed]
    has: dict[int, int] = defaultdict(int, made_good)
    for one in owed:
        for household, fen in one.had.parts.items():
            has[household] += fen
    who = sorted(grams)
    due = split(sum(one.amount_minor for one in owed), [grams[household] for household in who])
    return {
        household: fen - has[household]
        for household, fen in zip(who, due, strict=True)
        if fen > has[household]
    }


def for_others(sharings: Iterable[Sharing], grams: Mapping[int, int]) -> int:
    """How many fen of what is set aside come to be others' by these weights, to within one a household."""
    waits = [one for one in sharings if not one.is_owed]
    has: dict[int, int] = defaultdict(int)
    for one in waits:
        for household, fen in one.had.parts.items():
            has[household] += fen
    who = sorted(grams)
    due = split(sum(has.values()), [grams[household] for household in who])
    after = dict(zip(who, due, strict=True))
    return sum(max(0, fen - after.get(household, 0)) for household, fen in has.items())


def _accounts(lot_id: int) -> list[int]:
    return list(Account.objects.filter(lot=lot_id, kind__in=NAMING_HOUSEHOLDS).values_list("pk", flat=True))
