"""The test's database as its owner sees it."""

import psycopg
from django.db import connections
from psycopg import sql

from tests import servers

_TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind = 'r' AND c.relowner = current_user::regrole
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


# Whose rows a trigger keeps: before a row goes (1 | 2 | 8) it is asked.
_GUARDED = """
    SELECT DISTINCT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND t.tgtype & 11 = 11
"""


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


def empty() -> None:
    """Empty every table that a test filled, as the owner."""
    from impact.actions import ledger

    ledger.forget()
    connections["default"].close()
    with as_owner() as connection, connection.transaction():
        # In one transaction the order does not matter, since foreign keys are looked at when it ends;
        # and it takes 2 ms, where TRUNCATE with all it drags along takes 200.
        filled = _filled(connection) - _reference
        names = [sql.Identifier(name) for name in filled]
        kept = {name for (name,) in connection.execute(_GUARDED).fetchall()}
        guarded = [sql.Identifier(name) for name in filled & kept]
        for table in guarded:
            connection.execute(sql.SQL("ALTER TABLE {} DISABLE TRIGGER USER").format(table))
        for table in names:
            connection.execute(sql.SQL("DELETE FROM {}").format(table))
        connection.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for table in guarded:
            connection.execute(sql.SQL("ALTER TABLE {} ENABLE TRIGGER USER").format(table))
