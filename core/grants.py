"""What the app's database role may do: renewed by the owner after each migration.

Tables of models with `append_only = True` can be read and added to, and nothing else: neither a bug nor an
intruder in the web or a worker can change what they hold. From those with `kept = True` nothing is taken away.
"""

import logging
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connections, transaction
from django.db.migrations.recorder import MigrationRecorder

log = logging.getLogger("sheaf.grants")

ALL = "SELECT, INSERT, UPDATE, DELETE"
APPEND = "SELECT, INSERT"
KEPT = "SELECT, INSERT, UPDATE"
READ = "SELECT"

_OURS = """
    SELECT c.relname, c.relkind = 'S' FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = current_schema() AND c.relowner = current_user::regrole AND c.relkind IN ('r', 'p', 'v', 'S')
"""


def append_only_tables() -> set[str]:
    """The tables that nothing is ever changed in or taken from."""
    return _tables("append_only")


def lasting_tables() -> set[str]:
    """The tables that nothing is ever taken from."""
    return _tables("kept")


def _tables(mark: str) -> set[str]:
    return {model._meta.db_table for model in apps.get_models() if getattr(model, mark, False)}


def renew(using: str = "default", **_: Any) -> None:
    """Grant the app's role exactly its rights on each table and sequence of the owner."""
    connection = connections[using]
    if connection.settings_dict["USER"] == settings.DATABASE_APP_ROLE:
        log.warning("One role both migrates and serves: append-only tables are not protected.")
        return
    role = connection.ops.quote_name(settings.DATABASE_APP_ROLE)
    special = dict.fromkeys(append_only_tables(), APPEND) | dict.fromkeys(lasting_tables(), KEPT)
    special[MigrationRecorder.Migration._meta.db_table] = READ
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute(_OURS)
        for name, is_sequence in cursor.fetchall():
            kind = "SEQUENCE" if is_sequence else "TABLE"
            rights = "USAGE, SELECT" if is_sequence else special.get(name, ALL)
            what = f"{kind} {connection.ops.quote_name(name)}"
            cursor.execute(f"REVOKE ALL ON {what} FROM {role}; GRANT {rights} ON {what} TO {role}")
