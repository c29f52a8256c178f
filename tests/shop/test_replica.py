"""Two PostgreSQL servers really run: public answers are made on the one that follows, and never older for it."""

import json
import os
import tempfile
import time
import urllib.request
from contextlib import ExitStack
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from catalog.models import Team
from local.postgres import APP, Postgres
from tests import live
from tests.catalog import world as shelves
from tests.full.house import OwnServers

TEAM = "query T($slug: String!) { team(slug: $slug) { name } }"


class Pair:
    """A shop on a primary and its replica."""

    def __init__(self, shop: live.LiveShop, replica: Postgres, slug: str):
        self.shop, self.replica, self.slug = shop, replica, slug

    def name(self) -> str:
        """What a stranger is told, made anew: of a document that nobody has asked before nothing is kept."""
        body = json.dumps({"query": f"{TEAM} # {uuid4()}", "variables": {"slug": self.slug}}).encode()
        request = urllib.request.Request(
            self.shop.url + "/graphql", body, {"Content-Type": "application/json", "Accept-Language": "en"}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            told = json.loads(answer.read())
        assert answer.status == 200 and "errors" not in told, told
        return told["data"]["team"]["name"]

    def rename(self, name: str) -> None:
        with self.shop.database():
            Team.objects.filter(slug=self.slug).update(name_en=name)

    def on_replica(self, statement: str, *values: object) -> list[tuple]:
        with psycopg.connect(self.replica.url("postgres", self.shop.name), autocommit=True) as connection:
            cursor = connection.execute(statement, values)
            return cursor.fetchall() if cursor.description else []

    def reads(self) -> int:
        """How many statements about teams the replica has answered the shop."""
        ((count,),) = self.on_replica(
            "SELECT coalesce(sum(calls), 0)::int FROM pg_stat_statements"
            " WHERE userid = %s::regrole AND query LIKE '%%FROM %%catalog_team%%'",
            APP,
        )
        return count


@pytest.fixture(scope="module")
def pair(django_db_blocker):
    with tempfile.TemporaryDirectory(prefix="sheaf-pair-") as folder, ExitStack() as stack:
        os.chmod(folder, 0o755)  # PostgreSQL's own user passes through
        # A primary of its own, durable as a shop's is: behind the one that all tests write to, and which puts off
        # what it writes, a replica is always a moment late, and hardly asked.
        own = OwnServers(Path(folder))
        stack.callback(own.servers.stop)
        replica = Postgres(Path(folder) / "replica", "tests")
        replica.follow(own.postgres)
        stack.callback(replica.stop)
        name = f"live_pair_{os.getpid()}"
        shop = live.LiveShop(
            Path(folder), name, on=own, DATABASE_REPLICA_URL=replica.url(APP, name), LOG_LEVEL="INFO"
        )
        shop.open(stack)
        with django_db_blocker.unblock():
            with shop.database():
                slug = shelves.published(shelves.a_team()).product.team.slug
            yield Pair(shop, replica, slug)


def until_it_is_asked(pair, name, before):
    """A replica that is a moment behind is passed by, so the first answers may be the primary's; all are right."""
    deadline = time.monotonic() + 20
    while pair.reads() == before and time.monotonic() < deadline:
        assert pair.name() == name
    assert pair.reads() > before


def test_a_strangers_answer_is_made_on_the_replica(pair):
    pair.rename("Before")
    before = pair.reads()
    until_it_is_asked(pair, "Before", before)
    assert pair.reads() == before + 1
    assert pair.on_replica("SELECT pg_is_in_recovery()") == [(True,)]


def test_what_was_just_written_is_in_it(pair):
    for n in range(5):
        pair.rename(f"Renamed {n}")
        assert pair.name() == f"Renamed {n}"


def test_what_is_a_guests_own_is_not_asked_of_it(pair):
    before = pair.reads()
    with urllib.request.urlopen(pair.shop.url + "/en/cart/", timeout=10) as answer:
        assert answer.status == 200
    with urllib.request.urlopen(pair.shop.url + "/healthz", timeout=10) as answer:
        assert answer.status == 200
    assert pair.reads() == before


def test_a_replica_that_lags_is_not_asked(pair):
    pair.on_replica("SELECT pg_wal_replay_pause()")
    try:
        pair.rename("While it lags")
        before = pair.reads()
        assert pair.name() == "While it lags"
        assert pair.reads() == before
    finally:
        pair.on_replica("SELECT pg_wal_replay_resume()")
    until_it_is_asked(pair, "While it lags", before)


def test_a_replica_that_dies_is_not_missed(pair):
    """The last of these: it does not come back."""
    pair.replica.stop()
    pair.rename("Without it")
    for _ in range(4):
        assert pair.name() == "Without it"
