"""Share a lot's earnings among the households that grew it, fairly to the fen over all its sales."""

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection

from core.money import carry_back, carry_split, split
from core.rows import Along


@dataclass
class SharedLot:
    """A lot's households in the order of their ids, their weights and what rounding owes to each."""

    key: bytes
    number: int
    since: int  # what was shared up to this number went by weights that were put right since
    households: list[int]
    pseudonyms: list[UUID]
    grams: list[int]
    credits: list[int]


# The tallies' rows are the locks of the credits; in the order of their ids, so that two deeds which need the
# same lots never wait for each other in a ring. A row that was waited for is read as it is now, and a credit
# is locked with its tally so that it is read anew too. A share is not: where another has put the shares right while this
# waited, they are older than the tally (`corrections`), and are read once more under its lock.
# Here and below: behind a SELECT PostgreSQL does not see how many there are, and so does not plan anew each time.
_SHARES = """
    SELECT t.lot_id, l.uid, t.number, t.since, s.household_id, h.uid, s.grams, c.numerator, t.corrections - s.corrections
    FROM impact_lottally t
    JOIN catalog_lot l ON l.id = t.lot_id
    JOIN impact_lotshare s ON s.lot_id = t.lot_id
    JOIN impact_credit c ON c.lot_id = s.lot_id AND c.household_id = s.household_id
    JOIN impact_household h ON h.id = s.household_id
    WHERE t.lot_id = ANY((SELECT %s::bigint[])::bigint[])
    ORDER BY t.lot_id, s.household_id
    FOR NO KEY UPDATE OF t, c
"""
_RENEW = """
    credits AS (
        UPDATE impact_credit c SET numerator = renewed.numerator
        FROM unnest((SELECT %s::bigint[]), (SELECT %s::bigint[]), (SELECT %s::bigint[]))
             AS renewed (lot_id, household_id, numerator)
        WHERE c.lot_id = renewed.lot_id AND c.household_id = renewed.household_id
          AND c.numerator <> renewed.numerator
    ), tallies AS (
        UPDATE impact_lottally t SET number = renewed.number
        FROM unnest((SELECT %s::bigint[]), (SELECT %s::bigint[])) AS renewed (lot_id, number)
        WHERE t.lot_id = renewed.lot_id
    )
"""


class Lots:
    """The lots of a deed: their credits locked, shared out of and given back to, then kept.

    A lot without shares (level 0) is not among them: its earnings are the team's pool.
    """

    def __init__(self, lot_ids: Iterable[int]):
        self._lots: dict[int, SharedLot] = {}
        self._touched: set[int] = set()
        for lot_id, uid, number, since, household_id, pseudonym, grams, numerator, _ in _read(lot_ids):
            lot = self._lots.setdefault(lot_id, SharedLot(uid.bytes, number, since, [], [], [], []))
            lot.households.append(household_id)
            lot.pseudonyms.append(pseudonym)
            lot.grams.append(grams)
            lot.credits.append(numerator)

    def __contains__(self, lot_id: int) -> bool:
        return lot_id in self._lots

    def share(self, lot_id: int, amount_minor: int) -> tuple[int, dict[int, int]]:
        """Share an amount out: the lot's number of this attribution, and each household's fen."""
        lot = self._lots[lot_id]
        lot.number += 1
        parts, lot.credits = carry_split(amount_minor, lot.grams, lot.credits, tie_of(lot))
        self._touched.add(lot_id)
        return lot.number, dict(zip(lot.households, parts, strict=True))

    def is_by_former_weights(self, lot_id: int, number: int) -> bool:
        """Whether what was settled at this number of the lot went by weights that are not in force any more."""
        return number <= self._lots[lot_id].since

    def count(self, lot_id: int) -> int:
        """One more attribution of a lot: its number."""
        self._touched.add(lot_id)
        self._lots[lot_id].number += 1
        return self._lots[lot_id].number

    def lessen(self, lot_id: int, parts: dict[int, int], amount_minor: int) -> tuple[int, dict[int, int]]:
        """Share what is left of a sharing by former weights among those who had it, as they had it: it stays theirs. Today's
        credits know nothing of it."""
        lot = self._lots[lot_id]
        weights = parts if any(parts.values()) else dict(zip(lot.households, lot.grams, strict=True))
        return self.count(lot_id), dict(
            zip(weights, split(amount_minor, list(weights.values())), strict=True)
        )

    def reverse(self, lot_id: int, parts: dict[int, int]) -> None:
        """Undo an earlier sharing: the households' credits stand again as if it had not been."""
        lot = self._lots[lot_id]
        given = [parts.get(household, 0) for household in lot.households]
        lot.credits = carry_back(given, sum(given), lot.grams, lot.credits)
        self._touched.add(lot_id)

    def rows(self) -> Along | None:
        """Credits and tallies as they are to be written down, with what the deed writes."""
        touched = [(lot_id, self._lots[lot_id]) for lot_id in sorted(self._touched)]
        if not touched:
            return None
        credits = [
            (lot_id, household, credit)
            for lot_id, lot in touched
            for household, credit in zip(lot.households, lot.credits, strict=True)
        ]
        tallies = [(lot_id, lot.number) for lot_id, lot in touched]
        columns = [list(column) for rows in (credits, tallies) for column in zip(*rows, strict=True)]
        return Along(_RENEW, columns)


def _read(lot_ids: Iterable[int]) -> list[tuple[Any, ...]]:
    """The lots' shares and credits, locked; none of them older than its tally."""
    with connection.cursor() as cursor:
        cursor.execute(_SHARES, [ids := sorted(set(lot_ids))])
        rows = cursor.fetchall()
        if any(row[-1] for row in rows):
            cursor.execute(_SHARES, [ids])
            rows = cursor.fetchall()
    return rows


def tie_of(lot: SharedLot) -> Callable[[int], bytes]:
    """Who comes first when two are owed alike: by lot and number another one, never the lowest id."""

    def tie(i: int) -> bytes:
        words = f"{lot.number}|{lot.pseudonyms[i]}".encode()
        return hmac.digest(lot.key, words, "sha256")

    return tie
