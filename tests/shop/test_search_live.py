"""A whole shop beside a real Elasticsearch: fed within seconds, rebuilt without a gap, and not missed when it dies."""

import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from catalog import search
from tests.catalog.world import a_lot, a_product, a_variant
from tests.elastic import Node
from tests.figures import FULL, figure
from tests.live import LiveShop
from tests.shows.script import Script

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.proof,
    pytest.mark.skipif(not FULL, reason="starts a search node beside a shop: make test-full"),
]
PRODUCTS, PATIENCE = 30, 30.0
PEOPLE, PAUSE, REBUILDS = 4, 0.02, 3
SEARCH = """query($words: String, $first: Int!, $stock: Boolean) {
    search(query: $words, first: $first, where: {inStock: $stock}) { engine totalCount nodes { slug } facets { name } } }"""


@pytest.fixture(scope="module")
def shop(search_node: Node, django_db_setup: None, django_db_blocker: Any) -> Iterator[LiveShop]:
    """A shop that searches there, with thirty kinds of oranges; its limits of rate are a bench's."""
    with tempfile.TemporaryDirectory(prefix="sheaf-live-") as folder, ExitStack() as stack:
        name = f"live_{os.getpid()}_search"
        env = {"ELASTICSEARCH_URL": search_node.url, "DJANGO_SETTINGS_MODULE": "bench.settings"}
        opened = LiveShop(Path(folder), name, **env)
        opened.open(stack)
        with django_db_blocker.unblock(), opened.database():
            for n in range(PRODUCTS):
                product = a_product(slug=f"orange-{n}", name_zh=f"夏橙{n}号", name_en=f"Orange number {n}")
                a_lot(a_variant(product), units=1)
                search.index([product.id])
        assert f"elasticsearch: {PRODUCTS} products" in opened.manage("rebuild_search")
        yield opened


@dataclass
class Seen:
    """An answer to one search under way."""

    at: float
    seconds: float
    status: int
    engine: str
    says_so: bool
    total: int
    nodes: int


class Traffic:
    """People who search again and again, each time for something else."""

    def __init__(self, shop: LiveShop):
        self.shop, self.over = shop, Event()
        self.seen: list[Seen] = []

    def __enter__(self) -> "Traffic":
        self.pool = ThreadPoolExecutor(PEOPLE)
        self.walks = [self.pool.submit(self._walk, n) for n in range(PEOPLE)]
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        self.pool.shutdown()
        for walk in self.walks:
            walk.result()

    def _walk(self, n: int) -> None:
        asker, turn = Script(self.shop), n
        while not self.over.is_set():
            turn += 1
            began = time.monotonic()
            variables = {"words": ["夏橙", "orange", "xiacheng", "chengzi"][turn % 4], "first": turn % 24 + 1}
            reply = asker.send(SEARCH, **variables)
            body = reply.json()
            said = body["data"]["search"]
            facts = {"engine": "postgresql", "fallback": True}
            self.seen.append(
                Seen(
                    began,
                    time.monotonic() - began,
                    reply.status_code,
                    said["engine"],
                    body.get("extensions") == {"search": facts},
                    said["totalCount"],
                    len(said["nodes"]) - variables["first"],
                )
            )
            time.sleep(PAUSE)

    def until(self, engine: str, streak: int = 20) -> None:
        """Wait for so many answers of an engine in a row."""
        ends = time.monotonic() + PATIENCE
        while [one.engine for one in self.seen[-streak:]] != [engine] * streak:
            assert time.monotonic() < ends, [one.engine for one in self.seen[-streak:]]
            assert not any(walk.done() for walk in self.walks), [
                walk.exception() for walk in self.walks if walk.done()
            ]
            time.sleep(0.05)


def whole(seen: list[Seen]) -> bool:
    """Every answer was one, and told all there is."""
    return all((one.status, one.total, one.nodes) == (200, PRODUCTS, 0) for one in seen)


def test_the_last_unit_is_out_of_stock_in_search_within_three_seconds(shop: LiveShop) -> None:
    buyer = Script(shop)
    asked = {"words": "夏橙7号", "first": 1, "stock": True}
    assert buyer.ask(SEARCH, **asked)["search"]["nodes"] == [{"slug": "orange-7"}]
    variant = buyer.ask('{ product(slug: "orange-7") { variants { id } } }')["product"]["variants"][0]["id"]
    buyer.place((variant, 1))
    placed = time.monotonic()
    while (said := buyer.ask(SEARCH, **asked)["search"])["nodes"] == [{"slug": "orange-7"}]:
        assert time.monotonic() - placed < 3.0
    print(f"out of stock in search after {time.monotonic() - placed:.2f} s")
    assert said["engine"] == "elasticsearch"


def test_an_index_made_anew_under_load_leaves_no_gap(shop: LiveShop) -> None:
    with Traffic(shop) as traffic:
        traffic.until("elasticsearch")
        for _ in range(REBUILDS):
            assert f"elasticsearch: {PRODUCTS} products" in shop.manage("rebuild_search")
        traffic.until("elasticsearch")
    assert whole(traffic.seen) and {one.engine for one in traffic.seen} == {"elasticsearch"}
    print(f"{len(traffic.seen)} searches during {REBUILDS} rebuilds, each whole")


def test_an_engine_killed_under_load_is_missed_by_nobody_and_used_again(
    shop: LiveShop, search_node: Node
) -> None:
    with Traffic(shop) as traffic:
        traffic.until("elasticsearch")
        search_node.kill()
        traffic.until("postgresql", 100)
        search_node.start()
        traffic.until("elasticsearch")
    assert whole(traffic.seen)
    assert all(one.says_so == (one.engine == "postgresql") for one in traffic.seen)
    waits = sorted(one.seconds for one in traffic.seen)
    most = waits[len(waits) * 99 // 100]
    ours = sum(one.engine == "postgresql" for one in traffic.seen)
    figure(
        "outages/elasticsearch",
        f"a node killed and started again under {len(traffic.seen)} searches: {ours} answered by PostgreSQL, each saying "
        f"so, 0 of 5xx, none without its hits; 99 in 100 within "
        f"{most:.2f} s, all within {waits[-1]:.2f} s",
    )
    # A node that starts takes both cores of a small machine for seconds: one search may be caught in that.
    assert most < 2.0 and waits[-1] < 10.0
