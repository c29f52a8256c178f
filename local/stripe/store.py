"""Everything the stand-in knows, in one SQLite file: it survives a restart and `kill -9`."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Row = dict[str, Any]

SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL, created INTEGER NOT NULL, body TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS objects_age ON objects(kind, created DESC, seq DESC);
CREATE TABLE IF NOT EXISTS idempotency (
    key TEXT PRIMARY KEY, path TEXT NOT NULL, input TEXT NOT NULL,
    status INTEGER NOT NULL, body TEXT NOT NULL, request TEXT NOT NULL, created INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS idempotency_age ON idempotency(created);
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT, event TEXT NOT NULL, endpoint TEXT NOT NULL, state TEXT NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0, due REAL NOT NULL, status INTEGER, error TEXT, delivered REAL);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries(state, due);
CREATE INDEX IF NOT EXISTS deliveries_event ON deliveries(event);
CREATE TABLE IF NOT EXISTS timers (
    id INTEGER PRIMARY KEY AUTOINCREMENT, due REAL NOT NULL, deed TEXT NOT NULL, object TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS timers_due ON timers(due);
CREATE TABLE IF NOT EXISTS settings (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""
INDEXED = ("payment_intent", "charge", "type", "source", "customer")


class Store:
    """One connection, one lock: each request is one transaction, as if Stripe served one at a time."""

    def __init__(self, path: str | Path) -> None:
        if str(path) != ":memory:":
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        self.lock = threading.RLock()
        self.after_commit: Callable[[], None] = lambda: None
        self.has_news = False
        self.db = sqlite3.connect(str(path), check_same_thread=False, isolation_level=None)
        self.db.row_factory = sqlite3.Row
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=NORMAL")
        self.db.executescript(SCHEMA)
        for field in INDEXED:
            self.db.execute(
                f"CREATE INDEX IF NOT EXISTS objects_{field} ON objects(kind, json_extract(body, '$.{field}'))"
            )

    def close(self) -> None:
        with self.lock:
            self.db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing; the work that waits for news is woken after the commit, if there is any."""
        with self.lock:
            self.db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.db.execute("ROLLBACK")
                raise
            self.db.execute("COMMIT")
            told, self.has_news = self.has_news, False
        if told:
            self.after_commit()

    @contextmanager
    def undone_on_error(self, unless: Callable[[Exception], bool]) -> Iterator[None]:
        """Within a transaction: take back what the block did if it raises, unless the error is to be kept."""
        self.db.execute("SAVEPOINT deed")
        try:
            yield
        except Exception as error:
            if not unless(error):
                self.db.execute("ROLLBACK TO deed")
            self.db.execute("RELEASE deed")
            raise
        self.db.execute("RELEASE deed")

    def run(self, sql: str, *values: Any) -> sqlite3.Cursor:
        with self.lock:
            return self.db.execute(sql, values)

    def rows(self, sql: str, *values: Any) -> list[Row]:
        with self.lock:
            return [dict(row) for row in self.db.execute(sql, values)]

    # -- objects

    def find(self, id: str) -> Row | None:
        with self.lock:
            row = self.db.execute("SELECT body FROM objects WHERE id = ?", (id,)).fetchone()
        return json.loads(row["body"]) if row else None

    def put(self, obj: Row) -> None:
        self.run(
            "INSERT INTO objects (id, kind, created, body) VALUES (?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET body = excluded.body",
            obj["id"],
            obj["object"],
            obj["created"],
            json.dumps(obj, ensure_ascii=False),
        )

    def put_new(self, objects: list[Row]) -> None:
        """Many at once, for an import; those known already stay as they are."""
        with self.lock:
            self.db.executemany(
                "INSERT OR IGNORE INTO objects (id, kind, created, body) VALUES (?, ?, ?, ?)",
                [(o["id"], o["object"], o["created"], json.dumps(o, ensure_ascii=False)) for o in objects],
            )

    def remove(self, id: str) -> None:
        self.run("DELETE FROM objects WHERE id = ?", id)

    def place(self, id: str) -> tuple[int, int] | None:
        """Where an object stands in a list ordered by age."""
        found = self.rows("SELECT created, seq FROM objects WHERE id = ?", id)
        return (found[0]["created"], found[0]["seq"]) if found else None

    def select(
        self, kind: str, where: list[tuple[str, Any]], limit: int, oldest_first: bool = False
    ) -> list[Row]:
        """Objects of a kind under SQL conditions, newest first."""
        order = "ASC" if oldest_first else "DESC"
        conditions = "".join(f" AND {condition}" for condition, _ in where)
        values = [value for _, given in where for value in (given if isinstance(given, tuple) else (given,))]
        sql = f"SELECT body FROM objects WHERE kind = ?{conditions} ORDER BY created {order}, seq {order} LIMIT ?"
        return [json.loads(row["body"]) for row in self.rows(sql, kind, *values, limit)]

    def where(self, kind: str, field: str, value: Any, limit: int = 1000) -> list[Row]:
        return self.select(kind, [(f"json_extract(body, '$.{field}') = ?", value)], limit)

    # -- settings

    def setting(self, name: str, default: Any) -> Any:
        found = self.rows("SELECT value FROM settings WHERE name = ?", name)
        return json.loads(found[0]["value"]) if found else default

    def set(self, name: str, value: Any) -> None:
        self.run("INSERT OR REPLACE INTO settings (name, value) VALUES (?, ?)", name, json.dumps(value))
