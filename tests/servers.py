"""Private servers for tests, shared by all test processes that run from this folder at the same time.

The first process starts PostgreSQL (fast: nothing is synced to disk) and Valkey under .run/test and builds a
migrated template database; each process then copies the template in a blink. The last one to leave stops
them. The template is named after a hash of all migrations, so a changed migration means a new one.
"""

import atexit
import fcntl
import hashlib
import json
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psycopg
from psycopg import sql

from local import house, machine
from local.postgres import OWNER

SECRETS = {
    "SECRET_KEY": "for-tests-only-" + "0" * 40,
    "HOUSEHOLD_KEYS": "dGVzdHMtb25seS10ZXN0cy1vbmx5LXRlc3RzLW9ubHk=",
    "FACTOR_KEYS": "c2Vjb25kLWZhY3RvcnMtb2YtdGVzdHMtb25seS0wMDA=",
    "STRIPE_API_KEY": "sk_test_sheaf",
    "STRIPE_WEBHOOK_SECRET": "whsec_tests",
    "postgres": "tests",
    "valkey": "tests",
}
# Tests find a shop that is open; those of its opening close it.
OPENED = """
    UPDATE accounts_shop
    SET name_zh = '禾束', name_en = 'Sheaf', set_up_closed_at = now(), opened_at = now() WHERE opened_at IS NULL
"""
MIGRATIONS = "*/migrations/[0-9]*.py"
SHAPES_THE_TEMPLATE = ("tests/servers.py", "core/grants.py", "local/postgres.py", "requirements-dev.lock")


def _digests(*patterns: str) -> dict[str, str]:
    """What each file of these patterns holds, by its path."""
    paths = sorted(path for pattern in patterns for path in machine.ROOT.glob(pattern))
    return {
        str(path.relative_to(machine.ROOT)): hashlib.sha256(path.read_bytes()).hexdigest()[:12]
        for path in paths
    }


def _only_later(new: set[str], old: set[str]) -> bool:
    """Whether each of these migrations follows all of its floor's that were there."""
    last = {path.split("/")[0]: path for path in sorted(old)}
    return all(path > last.get(path.split("/")[0], "") for path in new)


def fingerprint() -> str:
    """Changes whenever a template built earlier would be wrong."""
    shaped = json.dumps(_digests(*SHAPES_THE_TEMPLATE, MIGRATIONS))
    return hashlib.sha256(shaped.encode()).hexdigest()[:12]


def told(folder: Path, addresses: dict[str, str]) -> dict[str, str]:
    """What a process of the shop is told, to run on servers at these addresses."""
    own = {name: value for name, value in SECRETS.items() if name.isupper()}
    fixed = {"DATA_DIR": str(folder), "DEMO": "none", "DJANGO_SETTINGS_MODULE": "shop.settings"}
    # Most tests buy as one guest, again and again; those of the bounds set them.
    fixed |= {"UNPAID_ORDERS": "1000", "UNPAID_UNITS": "1000000", "UNPAID_YUAN": "1000000"}
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
    return inherited | own | fixed | addresses


class TestServers:
    """Our share in the running servers, and the databases we made there."""

    __test__ = False

    def __init__(self) -> None:
        self.folder = machine.ROOT / ".run" / "test"
        self.folder.mkdir(mode=0o755, parents=True, exist_ok=True)
        self.servers = house.Servers(self.folder, SECRETS, {}, fast=True)
        self.template = f"template_{fingerprint()}"
        self.mine: list[str] = []
        self.share: IO[str] | None = None

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with open(self.folder / "door", "w") as door:
            fcntl.flock(door, fcntl.LOCK_EX)
            yield

    def enter(self) -> None:
        """Start what is not running, build the template if it is missing, and take a share."""
        atexit.register(self.leave)
        with self._alone():
            self.share = open(self.folder / "users", "w")
            first = self._nobody_else()
            try:
                self._start(first)
            except (SystemExit, psycopg.Error):
                if not first:
                    raise
                self._start_afresh()
            self._ensure_template()
            fcntl.flock(self.share, fcntl.LOCK_SH)

    def _nobody_else(self) -> bool:
        assert self.share
        try:
            fcntl.flock(self.share, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _start(self, first: bool) -> None:
        assert self.servers.postgres
        self.servers.postgres.start()
        for valkey in self.servers.valkeys.values():
            if first or not valkey.join():
                valkey.start()
        if first:
            for leftovers in ("test_%", "live_%", "draft_%"):
                self.drop(leftovers)

    def _start_afresh(self) -> None:
        """A cluster that was not synced may be broken after a power cut; it holds nothing of worth."""
        assert self.servers.postgres
        self.servers.postgres.stop()
        shutil.rmtree(self.servers.postgres.inner)
        self.servers = house.Servers(self.folder, SECRETS, {}, fast=True)
        self._start(first=True)

    def _owner(self, database: str = "postgres") -> psycopg.Connection:
        assert self.servers.postgres
        return psycopg.connect(self.servers.postgres.url(OWNER, database), autocommit=True)

    def _ensure_template(self) -> None:
        with self._owner() as owner:
            if owner.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.template]).fetchone():
                return
            draft = f"draft_{os.getpid()}"
            owner.execute(
                sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                    sql.Identifier(draft), sql.Identifier(self._half_way(owner))
                )
            )
            try:
                house.manage(self.environment(draft), "migrate", "--no-input", "--skip-checks", "-v", "0")
                with self._owner(draft) as of_draft:
                    of_draft.execute(OPENED)
            except BaseException:
                self.drop(draft)
                raise
            self.drop("template_%")
            holds = sql.Literal(json.dumps(_digests(*SHAPES_THE_TEMPLATE, MIGRATIONS)))
            owner.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(draft), holds))
            owner.execute(
                sql.SQL("ALTER DATABASE {} RENAME TO {}").format(
                    sql.Identifier(draft), sql.Identifier(self.template)
                )
            )

    def _half_way(self, owner: psycopg.Connection) -> str:
        """An earlier template to which only later migrations are to be added, or the empty one: to migrate from
        nothing takes half a minute."""
        now = _digests(*SHAPES_THE_TEMPLATE, MIGRATIONS)
        found = owner.execute(
            "SELECT datname, shobj_description(oid, 'pg_database') FROM pg_database WHERE datname LIKE 'template\\__%'"
        )
        for name, holds in found.fetchall():
            then = json.loads(holds or "{}")
            if then and then.items() <= now.items() and _only_later(set(now) - set(then), set(then)):
                return name
        return "template1"

    def drop(self, pattern: str) -> None:
        """Drop our databases of a name; one that is in use by others stays."""
        query = "SELECT datname FROM pg_database WHERE datname LIKE %s AND datname NOT LIKE 'template_'"
        with self._owner() as owner:
            for (name,) in owner.execute(query, [pattern]).fetchall():
                with suppress(psycopg.errors.ObjectInUse):  # by others
                    owner.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))

    def new_database(self, name: str, copied: str = "") -> str:
        """A copy of the template, or of another database that nobody is in; dropped when we leave."""
        self.mine.append(name)
        command = (
            sql.SQL("DROP DATABASE IF EXISTS {0} WITH (FORCE)"),
            sql.SQL("CREATE DATABASE {0} TEMPLATE {1}"),
        )
        with self._owner() as owner:
            for words in command:
                owner.execute(words.format(sql.Identifier(name), sql.Identifier(copied or self.template)))
        return name

    def environment(self, database: str) -> dict[str, str]:
        """What a process of the shop is told, to run on this database."""
        return told(self.folder, self.servers.addresses(database))

    def leave(self) -> None:
        """Drop what we made; the last one out stops the servers."""
        # A second Ctrl-C here would leave the servers running.
        with suppress(ValueError):
            signal.signal(signal.SIGINT, signal.SIG_IGN)
        for name in self.mine:
            with suppress(psycopg.Error), self._owner() as owner:
                owner.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
        if self.share is None:
            return
        with self._alone():
            fcntl.flock(self.share, fcntl.LOCK_UN)
            if self._nobody_else():
                self.servers.stop()
            self.share.close()


_servers: TestServers | None = None


def servers() -> TestServers:
    """This process's share in the test servers."""
    global _servers
    if _servers is None:
        _servers = TestServers()
        _servers.enter()
    return _servers


def own_database() -> str:
    """The name of this process's test database."""
    return f"test_{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def environment() -> dict[str, str]:
    """The environment of this test process, servers started."""
    return servers().environment(own_database())
