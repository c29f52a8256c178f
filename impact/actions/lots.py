"""Share a lot's earnings among the households that grew it, fairly to the fen over all its sales."""

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection

from core.money import carry_back, carry_split
from core.rows import Along


@dataclass
class SharedLot:
    """A lot's households in the order of their ids, their weights and what rounding owes to each."""

    key: bytes
    number: int
    households: list[int]
    pseudonyms: list[UUID]
    grams: list[int]
    credits: list[int]


# The tallies' rows are the locks of the credits; in the order of their ids, so that two deeds which need the
# same lots never wait for each other in a ring. A row that was waited for is read as it is now, and a credit
# is locked with its tally so that it is read anew too.
# Here and below: behind a SELECT PostgreSQL does not see how many there are, and so does not plan anew each time.
_SHARES = """
    SELECT t.lot_id, l.uid, t.number, s.household_id, h.uid, s.grams, c.numerator
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
        with connection.cursor() as cursor:
            cursor.execute(_SHARES, [sorted(set(lot_ids))])
            for lot_id, uid, number, household_id, pseudonym, grams, numerator in cursor.fetchall():
                lot = self._lots.setdefault(lot_id, SharedLot(uid.bytes, number, [], [], [], []))
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


def tie_of(lot: SharedLot) -> Callable[[int], bytes]:
    """Who comes first when two are owed alike: by lot and number another one, never the lowest id."""

    def tie(i: int) -> bytes:
        words = f"{lot.number}|{lot.pseudonyms[i]}".encode()
        return hmac.digest(lot.key, words, "sha256")

    return tie
