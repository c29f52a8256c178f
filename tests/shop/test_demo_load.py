"""A demo is there or goes on to be: a load that is killed leaves nothing half done, and the next one ends it."""

import os
import random
import signal
import subprocess
import sys
import time

import psycopg
import pytest

from core.models import Delivery
from local import house, machine
from local.postgres import APP
from local.stripe.server import Stand
from orders.models import Order
from shop.demo import load, sales, second_edition, shelves, together
from tests import servers
from tests.figures import FULL
from tests.shop.conftest import connected_to

ORDERS = 1_000


class Load:
    """`manage.py demo` in a process group of its own, as `make run` starts it."""

    def __init__(self, env: dict[str, str]):
        command = [sys.executable, "manage.py", "demo", "--orders", str(ORDERS)]
        self.process = subprocess.Popen(
            command, cwd=machine.ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip

    def kill_when(self, is_due) -> None:
        deadline = time.monotonic() + 120
        while not is_due():
            assert self.process.poll() is None and time.monotonic() < deadline
            time.sleep(0.02)
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def shelf():
    """An empty database, an empty provider, and the environment of a shop on both."""
    name = servers.servers().new_database(f"test_load_{os.getpid()}")
    with Stand() as stand:
        yield name, servers.servers().environment(name) | {"STRIPE_API_BASE": stand.url, "DEMO": "small"}


def count(database: str, what: str) -> int:
    with psycopg.connect(servers.servers().servers.postgres.url(APP, database)) as connection:
        return connection.execute(f"SELECT count(*) FROM {what}").fetchone()[0]


@pytest.mark.proof
@pytest.mark.skipif(not FULL, reason="loads a demo twice: make test-full")
def test_a_load_that_was_killed_goes_on_and_ends_as_if_it_had_not_been(shelf, django_db_blocker):
    name, env = shelf
    Load(env).kill_when(lambda: count(name, "orders_order") >= together.BATCH)
    before = count(name, "orders_order")
    assert 0 < before < ORDERS and count(name, "core_outboxevent WHERE name = 'DemoLoaded'") == 0
    # What is there is whole: each order paid, attributed and told to nobody.
    assert count(name, "orders_order WHERE state = 'placed'") == 0
    assert count(name, "core_delivery WHERE done_at IS NULL") == 0

    house.manage(env, "demo", "--orders", str(ORDERS))

    with django_db_blocker.unblock(), connected_to(name):
        plan = load.begun()
        assert load.is_loaded() and plan and plan.orders == ORDERS
        stalls, rng = shelves.stalls(), random.Random(plan.seed + 1)
        lanes = together.deal(sales.slots(stalls, ORDERS, plan.at, rng), plan.seed)
        due = {uid for lane in lanes for batch in lane for uid in sales.uids(len(batch.slots), batch.rng())}
        assert len(due) == ORDERS
        # Beside them stands what the contest's scenes have planted.
        assert due <= set(Order.objects.filter(holder=None).values_list("uid", flat=True))
        assert not Delivery.objects.filter(done_at=None).exists()
    house.manage(env, "verify")
    assert count(name, "orders_payment WHERE state = 'succeeded'") == count(name, "orders_order")


def test_no_team_is_in_two_lanes_and_the_lanes_are_of_a_length():
    class Team:
        def __init__(self, pk: int):
            self.pk = pk

    stalls = [shelves.Stall({"team_no": str(n)}, Team(n), []) for n in range(72)]
    rng = random.Random(1)
    slots = sorted(
        (
            sales.Slot(load.timezone.now() + rng.random() * second_edition.ROUND, rng.choice(stalls))
            for _ in range(4_000)
        ),
        key=lambda slot: slot.at,
    )
    lanes = together.deal(slots, 7)
    teams = [{slot.stall.team.pk for batch in lane for slot in batch.slots} for lane in lanes]
    assert sum(len(one) for one in teams) == 72 and len(set.union(*teams)) == 72
    lengths = [sum(len(batch.slots) for batch in lane) for lane in lanes]
    assert sum(lengths) == 4_000 and max(lengths) - min(lengths) < 60
    for lane in lanes:
        times = [slot.at for batch in lane for slot in batch.slots]
        assert times == sorted(times)
