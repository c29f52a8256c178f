"""A migration that finds a long reader in its way gives up and comes again; the shop reads and writes meanwhile."""

import threading
import time

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, connection
from psycopg.errors import LockNotAvailable

from local.postgres import OWNER
from shop import migrating
from shop.management.commands.migrate import Command
from tests import servers

pytestmark = pytest.mark.django_db(transaction=True)
LOCK, REST = 0.1, 0.3


def url() -> str:
    return servers.servers().servers.postgres.url(OWNER, settings.DATABASES["default"]["NAME"])


@pytest.fixture
def reader():
    """Somebody who reads a table in a transaction that she leaves open."""
    with psycopg.connect(url()) as connected:
        connected.execute("SELECT count(*) FROM accounts_region")
        yield connected


@pytest.fixture
def as_owner(monkeypatch):
    """The connection of this process is the owner's, as in manage.py migrate."""
    with psycopg.connect(url(), autocommit=True) as owner:
        yield owner


def a_change(owner: psycopg.Connection, tried: list[float]) -> None:
    """What a migration does: one transaction, which asks for the strongest lock."""
    tried.append(time.monotonic())
    try:
        with owner.transaction():
            owner.execute("SELECT set_config('lock_timeout', current_setting('sheaf.told'), true)")
            owner.execute("LOCK TABLE accounts_region IN ACCESS EXCLUSIVE MODE")
    except LockNotAvailable as failure:
        raise OperationalError from failure


def test_it_gives_up_lets_the_others_go_on_and_comes_again(reader, as_owner):
    tried: list[float] = []
    waits: list[float] = []
    over = threading.Event()

    def change() -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('lock_timeout')")
            as_owner.execute("SELECT set_config('sheaf.told', %s, false)", cursor.fetchone())
        if len(tried) == 2:
            reader.rollback()  # whoever read so long has done
        a_change(as_owner, tried)

    def read() -> None:
        with psycopg.connect(url(), autocommit=True) as another:
            while not over.is_set():
                began = time.monotonic()
                another.execute("SELECT count(*) FROM accounts_region")
                waits.append(time.monotonic() - began)

    shop = threading.Thread(target=read)
    shop.start()
    migrating.patiently(change, lock_seconds=LOCK, rest_seconds=REST)
    over.set()
    shop.join()

    assert len(tried) == 3
    assert all(later - earlier >= LOCK + REST for earlier, later in zip(tried, tried[1:], strict=False))
    # Without the bound whoever reads would have waited until the long reader had done.
    assert len(waits) > 20 and max(waits) < LOCK + 1.0
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        assert cursor.fetchone() == ("0",), "what comes after it waits as before"


def test_after_its_last_try_it_says_so(reader, as_owner):
    tried: list[float] = []
    as_owner.execute("SELECT set_config('sheaf.told', '50ms', false)")
    with pytest.raises(OperationalError):
        migrating.patiently(lambda: a_change(as_owner, tried), lock_seconds=0.05, rest_seconds=0, tries=2)
    assert len(tried) == 2


def test_another_failure_is_not_tried_again():
    tried: list[int] = []

    def broken() -> None:
        tried.append(1)
        raise OperationalError("disk full")

    with pytest.raises(OperationalError):
        migrating.patiently(broken, rest_seconds=0)
    assert tried == [1]


def test_manage_py_migrate_is_made_so(monkeypatch):
    made = []
    monkeypatch.setattr("shop.management.commands.migrate.patiently", lambda change: made.append(change))
    Command().handle()
    assert len(made) == 1
