"""Keep the whole shop in one folder, and open it again elsewhere without doing anything twice.

A backup holds the database, the uploaded files and, where payments are the local stand-in's, its state. It
never holds a key: without HOUSEHOLD_KEYS and FACTOR_KEYS what lies sealed in it stays unreadable.
"""

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.management import call_command
from django.db import OperationalError, connection
from django.utils import timezone
from django.utils.module_loading import import_string

from core import sealed
from core.deliveries import RESTORED, reaction_named
from core.models import Delivery

# What a backup holds sealed, by the setting of its keys, and where their marks stand in it.
SEALS = {"HOUSEHOLD_KEYS": "household_keys", "FACTOR_KEYS": "factor_keys"}
# Made by a superuser and only for looking on; an owner could not make it again.
LEFT_OUT = "pg_stat_statements"
# A database is dropped when nobody is in it: who is asked to go may take a moment.
DROP_TRIES = 10
_OURS = """
    SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relowner = current_user::regrole
"""

_OUR_FUNCTIONS = """
    SELECT p.oid::regprocedure::text FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'public' AND p.proowner = current_user::regrole
"""


class CannotRestore(Exception):
    """Why a backup is not opened here."""


def _server() -> dict[str, str]:
    """Our database for PostgreSQL's own programs; a password among arguments could be read by all."""
    named = connection.settings_dict
    words = {
        "PGHOST": named["HOST"],
        "PGPORT": named["PORT"],
        "PGUSER": named["USER"],
        "PGPASSWORD": named["PASSWORD"],
        "PGDATABASE": named["NAME"],
    }
    return os.environ | {name: value for name, value in words.items() if value}


def _run(program: str, *args: str) -> str:
    path = str(Path(settings.POSTGRES_BIN) / program) if settings.POSTGRES_BIN else program
    done = subprocess.run(
        [path, *args], env=_server(), check=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True
    )
    return done.stdout


def key_marks(setting: str = "HOUSEHOLD_KEYS") -> list[str]:
    """Tell keys apart without telling them."""
    return [hashlib.sha256(key.encode()).hexdigest()[:16] for key in getattr(settings, setting)]


def _local_stripe() -> Path | None:
    local = settings.STRIPE_API_BASE.startswith("http://127.0.0.1:")
    return settings.DATA_DIR / "stripe.db" if local else None


def keep(folder: Path) -> dict[str, Any]:
    """Write a backup into a new folder; the shop may stay open."""
    folder.mkdir(mode=0o700, parents=True)
    # The database first: files are only ever added, so each one it names is there when they are copied.
    _run(
        *("pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--no-comments"),
        *(f"--exclude-extension={LEFT_OUT}", f"--file={folder / 'database.dump'}"),
    )
    media = Path(settings.MEDIA_ROOT)
    if not settings.AWS_STORAGE_BUCKET_NAME and media.exists():
        shutil.copytree(media, folder / "media")
    stripe = _local_stripe()
    if stripe and stripe.exists():
        _copy_sqlite(stripe, folder / "stripe.db")
    manifest = {
        "made_at": timezone.now().isoformat(),
        **{marks: key_marks(setting) for setting, marks in SEALS.items()},
        "files_in_a_bucket": bool(settings.AWS_STORAGE_BUCKET_NAME),
    }
    (folder / "backup.json").write_text(json.dumps(manifest, indent=1))
    return manifest


def read_through(folder: Path) -> int:
    """Read a backup's dump from end to end, as a restore would; how many tables it holds.

    A list of contents stands at a dump's beginning and says nothing of a torn end.
    """
    dump = str(folder / "database.dump")
    tables = _run("pg_restore", "--list", dump).count(" TABLE DATA ")
    if not tables:
        raise CannotRestore(f"{dump} holds no table")
    _run("pg_restore", "--file=/dev/null", dump)
    return tables


def _copy_sqlite(source: Path, target: Path) -> None:
    with closing(sqlite3.connect(source)) as running, closing(sqlite3.connect(target)) as copy:
        running.backup(copy)


def _go_into_a_new_database(name: str) -> None:
    """Make an empty database on the same server; this process goes on in it."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {connection.ops.quote_name(name)}")
    connection.close()
    connection.settings_dict["NAME"] = name


def open_again(folder: Path, *, into: str = "", stopped: bool = False) -> int:
    """Restore a backup into the database we are connected to, or a new one; how many deliveries were parked.

    `stopped` says that the shop was closed before the backup was made and nothing has run since.
    """
    _must_be_readable(folder)
    if into:
        _go_into_a_new_database(into)
    _clear_the_place()
    _restore_database(folder)
    if (folder / "media").exists():
        shutil.copytree(folder / "media", settings.MEDIA_ROOT, dirs_exist_ok=True)
    stripe = _local_stripe()
    # In a database beside the running shop's, the stand-in goes on with what it knows by now.
    if stripe and not into and (folder / "stripe.db").exists():
        _copy_sqlite(folder / "stripe.db", stripe)
    cache.clear()
    return 0 if stopped else park_what_may_have_happened()


def _must_be_readable(folder: Path) -> None:
    manifest = json.loads((folder / "backup.json").read_text())
    for setting, marks in SEALS.items():
        if unknown := set(manifest.get(marks, ())) - set(key_marks(setting)):
            raise CannotRestore(f"{setting} lacks the key marked {', '.join(sorted(unknown))}")


def _restore_database(folder: Path) -> None:
    _run(
        *("pg_restore", "--no-owner", "--no-privileges", "--exit-on-error", "--single-transaction"),
        *(f"--dbname={connection.settings_dict['NAME']}", str(folder / "database.dump")),
    )
    # Brings an older backup up to this code, and grants the app's role its rights.
    call_command("migrate", interactive=False, verbosity=0, skip_checks=True)


def try_out(folder: Path) -> list[str]:
    """Restore a backup into a database of its own, which is dropped again; what does not hold there, in words.

    Neither files, cache nor provider are touched. What waited for the worker when the backup was made waits there
    for good, and is no fault of the backup.
    """
    _must_be_readable(folder)
    real = connection.settings_dict["NAME"]
    name = f"{real}_drill"
    _drop(name)
    try:
        _go_into_a_new_database(name)
        _restore_database(folder)
        found = [
            f"{offence.rule} {offence.noun} {offence.id}: {offence.words}"
            for verifier in settings.VERIFIERS
            for offence in import_string(verifier)()
            if not offence.waits
        ]
        for column in sealed.columns():
            if lost := sealed.count(column)[sealed.UNREADABLE]:
                found.append(f"{lost} words of {column} cannot be read with our keys")
        return found
    finally:
        connection.close()
        connection.settings_dict["NAME"] = real
        _drop(name)


def _drop(name: str) -> None:
    """Drop a database of ours, with whatever connections of our own role a drill that was killed has left in it.

    WITH (FORCE) would want to end a vacuum in it too, which is no role's of ours; without it the server does that.
    """
    ours = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND usename = current_user"
    )
    for left in reversed(range(DROP_TRIES)):
        with connection.cursor() as cursor:
            cursor.execute(ours, [name])
            try:
                cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(name)}")
                return
            except OperationalError:
                if not left:
                    raise
        time.sleep(1)


def _clear_the_place() -> None:
    """Only an empty database, or a shop that nobody has used, makes room."""
    with connection.cursor() as cursor:
        cursor.execute(_OURS)
        tables = [name for (name,) in cursor.fetchall()]
        for table in ("accounts_person", "orders_order"):
            if table in tables:
                cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {table})")
                if cursor.fetchone()[0]:
                    raise CannotRestore("This database is in use; restore into another one with --into NAME")
        if tables:
            names = ", ".join(connection.ops.quote_name(name) for name in tables)
            cursor.execute(f"DROP TABLE {names} CASCADE")
        cursor.execute(_OUR_FUNCTIONS)
        if functions := [name for (name,) in cursor.fetchall()]:
            cursor.execute(f"DROP FUNCTION {', '.join(functions)}")


def park_what_may_have_happened() -> int:
    """Set aside the deliveries that reach outside and were not done when the backup was made.

    The shop may have gone on after that moment and sent or paid them; to do so again is worse than to wait.
    What works inside the database alone was undone with it, and is simply done.
    """
    waiting = Delivery.objects.filter(done_at=None, parked_at=None)
    names = waiting.values_list("reaction", flat=True).distinct()
    outside = [name for name in names if not _works_inside(name)]
    return waiting.filter(reaction__in=outside).update(parked_at=timezone.now(), error=RESTORED)


def _works_inside(name: str) -> bool:
    try:
        return reaction_named(name).inside
    except (ImportError, KeyError):  # gone since; nobody knows what it did
        return False
