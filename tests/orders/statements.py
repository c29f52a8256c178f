"""Every statement that reaches the database, BEGIN and COMMIT included, and which line of ours asked for it."""

import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.db import connection

HOUSE = Path(__file__).resolve().parents[2]


@dataclass
class Statements:
    """The statements of a stretch of a test, in their order: (the line of ours, the SQL)."""

    rows: list[tuple[str, str]] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.rows)

    def __str__(self) -> str:
        return "\n".join(f"{n:3} {line:46} {sql[:150]}" for n, (line, sql) in enumerate(self.rows, 1))

    # What Django's log of queries is asked to be: it grows, and is looked at nowhere else.
    def append(self, query: dict[str, Any]) -> None:
        """Note one, with the innermost line of ours on the way to it."""
        ours = [
            f"{Path(frame.filename).relative_to(HOUSE)}:{frame.lineno}"
            for frame in traceback.extract_stack()
            if frame.filename.startswith(str(HOUSE))
            and ".venv" not in frame.filename
            and "/tests/" not in frame.filename
        ]
        self.rows.append((ours[-1] if ours else "", " ".join(query["sql"].split())))

    def clear(self) -> None:
        """Django empties its log when a request begins; ours goes on."""


@contextmanager
def counted() -> Iterator[Statements]:
    """The statements of this thread within the block; the test must run in no transaction of its own."""
    found = Statements()
    log, debug = connection.queries_log, connection.force_debug_cursor
    connection.queries_log, connection.force_debug_cursor = found, True  # type: ignore[assignment]
    try:
        yield found
    finally:
        connection.queries_log, connection.force_debug_cursor = log, debug
