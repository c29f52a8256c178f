"""Broker and cache away, PostgreSQL restarted, the disk full: buyers hear a sentence, and nothing is lost or halved."""

import os
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
import requests

from core.models import Delivery
from local import postgres, valkey
from orders.models import Order
from tests.figures import FULL, figure, progress
from tests.full.buyer import Patient
from tests.full.house import Stubborn, wait_until
from tests.shows.script import ADDRESS, Script, key
from tests.shows.world import grown

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not FULL, reason="takes a shop's servers away: make test-full"),
]

PAGES = ("/zh/", "/zh/shop/", "/en/contest/", "/en/cart/")
SMALL = ("orders_order", "orders_line", "core_outboxevent", "core_idempotencykey", "catalog_reservation")


@contextmanager
def at_its_old_port(monkeypatch: pytest.MonkeyPatch, module: object, port: int) -> Iterator[None]:
    """What starts within it listens where it did before."""
    with monkeypatch.context() as patch:
        patch.setattr(module, "free_port", lambda preferred=0: port)
        yield


def ask_all_the_time(house: Stubborn, over: threading.Event, told: list[tuple[float, int, str]]) -> None:
    """Pages and the API, one after the other: when, status, and the beginning of what came."""
    session = requests.Session()
    session.trust_env = False
    while not over.is_set():
        # The pulse asks the database each time; pages may be known already.
        for page in (*PAGES, "/healthz"):
            try:
                reply = session.get(house.url + page, timeout=20)
                told.append((time.monotonic(), reply.status_code, reply.text))
            except requests.RequestException as failure:
                told.append((time.monotonic(), 0, repr(failure)))
        try:
            reply = session.post(
                house.url + "/graphql", json={"query": '{ order(number: "NONE") { state } }'}
            )
            told.append((time.monotonic(), reply.status_code, reply.text))
        except requests.RequestException as failure:
            told.append((time.monotonic(), 0, repr(failure)))
        time.sleep(0.04)  # a visitor's rate a minute is not what is tried here


@contextmanager
def asked_all_the_time(house: Stubborn, askers: int = 4) -> Iterator[list[tuple[float, int, str]]]:
    """Within it visitors ask; what they were told."""
    over, told = threading.Event(), []
    threads = [threading.Thread(target=ask_all_the_time, args=(house, over, told)) for _ in range(askers)]
    for thread in threads:
        thread.start()
    try:
        yield told
    finally:
        over.set()
        for thread in threads:
            thread.join()


def buys(house: Stubborn) -> Callable[[], None]:
    """A patient buyer buys and pays."""
    buyer = Patient(house)
    order, page = buyer.buy(house.variant(house.world.oranges))
    house.till.pay(page, "alipay")
    buyer.until(order, "PAID")
    return lambda: house.is_charged_and_attributed_once(order["number"], given_back=False)


def test_without_broker_and_cache_buying_works_and_tasks_wait(house, monkeypatch):
    house.rest()
    servers = house.shop.valkeys.values()
    ports = {one: one.port for one in servers}
    for one in servers:
        one.stop()
    try:
        slowest = 0.0
        for page in PAGES:
            began = time.monotonic()
            assert requests.get(house.url + page, timeout=20).status_code == 200, page
            slowest = max(slowest, time.monotonic() - began)
        began = time.monotonic()
        checks = [buys(house) for _ in range(10)]
        each = (time.monotonic() - began) / len(checks)
        with house.shop.database():
            waiting = Delivery.objects.filter(done_at=None).count()
        # Each order paid has a mail to its buyer, one to its team, a fold and its other pages to close.
        assert waiting >= 3 * len(checks)
    finally:
        for one, port in ports.items():
            with at_its_old_port(monkeypatch, valkey, port):
                one.start()
    began = time.monotonic()
    house.rest()
    back = time.monotonic() - began
    for check in checks:
        check()
    house.verify()
    figure(
        "outages/redis",
        f"broker and cache stopped: {len(PAGES)} pages answered (slowest {slowest:.1f} s), {len(checks)} orders bought and "
        f"paid ({each:.1f} s each), {waiting} deliveries waited and were done {back:.0f} s after both were back",
    )


def test_a_restart_of_postgresql_is_a_sentence_and_ten_seconds(house, monkeypatch):
    house.rest()
    server = house.shop.on.postgres
    rounds, told, away = 5, [], 0.0
    checks: list[Callable[[], None]] = []
    for number in range(rounds):
        progress(f"{number} of {rounds} restarts")
        house.another_minute()
        with ThreadPoolExecutor(4) as pool, asked_all_the_time(house) as heard:
            orders = [pool.submit(buys, house) for _ in range(8)]
            time.sleep(0.3)
            port = server.port
            server._ctl("-m", ("fast", "immediate")[number % 2], "-t", "30", "stop")
            # The longer one is more than a request waits for a connection.
            time.sleep((6, 1)[number % 2])
            with at_its_old_port(monkeypatch, postgres, port):
                server._start_server()
            up = time.monotonic()
            time.sleep(12)
            # What a dead request held under its key is kept for a minute: that time is moved on.
            house.leases_end("web")
            house.leases_end("worker")
            checks += [order.result() for order in orders]
        bad = [(at, status) for at, status, _ in heard if status != 200]
        # One that is soon over may only make people wait.
        away = max([away, *(at - up for at, _ in bad)])
        told += [(status, text) for _, status, text in heard]
    wait_until(lambda: not _late(house), 60, "all that was handed over is done")
    for check in checks:
        check()
    house.verify()
    statuses = Counter(status for status, _ in told)
    assert set(statuses) == {200, 503}, statuses
    for text in {text[:4000] for status, text in told if status == 503}:
        assert "Traceback" not in text and "psycopg" not in text and ("UNAVAILABLE" in text or "<h1>" in text)
    assert away < 10
    figure(
        "outages/postgres",
        f"{rounds} restarts under load: {statuses[503]} of {len(told)} answers were 503 with a sentence, none other than "
        f"200; the last of them {max(away, 0):.1f} s after it was up; {len(checks)} orders paid, none lost",
    )


def _late(house: Stubborn) -> bool:
    house.leases_end("worker")
    time.sleep(2)
    return not house.is_at_rest()


@pytest.fixture
def small_disk(tmp_path_factory) -> Iterator[Path]:
    """A disk of a few MB."""
    place = tmp_path_factory.mktemp("small")
    if os.geteuid() != 0:
        pytest.skip("a small disk can be mounted by root alone")
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m,mode=0777", "tmpfs", str(place)], check=False
    )
    if mounted.returncode:
        pytest.skip("no small disk can be mounted here")
    for parent in [place, *place.parents][:4]:
        # One of them may be /tmp, where all must go on writing: nothing is taken from anybody.
        parent.chmod(0o777 if parent == place else parent.stat().st_mode & 0o7777 | 0o055)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True)


def test_when_the_disk_is_full_checkout_refuses_and_nothing_is_half_written(house, small_disk):
    house.rest()
    home = small_disk / "space"
    home.mkdir()
    if ids := house.shop.on.postgres.as_user:
        os.chown(home, ids["user"], ids["group"])
    database = house.shop.on.postgres.url("postgres", house.shop.name)
    with psycopg.connect(database, autocommit=True) as superuser:
        superuser.execute(f"CREATE TABLESPACE small LOCATION '{home}'")
        for table in SMALL:
            superuser.execute(f"ALTER TABLE {table} SET TABLESPACE small")
    try:
        refused, placed = _buy_until_refused(house, small_disk)
        (small_disk / "filler").unlink()
        checks = [buys(house)]
        with house.shop.database():
            written = set(Order.objects.filter(email="disk@full.example").values_list("number", flat=True))
        assert written == placed, "what was refused was written, or what was promised was not"
    finally:
        (small_disk / "filler").unlink(missing_ok=True)
        with psycopg.connect(database, autocommit=True) as superuser:
            for table in SMALL:
                superuser.execute(f"ALTER TABLE {table} SET TABLESPACE pg_default")
            superuser.execute("DROP TABLESPACE small")
    house.rest()
    for check in checks:
        check()
    house.verify()
    figure(
        "outages/disk",
        f"on a full disk {len(placed)} orders still fitted, {len(refused)} were refused by 503 with a sentence; of the "
        "refused nothing is written; with room again the next is bought and paid; verify clean",
    )


def _buy_until_refused(house: Stubborn, disk: Path) -> tuple[list[str], set[str]]:
    """Fill the disk, then buy until the shop refuses some; (what it said, the numbers it gave)."""
    told = {"email": "disk@full.example", **ADDRESS}
    with house.shop.database():
        # Whatever others have bought here before.
        grown(house.world.tea, house.world.tea.variant, 400)
    lines = [{"variantId": house.variant(house.world.tea), "quantity": 1}]
    told["expectedTotal"] = Script(house).total_of({"lines": lines, **told})
    with open(disk / "filler", "wb", buffering=0) as filler, pytest.raises(OSError):
        while True:
            filler.write(b"\0" * 4096)
    refused: list[str] = []
    placed: set[str] = set()
    document = """mutation($input: BuyNowInput!) {
      buyNow(input: $input) { order { number } errors { code message } } }"""
    for _ in range(300):
        house.another_minute()
        reply = Script(house).send(document, input={"lines": lines, "idempotencyKey": key(), **told})
        answer = reply.json()
        if reply.status_code == 200:
            payload = answer["data"]["buyNow"]
            assert payload["errors"] == [], payload
            placed.add(payload["order"]["number"])
        else:
            assert reply.status_code == 503 and answer["errors"][0]["extensions"]["code"] == "UNAVAILABLE", (
                answer
            )
            refused.append(answer["errors"][0]["message"])
        if len(refused) >= 5:
            return refused, placed
    raise AssertionError("the disk never became full")
