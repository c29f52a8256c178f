"""Who supports an edition, by type: exactly for its office and its auditor, and as the public may know it (3.6b).

What an order is bought for says its type: a verified organisation's kind, else a person; what an outside platform sold is
a type of its own, since a platform names no organisation. Together they are the net of the entries, to the fen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection

from accounts.models import Organisation
from contest.models import DisclosedSupporters
from contest.reads.effective import counted_until
from contest.reads.outside import accepted
from core.language import Words, say
from impact.models import Edition, Round
from impact.reads.disclosure import EXCLUDED_STEP, STEP
from impact.reads.figures import BOUGHT, LATEST, QUALIFIES
from impact.reads.household import FEWEST

PERSON, OUTSIDE, OTHERS = "person", "outside", "others"
TYPES: dict[str, Words] = {
    PERSON: say("个人", "Persons"),
    **{str(kind): kind.words for kind in Organisation.Kind},
    OUTSIDE: say("外部平台", "Outside platforms"),
    OTHERS: say("其他单位", "Others"),
}

# As the public is told it, an entry that stands still does so here too.
_BY_TYPE = f"""
    WITH bought AS (
        {BOUGHT} LEFT JOIN impact_disclosure d ON d.entry_id = s.entry_id
        WHERE s.entry_id IN (SELECT id FROM impact_entry WHERE round_id = ANY(%(rounds)s))
          AND n.number <= least(%(number)s, CASE WHEN %(is_public)s THEN d.held_number END)
        GROUP BY s.entry_id, s.order_uid
    )
    SELECT coalesce(o.kind, '{PERSON}'), sum(net)::bigint, count(DISTINCT order_uid), nullif(count(DISTINCT o.id), 0),
           count(DISTINCT person_key) FILTER (WHERE is_known)
    FROM bought LEFT JOIN accounts_organisation o ON o.id = organisation_id WHERE {QUALIFIES} GROUP BY 1
"""


@dataclass(frozen=True)
class SupporterType:
    """What came by one type of supporter. `organisations` is None where it is of none; as it is disclosed, also where
    there are fewer than ten, and `orders` and `persons` are 0."""

    type: str
    net_minor: int
    orders: int = 0
    organisations: int | None = None
    persons: int = 0

    @property
    def behind(self) -> int:
        """How many stand behind it: persons, or organisations."""
        return self.persons if self.type == PERSON else self.organisations or 0


def by_type(rounds: Iterable[Round], number: int = LATEST, is_public: bool = False) -> list[SupporterType]:
    """Every type that bought something in these rounds, the largest first, as of a support's number."""
    rounds = list(rounds)
    pks = [round_.pk for round_ in rounds]
    with connection.cursor() as cursor:
        cursor.execute(_BY_TYPE, {"rounds": pks, "number": number, "is_public": is_public})
        found = [SupporterType(*row) for row in cursor.fetchall()]
    sales = [sale for round_ in rounds for sale in accepted(round_, counted_until(round_))]
    if sales:
        net, orders = sum(sale.net_minor for sale in sales), sum(sale.supports for sale in sales)
        found.append(SupporterType(OUTSIDE, net, orders))
    return sorted(found, key=lambda row: (-row.net_minor, row.type))


def disclosed(rows: Sequence[SupporterType], is_final: bool) -> list[SupporterType]:
    """The same as the public may know it. What fewer than ten stand behind is one row with others, of two types at least:
    else its sum would be found by subtraction. Sums are in thousands of yuan until all is frozen."""
    folded = _folded([row for row in rows if row.type != OUTSIDE])
    apart = [row for row in rows if row not in folded]
    if folded:
        apart.append(SupporterType(OTHERS, total(folded)))
    return [_disclosed_row(row, is_final) for row in apart]


def _folded(rows: Sequence[SupporterType]) -> list[SupporterType]:
    few = [row for row in rows if row.behind < FEWEST]
    if len(few) != 1:
        return few
    more = sorted((row for row in rows if row.behind >= FEWEST), key=lambda row: (row.behind, row.net_minor))
    return few + more[:1]


def _disclosed_row(row: SupporterType, is_final: bool) -> SupporterType:
    net = row.net_minor if is_final else row.net_minor // EXCLUDED_STEP * EXCLUDED_STEP
    bodies = row.organisations and (row.organisations if is_final else row.organisations // STEP * STEP)
    return SupporterType(row.type, net, organisations=bodies)


def rows_of(last: DisclosedSupporters) -> list[SupporterType]:
    """What was told then."""
    return [SupporterType(**each) for each in last.rows]


@dataclass(frozen=True)
class Table:
    """An edition's types; with a day, as they were disclosed then."""

    edition: Edition
    rows: list[SupporterType]
    day: date | None = None
    is_final: bool = False

    @property
    def total_minor(self) -> int:
        """What the rows come to, in fen."""
        return total(self.rows)


def total(rows: Iterable[SupporterType]) -> int:
    """Their sum, in fen."""
    return sum(row.net_minor for row in rows)
