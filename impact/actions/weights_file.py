"""A team's own table of what each household brought, by number or by short name: read into weights, and forgotten.

Nothing is written down here but that names were read; the weights then stand in the lot's form, to be looked over.
"""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import BinaryIO

from accounts.models import Person
from catalog.actions import desk
from catalog.models import Team
from core import numbers
from core.language import Words
from core.refusals import Invalid
from core.tables import Column, Fault, Row, Table, kinds
from core.tables.cell import Cell
from impact.actions.short_name import KEEP, fold, read_names
from impact.models import Household
from impact.reads import household as reads
from impact.reads.short_name import in_order

MOST_GRAMS = 10**9 - 1
NO_SUCH_NUMBER = Words("没有这个编号的已核实农户。", "No verified household has this number.")
NO_SUCH_NAME = Words("名单里没有这个简称。", "No household on the list is called so.")
CLOSED = Words(
    "按简称对要先打开简称。", "To match by short name, open the short names first, saying what for."
)
WHO = Words("请填编号或简称。", "Give a number or a short name.")
OTHERS = Words("编号和简称不是同一户。", "Number and short name are not the same household’s.")
TWICE = Words("这一户上面已经填过。", "This household has a row above already.")


@dataclass(frozen=True)
class Weights:
    """What a table says: grams by household, None of whom it does not name, and what is wrong with its other rows."""

    grams: dict[Household, int | None]
    faults: list[Fault]


def read_weights(team: Team, by: Person, file: BinaryIO) -> Weights:
    """What each of a team's verified households brought, by a CSV or XLSX. A row without a weight says nothing; no fault
    repeats what stands in its cell.

    Raises Unreadable for what is no table, NotFound for a team that is not hers.
    """
    desk.must_at_desk(by, team.pk, KEEP)
    households = {row.pk: row for row in in_order(reads.verified(team))}
    by_number = {str(row.number): pk for pk, row in households.items()}
    by_number |= {row.uid.hex[:6]: pk for pk, row in households.items()}
    reading = _table(by_number, _Names(team, by, households)).read(file)
    grams: dict[int, int] = {}
    for row in reading:
        if row["kg"] is None:
            continue
        try:
            who = _who(row)
            if who in grams:
                raise Invalid(TWICE, field="number" if row["number"] else "name")
            grams[who] = row["kg"]
        except Invalid as no:
            reading.refuse(row, no)
    faults = sorted(reading.faults, key=lambda fault: fault.row or 0)
    return Weights({row: grams.get(pk) for pk, row in households.items()}, faults)


class _Names:
    """Short names, read once and only if a table has any: she may have nothing but numbers in it."""

    def __init__(self, team: Team, by: Person, households: Mapping[int, Household]):
        self.team, self.by, self.households = team, by, households
        self.known: dict[str, int] | None = None

    def find(self, name: str) -> int:
        """Whose it is."""
        if self.known is None:
            called = read_names(self.team.pk, self.by, self.households)
            self.known = {fold(text): pk for pk, text in called.items()}
        if not self.known:
            raise Invalid(CLOSED)
        if fold(name) not in self.known:
            raise Invalid(NO_SUCH_NAME)
        return self.known[fold(name)]


def _who(row: Row) -> int:
    number, name = row["number"], row["name"]
    if number is None and name is None:
        raise Invalid(WHO, field="number")
    if None not in (number, name) and number != name:
        raise Invalid(OTHERS, field="name")
    found: int = name if number is None else number
    return found


def _table(by_number: Mapping[str, int], names: _Names) -> Table:
    def number(cell: Cell) -> int | None:
        text = unicodedata.normalize("NFKC", kinds.code(12)(cell)).lower()
        if text and text not in by_number:
            raise Invalid(NO_SUCH_NUMBER)
        return by_number[text] if text else None

    def name(cell: Cell) -> int | None:
        text = kinds.text(60)(cell)
        return names.find(text) if text else None

    def kilograms(cell: Cell) -> int | None:
        return (
            kinds.scaled(3, numbers.WEIGHT, least=1, most=MOST_GRAMS)(cell)
            if str(cell.value).strip()
            else None
        )

    return Table(
        (
            Column("number", Words("编号", "Number"), number, needed=False, others=("序号", "No")),
            Column("name", Words("简称", "Short name"), name, needed=False, others=("农户", "Household")),
            Column("kg", Words("公斤", "Kilograms"), kilograms, needed=False, others=("重量", "Weight")),
        ),
        is_foreign=True,
    )
