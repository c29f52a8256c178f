"""A team's statement: a month as the ledger has it, from balances that are kept and the few transactions not in them yet."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import date
from operator import add, attrgetter
from typing import NamedTuple

from django.db import connection
from django.utils import timezone

from accounts.models import Organisation
from catalog.models import Product, Team
from core import clock
from core.language import Words, localized, say
from impact.models import StatementMonth
from impact.reads.ledger_by_month import STANDS, WAITS, WITHOUT_TEAM
from impact.reads.set_aside import PART_WORDS
from orders.models import Order

# How many months a page shows beside each other, the chosen one the last.
MONTHS_BESIDE = 12
NOT_RECORDED = say("未记录", "Not recorded")
CHANNELS: dict[str, Words] = {"": NOT_RECORDED, **{str(one): one.words for one in Order.Channel}}
SUPPORTERS: dict[str, Words] = {
    "": NOT_RECORDED,
    Order.A_PERSON: say("个人", "Persons"),
    **{str(kind): kind.words for kind in Organisation.Kind},
}
# What stood when the month ended is what stands now, less what later months moved.
_MONTH = f"""
    WITH {WAITS}, {STANDS}, months AS (
        SELECT {WITHOUT_TEAM}, month, sold_minor AS sold, refunded_minor AS refunded, replaced_minor AS replaced,
               set_aside_minor AS set_aside, owed_minor AS owed
        FROM impact_statementmonth WHERE team_id = %(team)s AND month >= %(month)s
        UNION ALL SELECT {WITHOUT_TEAM}, month, sold, refunded, replaced, set_aside, owed FROM waits WHERE month >= %(month)s
    ), told AS (
        SELECT {WITHOUT_TEAM}, sold, refunded, replaced, 0 AS set_aside, 0 AS owed FROM months WHERE month = %(month)s
        UNION ALL SELECT {WITHOUT_TEAM}, 0, 0, 0, -set_aside, -owed FROM months WHERE month > %(month)s
        UNION ALL SELECT {WITHOUT_TEAM}, 0, 0, 0, set_aside, owed FROM stands
    )
    SELECT {WITHOUT_TEAM}, sum(sold)::bigint, sum(refunded)::bigint, sum(replaced)::bigint, sum(set_aside)::bigint,
           sum(owed)::bigint
    FROM told GROUP BY {WITHOUT_TEAM} ORDER BY {WITHOUT_TEAM}
"""
_BESIDE = f"""
    WITH {WAITS}
    SELECT month, sum(sold)::bigint, sum(refunded)::bigint FROM (
        SELECT month, sold_minor AS sold, refunded_minor AS refunded FROM impact_statementmonth
        WHERE team_id = %(team)s AND month BETWEEN %(since)s AND %(month)s
        UNION ALL SELECT month, sold, refunded FROM waits WHERE month BETWEEN %(since)s AND %(month)s
    ) AS m GROUP BY month
"""


@dataclass(frozen=True)
class Sums:
    """In fen: what a month moved, and what stood at its end."""

    sold_minor: int = 0
    refunded_minor: int = 0
    replaced_minor: int = 0
    set_aside_minor: int = 0
    owed_minor: int = 0

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(*map(add, astuple(self), astuple(other)))

    def __bool__(self) -> bool:
        return any(astuple(self))


@dataclass(frozen=True)
class Cell:
    """What a sum is of; without a product it is sending."""

    product_id: int | None
    part: str
    channel: str
    supporter: str
    sums: Sums


class Named(NamedTuple):
    """One part, product, channel or type of supporter, and its sums."""

    key: str
    name: str
    sums: Sums


class InMonth(NamedTuple):
    """What one month came to."""

    begins: date
    sold_minor: int
    refunded_minor: int


@dataclass(frozen=True)
class TeamStatement:
    """A month of a team; `month` is its first day."""

    team: Team
    month: date
    cells: list[Cell]

    @property
    def total(self) -> Sums:
        """All of it together."""
        return sum((cell.sums for cell in self.cells), Sums())

    def parts(self) -> list[Named]:
        """By what the price story says the money pays for, in its order; sending the last."""
        sums = self._by(attrgetter("part"))
        return [Named(part, str(words), sums[part]) for part, words in PART_WORDS.items() if sums[part]]

    def products(self) -> list[Named]:
        """What was sold most first; sending, which is for no product, the last."""
        sums = self._by(attrgetter("product_id"))
        found = Product.objects.in_bulk([pk for pk in sums if pk])
        rows = [
            Named(product.slug, localized(product, "name"), sums[pk])
            for pk, product in found.items()
            if sums[pk]
        ]
        rows.sort(key=lambda row: (-row.sums.sold_minor, row.name))
        sending = [Named("", str(PART_WORDS["shipping"]), sums[None])] if sums[None] else []
        return rows + sending

    def channels(self) -> list[Named]:
        """By the way in which orders were placed."""
        return self._worded(attrgetter("channel"), CHANNELS)

    def supporters(self) -> list[Named]:
        """By whom they were for: a person, or a kind of organisation."""
        return self._worded(attrgetter("supporter"), SUPPORTERS)

    def _worded(self, by: Callable[[Cell], str], words: Mapping[str, Words]) -> list[Named]:
        sums = self._by(by)
        rows = [Named(key, str(words.get(key, key)), one) for key, one in sums.items() if one]
        return sorted(rows, key=lambda row: (not row.key, -row.sums.sold_minor, row.key))

    def _by(self, key: Callable[[Cell], object]) -> dict:
        return _summed((key(cell), cell.sums) for cell in self.cells)


def _summed(rows: Iterable[tuple[object, Sums]]) -> dict:
    found: dict[object, Sums] = defaultdict(Sums)
    for key, sums in rows:
        found[key] += sums
    return found


def statement_of(team: Team, day: date | None = None) -> TeamStatement:
    """The month in which this day is; without one the month that it is now."""
    month = min(day or _today(), _today()).replace(day=1)
    rows = _rows(_MONTH, team=team.pk, month=month)
    cells = [Cell(row[0], row[1], row[2], row[3], Sums(*row[4:])) for row in rows]
    return TeamStatement(team, month, [cell for cell in cells if cell.sums])


def months_beside(statement: TeamStatement) -> list[InMonth]:
    """What the months before it came to, the first first: as far back as the team has sold, a year at most."""
    last = statement.month
    since = _before(last, MONTHS_BESIDE - 1)
    found = {
        m: (sold, back) for m, sold, back in _rows(_BESIDE, team=statement.team.pk, month=last, since=since)
    }
    first = min(found, default=last)
    months = [_before(last, n) for n in reversed(range(MONTHS_BESIDE))]
    return [InMonth(month, *found.get(month, (0, 0))) for month in months if month >= first]


def months_of(team: Team) -> list[date]:
    """Each month of which there is a statement, the latest first."""
    first = StatementMonth.objects.filter(team=team).order_by("month").values_list("month", flat=True).first()
    now = _today().replace(day=1)
    count = (now.year - first.year) * 12 + now.month - first.month if first else 0
    return [_before(now, n) for n in range(max(count, 0) + 1)]


def _today() -> date:
    # The ledger's own clock: that of seasons and contests may stand ahead.
    return timezone.now().astimezone(clock.SHANGHAI).date()


def _before(month: date, n: int) -> date:
    years, months = divmod(month.year * 12 + month.month - 1 - n, 12)
    return date(years, months + 1, 1)


def _rows(statement: str, **given: date | int) -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()
