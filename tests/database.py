"""The test's database as its owner sees it."""

import itertools
from typing import Any

import psycopg
from django.db import DatabaseError, connections
from django.db.backends.signals import connection_created
from django.dispatch import receiver
from psycopg import sql

from tests import servers

_TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relowner = 'sheaf_owner'::regrole
      AND pg_relation_size(c.oid) > 0
"""
_reference: set[str] = set()


def as_owner() -> psycopg.Connection:
    """A connection as the owner to the database that the tests use now."""
    postgres = servers.servers().servers.postgres
    assert postgres
    return psycopg.connect(
        postgres.url("sheaf_owner", connections["default"].settings_dict["NAME"]), autocommit=True
    )


def _filled(connection: psycopg.Connection) -> set[str]:
    tables = [name for (name,) in connection.execute(_TABLES).fetchall()]
    if not tables:
        return set()
    each = sql.SQL(" UNION ALL ").join(
        sql.SQL("SELECT {} WHERE EXISTS (SELECT 1 FROM {})").format(sql.Literal(name), sql.Identifier(name))
        for name in tables
    )
    return {name for (name,) in connection.execute(each).fetchall()}


def note_reference_tables() -> None:
    """Remember what the migrations filled (regions, permissions): it stays, test after test."""
    with as_owner() as connection:
        _reference.update(_filled(connection))


_cleaners: dict[str, psycopg.Connection] = {}


def superuser() -> psycopg.Connection:
    """Who empties this database, or fills it with many rows at once; stays connected. As the cluster's superuser: neither
    keys nor triggers are asked, which of some tables keep their rows from everybody else."""
    name = connections["default"].settings_dict["NAME"]
    kept = _cleaners.get(name)
    if kept is None or kept.closed:
        postgres = servers.servers().servers.postgres
        assert postgres
        kept = psycopg.connect(postgres.url("postgres", name), autocommit=True, prepare_threshold=None)
        kept.execute("SET session_replication_role = replica")
        _cleaners.clear()
        _cleaners[name] = kept
    return kept


def plan_on(fill: str, statement: str) -> str:
    """How PostgreSQL would answer a statement if these rows stood there too, counted by its ANALYZE; nothing is kept."""
    everybody = superuser()
    with everybody.transaction(force_rollback=True):
        everybody.execute(fill)
        everybody.execute("ANALYZE")
        return "\n".join(line for (line,) in everybody.execute(f"EXPLAIN {statement}").fetchall())


# Statements that a connection knows by heart: psycopg's hundred are forgotten before most are asked again.
KNOWN_STATEMENTS = 1_000


@receiver(connection_created)
def _with_a_memory(connection: Any, **_: Any) -> None:
    connection.connection.prepared_max = KNOWN_STATEMENTS


def _quiet() -> None:
    """Let the next test find the connection without a transaction, as it was opened, and open: what PostgreSQL has
    planned on it stays planned, a third of what a test would ask for."""
    default = connections["default"]
    for other in connections.all(initialized_only=True):
        if other is not default:
            other.close()
    if default.connection is not None and not default.in_atomic_block and default.get_autocommit():
        try:
            default.rollback()
            with default.cursor() as cursor:
                cursor.execute("RESET ALL")
            default.ensure_timezone()
            return
        except DatabaseError:
            pass
    default.close()


# Nothing else takes dead rows away here, and a run of thousands of tests would look through all that were ever deleted.
SWEPT_AFTER = 250
_emptied = itertools.count(1)


def empty() -> None:
    """Empty every table that a test filled."""
    from impact.actions import ledger

    ledger.forget()
    _quiet()
    cleaner = superuser()
    filled = _filled(cleaner) - _reference
    if filled:
        each = [sql.SQL("DELETE FROM {}").format(sql.Identifier(name)) for name in sorted(filled)]
        cleaner.execute(sql.SQL("; ").join(each))
    if next(_emptied) % SWEPT_AFTER == 0:
        cleaner.execute("VACUUM")
