"""One cell as a file holds it."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import Enum, auto

Held = str | int | float | bool | date | datetime | time | timedelta


class Kind(Enum):
    """What a file says a cell is."""

    TEXT = auto()
    NUMBER = auto()
    DAY = auto()
    TRUTH = auto()
    FORMULA = auto()
    ERROR = auto()
    # One that is shown as a part of the cell above it.
    MERGED = auto()


@dataclass(frozen=True, slots=True)
class Cell:
    """`column` counts from 1; `format` is how a spreadsheet shows a number (`00000`), empty in a CSV."""

    column: int
    kind: Kind
    value: Held
    format: str = ""


# A cell that some sheet has made harmless, ours included: `'=1+1` was `=1+1`.
_QUOTED = re.compile("'([=+\\-@\uff1d\uff0b\uff0d\uff20].*)", re.S)


def unquoted(text: str) -> str | None:
    """What a text was before a sheet made it harmless; None of any other.

    >>> unquoted("'-50"), unquoted("-50")
    ('-50', None)
    """
    found = _QUOTED.fullmatch(text)
    return found[1] if found else None


def letters(column: int) -> str:
    """The column as a spreadsheet names it.

    >>> letters(1), letters(28)
    ('A', 'AB')
    """
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name
