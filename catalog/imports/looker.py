"""Whoever looks at the rows of one kind of table, and what she has found so far."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from catalog.models import Team
from core.language import Words
from core.refusals import Invalid, Refusal
from core.tables import Row

# So many of the rows that change something are shown; all are counted.
MOST_LINES = 20
_LONGEST = 60


@dataclass(frozen=True)
class Difference:
    """One column of a row that says something else than stands now."""

    title: Words
    was: str
    now: str

    def as_json(self) -> dict[str, str]:
        """In both languages, as long as a line."""
        return {
            "title_zh": self.title.in_language("zh"),
            "title_en": self.title.in_language("en"),
            "was": _short(self.was),
            "now": _short(self.now),
        }


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


@dataclass
class Found:
    """How many rows are new, change something, are as they stand, wait for an operator, take a product off the shelf; the
    first lines that a page shows; and what is to be done, product by product."""

    new: int = 0
    changed: int = 0
    same: int = 0
    waits: int = 0
    leaves: int = 0
    lines: list[dict[str, Any]] = field(default_factory=list)
    groups: dict[str, dict[str, Any]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Counts and lines."""
        return {name: getattr(self, name) for name in ("new", "changed", "same", "waits", "leaves", "lines")}

    def add(
        self,
        group: str,
        seen: int | None,
        row: Row,
        item: str | None,
        **said: Any,
    ) -> None:
        """A row is to be done with those of its group; `item` is the id of what it changes, None of what is new."""
        if item is None:
            self.new += 1
        else:
            self.changed += 1
        rows = self.groups.setdefault(group, {"of": group, "seen": seen, "rows": []})["rows"]
        rows.append({"row": row.number, "item": item, **said})

    def line(
        self, row: Row, name_zh: str, name_en: str, differences: Iterable[Difference], *, mark: str = ""
    ) -> None:
        """Show what this row does, as long as there are few; `mark`: it waits, or takes its product off the shelf."""
        if len(self.lines) < MOST_LINES:
            self.lines.append(
                {
                    "row": row.number,
                    "name_zh": name_zh,
                    "name_en": name_en or name_zh,
                    "mark": mark,
                    "differences": [one.as_json() for one in differences],
                }
            )


class Looker(ABC):
    """Sees the rows one by one; what is to be done is `found`."""

    def __init__(self, team: Team, by: Any):
        self.team, self.by, self.found = team, by, Found()
        self._rows: dict[str, int] = {}

    @abstractmethod
    def see(self, row: Row) -> None:
        """Find what the row would do. Raises what is wrong with it."""

    def together(self) -> list[tuple[Row, Refusal]]:
        """What is wrong only when all rows are known, each at a row."""
        return []

    def once(self, row: Row, column: str, code: str) -> None:
        """Refuse a second row about the same thing."""
        first = self._rows.setdefault(f"{column} {code}", row.number)
        if first != row.number:
            words = Words("第 {first} 行已经写过它。", "Row {first} is about it already.", {"first": first})
            raise Invalid(words, field=column)


def given(row: Row, names: Iterable[str]) -> dict[str, Any]:
    """What stands in these columns; a cell that is left empty says nothing."""
    return {name: row[name] for name in names if row[name] not in (None, "")}


def typed(row: Row, name: str) -> str:
    """A cell as it was typed."""
    cell = row.cells.get(name)
    return str(cell.value) if cell else ""
