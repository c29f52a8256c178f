"""What must hold of ledger, attribution and contest, recomputed from the tables (I4, I5, I6, I12)."""

from collections.abc import Iterator
from itertools import chain

from core.verify import Offence
from impact.verify import (
    contest,
    corrections,
    disclosure,
    ledger,
    lines,
    lots,
    replacements,
    rows,
    statement,
    subsidiary,
)


def verify() -> Iterator[Offence]:
    """Every offence of this floor; each names the row."""
    return chain(
        ledger.verify(),
        rows.verify(),
        lines.verify(),
        replacements.verify(),
        subsidiary.verify(),
        lots.verify(),
        corrections.verify(),
        statement.verify(),
        contest.verify(),
        disclosure.verify(),
    )
