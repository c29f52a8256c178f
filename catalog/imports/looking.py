"""What a team's table would do, without doing anything: which rows are new, which change something, which wait for an
operator; and whatever is wrong, by row and column."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from catalog.imports import looking_at_lots, looking_at_products, looking_at_sizes
from catalog.imports.looker import Found, Looker
from catalog.imports.team_tables import TABLES
from catalog.models import ListingSheet, Team
from core.language import Words, say
from core.refusals import Refusal
from core.tables import Fault, Reading, Row, Unreadable

LOOKERS: dict[str, type[Looker]] = {
    ListingSheet.Kind.PRODUCTS: looking_at_products.Products,
    ListingSheet.Kind.SIZES: looking_at_sizes.Sizes,
    ListingSheet.Kind.LOTS: looking_at_lots.Lots,
}
# How often whoever waits is told how far it has come.
STEP = 500
EMPTY = say("这张表里没有数据行。", "There is no row in this table.")


@dataclass
class Looked:
    """What a table would do, and its faults: with one, it does nothing."""

    found: Found
    faults: list[Fault] = field(default_factory=list)
    faults_total: int = 0
    rows: int = 0

    def as_json(self) -> dict[str, Any]:
        """As it is kept for the page: counts, the first lines, the faults in their order."""
        ordered = sorted(self.faults, key=lambda fault: (fault.row or 0, len(fault.column), fault.column))
        return {
            **self.found.as_json(),
            "faults": [_as_json(fault) for fault in ordered],
            "faults_total": self.faults_total,
        }


def look(
    team: Team,
    kind: str,
    file: BinaryIO,
    by: Any,
    step: Callable[[int, int | None], None] = lambda rows, of: None,
) -> Looked:
    """Read the whole table; `step` hears how many rows are read, and of about how many."""
    reading = TABLES[kind].read(file)
    looker = LOOKERS[kind](team, by)
    try:
        about = reading.rows_about()
        step(0, about)
        for row in reading.rows():
            if isinstance(row, Row):
                _see(looker, reading, row)
            if reading.total % STEP == 0:
                step(reading.total, about)
        for row, no in looker.together():
            reading.refuse(row, no)
    except Unreadable as no:
        fault = Fault(None, "", "", no.code, no.words)
        return Looked(Found(), [fault], 1, reading.total)
    if not reading.total and not reading.faults:
        return Looked(Found(), [Fault(None, "", "", "EMPTY", EMPTY)], 1)
    return Looked(looker.found, reading.faults, reading.faults_total, reading.total)


def _see(looker: Looker, reading: Reading, row: Row) -> None:
    try:
        looker.see(row)
    except Refusal as no:
        reading.refuse(row, no)


def _as_json(fault: Fault) -> dict[str, Any]:
    title = fault.title if isinstance(fault.title, Words) else Words(fault.title, fault.title)
    words = fault.words if isinstance(fault.words, Words) else Words(fault.words, fault.words)
    return {
        "row": fault.row,
        "column": fault.column,
        **{f"title_{code}": title.in_language(code) for code in ("zh", "en")},
        **{code: words.in_language(code) for code in ("zh", "en")},
    }
