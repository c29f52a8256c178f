"""How many SQL statements something costs, over web and worker, until all that follows from it is done.

Counted by pg_stat_statements: every statement that the server was asked, BEGIN and COMMIT too. Web and worker sign
in by different roles, so that it can be told who asked. What the house asks while nobody is there (its clockwork) is
measured before and taken off.

Beside them stand the checks of foreign keys: one for each filled column of each new row that points elsewhere, asked by
the server itself at the commit, in the name of the tables' owner.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import psycopg

from bench.house import WORKER, House
from local.postgres import APP

ROLES = {APP: "web", WORKER: "worker"}
FRAME = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")
_ASKED = """
    SELECT r.rolname, s.query, s.calls, s.total_exec_time FROM pg_stat_statements s
    JOIN pg_roles r ON r.oid = s.userid JOIN pg_database d ON d.oid = s.dbid
    WHERE d.datname = current_database() AND r.rolname = ANY(%s)
"""
# Of all tables together: the server tells checks apart by their types alone.
_CHECKS = """
    SELECT coalesce(sum(s.calls), 0)::bigint FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid
    WHERE d.datname = current_database() AND s.query LIKE 'SELECT % FROM ONLY % FOR KEY SHARE OF x'
"""
# What an order that was paid leaves to be done, and what a support waits for until it is in the standings.
_WAITING = """
    SELECT (SELECT count(*) FROM core_delivery WHERE done_at IS NULL AND parked_at IS NULL)
        + (SELECT count(*) FROM impact_supportwaiting)
"""
Counts = dict[tuple[str, str], tuple[int, float]]  # (who, statement): calls, milliseconds in the server


@dataclass
class StatementCount:
    """What was asked for so many actions, the clockwork's part taken off."""

    actions: int
    by: Counts
    checks_in_all: int = 0

    def checks(self) -> float:
        """Checks of foreign keys an action."""
        return self.checks_in_all / self.actions

    def each(self, framed: bool = True) -> float:
        """Statements an action; without the frame of transactions on request."""
        calls = sum(n for (_, words), (n, _) in self.by.items() if framed or not words.startswith(FRAME))
        return calls / self.actions

    def table(self, most: int = 60) -> str:
        """Who asked what, the most frequent first."""
        rows = sorted(self.by.items(), key=lambda row: -row[1][0])
        lines = [f"{'an action':>9} {'ms':>7}  {'by':7} statement"]
        for (who, words), (calls, spent) in rows[:most]:
            if calls / self.actions >= 0.02:
                text = " ".join(words.split())
                lines.append(f"{calls / self.actions:9.2f} {spent / self.actions:7.2f}  {who:7} {text[:150]}")
        return "\n".join(lines)


class Counter:
    """Counts on one database of the house."""

    def __init__(self, house: House, database: str):
        self.connection: psycopg.Connection = house.connect(database)
        self.idle: Counts = {}
        self.idle_checks = 0
        self.idle_seconds = 1.0

    def reset(self) -> None:
        """Forget what was asked before."""
        self.connection.execute(
            "SELECT pg_stat_statements_reset(0, (SELECT oid FROM pg_database WHERE datname = current_database()))"
        )

    def read(self) -> Counts:
        """What was asked since."""
        rows = self.connection.execute(_ASKED, [list(ROLES)]).fetchall()
        return {(ROLES[role], words): (calls, spent) for role, words, calls, spent in rows}

    def checks(self) -> int:
        """Foreign keys that were checked since."""
        ((found,),) = self.connection.execute(_CHECKS).fetchall()
        return found

    def transfers(self) -> int:
        """How many transfers the ledger has."""
        ((found,),) = self.connection.execute("SELECT count(*) FROM impact_transfer").fetchall()
        return found

    def watch_idle(self, seconds: float = 6.0) -> float:
        """What the clockwork asks while nobody is there; statements a second."""
        self.reset()
        time.sleep(seconds)
        self.idle, self.idle_checks, self.idle_seconds = self.read(), self.checks(), seconds
        return sum(calls for calls, _ in self.idle.values()) / seconds

    def wait_until_done(self, seconds: float = 60) -> None:
        """Until the outbox is empty and every support is folded."""
        deadline = time.monotonic() + seconds
        while (row := self.connection.execute(_WAITING).fetchone()) and row[0]:
            if time.monotonic() > deadline:
                raise SystemExit(f"{row[0]} things still wait in the outbox after {seconds:.0f} s")
            time.sleep(0.1)

    def count(self, actions: int, act: Callable[[], Any]) -> StatementCount:
        """Do so many actions, wait for what follows from them, and tell what they asked."""
        self.wait_until_done()
        self.reset()
        began = time.monotonic()
        act()
        self.wait_until_done()
        return self.since_reset(actions, time.monotonic() - began)

    def since_reset(self, actions: int, seconds: float) -> StatementCount:
        """What was asked since the last reset, within so many seconds."""
        part = seconds / self.idle_seconds
        found: Counts = {}
        for key, (calls, spent) in self.read().items():
            idle_calls, idle_spent = self.idle.get(key, (0, 0.0))
            found[key] = (round(calls - idle_calls * part), spent - idle_spent * part)
        return StatementCount(actions, found, round(self.checks() - self.idle_checks * part))
