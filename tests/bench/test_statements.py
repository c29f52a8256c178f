"""Statements are counted by who asked them, and the clockwork's own are taken off."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import sql

from bench.house import WORKER
from bench.statements import Counter
from local.postgres import APP
from tests import servers

pytestmark = pytest.mark.django_db


class House:
    """The test's own database, as the bench's house opens its."""

    def __init__(self) -> None:
        postgres = servers.servers().servers.postgres
        assert postgres
        self.postgres = postgres

    def connect(self, database: str, role: str = "postgres") -> psycopg.Connection:
        return psycopg.connect(self.postgres.url(role, database), autocommit=True)


@pytest.fixture
def house() -> Iterator[House]:
    house = House()
    with house.connect("postgres") as everybody:
        if not everybody.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [WORKER]).fetchone():
            words = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {} IN ROLE {}")
            password = sql.Literal(house.postgres.password_of(WORKER))
            everybody.execute(words.format(sql.Identifier(WORKER), password, sql.Identifier(APP)))
    yield house


def test_what_a_deed_asks_is_counted_for_web_and_worker_with_its_frame(house: House) -> None:
    database = servers.own_database()
    counter = Counter(house, database)  # type: ignore[arg-type]
    with house.connect(database, APP) as web, house.connect(database, WORKER) as worker:

        def deed() -> None:
            with web.transaction():
                web.execute("SELECT count(*) FROM core_outboxevent")
            worker.execute("SELECT count(*) FROM core_delivery WHERE id > 0")

        counter.idle, counter.idle_seconds = {}, 1.0
        asked = counter.count(4, lambda: [deed() for _ in range(4)])
        assert asked.each() == 4  # BEGIN, SELECT, COMMIT and the worker's one
        assert asked.each(framed=False) == 2
        told = {who: calls for (who, words), (calls, _) in asked.by.items() if "SELECT count" in words}
        assert told == {"web": 4, "worker": 4}
        assert "core_delivery" in asked.table()
    counter.connection.close()


def test_foreign_keys_that_are_checked_at_the_commit_are_counted(house: House) -> None:
    database = servers.own_database()
    counter = Counter(house, database)  # type: ignore[arg-type]
    with house.connect(database, APP) as web:
        counter.reset()
        try:
            with web.transaction():
                made = "INSERT INTO core_outboxevent (name, payload, recorded_at) VALUES ('Counted', '{}', now()) RETURNING id"
                ((event,),) = web.execute(made).fetchall()
                due = "INSERT INTO core_delivery (event_id, reaction, due_at, tries, error, done_at) VALUES (%s, %s, now(), 0, '', now())"
                for reaction in "abc":
                    web.execute(due, [event, reaction])
            assert counter.since_reset(1, seconds=0.0).checks() == 3
        finally:
            counter.connection.execute("DELETE FROM core_delivery; DELETE FROM core_outboxevent")
    counter.connection.close()


def test_what_is_asked_while_nobody_is_there_is_taken_off(house: House) -> None:
    database = servers.own_database()
    counter = Counter(house, database)  # type: ignore[arg-type]
    with house.connect(database, WORKER) as worker:
        counter.reset()
        for _ in range(10):
            worker.execute("SELECT count(*) FROM core_clock")
        counter.idle, counter.idle_seconds = counter.read(), 5.0
        counter.reset()
        for _ in range(6):
            worker.execute("SELECT count(*) FROM core_clock")
        # Two a second while idle: in two seconds four of the six were the clockwork's.
        assert counter.since_reset(2, seconds=2.0).each() == 1
    counter.connection.close()
