"""What is measured, by name: each figure beside the bare view at the same number of clients."""

import base64
import json
import time
import urllib.request
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any
from uuid import UUID

import psycopg
from prometheus_client.parser import text_string_to_metric_families

from bench import processes, reads, sales, spent
from bench.buyer import Errand, send_out
from bench.client import Apart, Load, Measured, Wrong, measure, request
from bench.fold import one_more
from bench.growth import Growth
from bench.house import House, Shop
from bench.pgbench import Pgbench
from bench.statements import Counter, StatementCount

Figure = dict[str, Any]
PLENTY = 150  # units: so many are not bought in a bench
SALES = 10.0  # a second
# Of a payment's four notices the one that tells that it is done; an operator subscribes to what she needs.
DROPPED = ["payment_intent.created", "payment_intent.succeeded", "charge.succeeded"]
_VARIANTS = """
    SELECT v.uid, v.units_available, p.id IN (
        SELECT id FROM catalog_product WHERE state = 'published' ORDER BY published_at DESC, id DESC LIMIT 24)
    FROM catalog_variant v JOIN catalog_product p ON p.id = v.product_id
    WHERE v.is_offered AND p.state = 'published' AND p.kind <> 'alcohol' ORDER BY md5(v.uid::text)
"""


def variant_id(uid: UUID) -> str:
    """A variant as the API names it (core.api.ids)."""
    return base64.urlsafe_b64encode(b"Variant:" + uid.bytes).rstrip(b"=").decode()


def variants(connection: psycopg.Connection) -> tuple[dict[str, int], list[str]]:
    """The units of the variants on the list, and others of which there is plenty."""
    rows = connection.execute(_VARIANTS).fetchall()
    listed = {variant_id(uid): units for uid, units, is_listed in rows if is_listed}
    return listed, [variant_id(uid) for uid, units, is_listed in rows if units >= PLENTY and not is_listed]


class Bench:
    """One open shop, a cold one and a bare process beside it, and what is measured of them."""

    def __init__(self, house: House, seconds: float, tells: bool = False):
        self.house, self.seconds, self.tells = house, seconds, tells
        self.last_bare: dict[int, float] = {}
        self.asked: dict[str, StatementCount] = {}
        self.meter = spent.Meter(self.pids)
        self.spent: dict[str, dict[str, float]] = {}  # milliseconds of processor an action, by process
        self.left: dict[str, int] = {}

    def open(self, stack: ExitStack) -> None:
        """Open the three."""
        database = self.house.copy("bench_shop")
        with self.house.connect(database) as everybody:
            everybody.execute((reads.HERE / "pictures.sql").read_text())
            everybody.execute("ANALYZE")
            self.slugs, self.words = reads.slugs(everybody), reads.words_of(everybody)
            self.listed, self.plenty = variants(everybody)
        self.warm: Shop = stack.enter_context(self.house.shop(database))
        self.cold: Shop = stack.enter_context(self.house.shop(database, whole=False, BENCH_COLD="1"))
        self.plain, bare = stack.enter_context(self.house.plain(database))
        self.startproject, started = stack.enter_context(self.house.plain(database, BENCH_STARTPROJECT="1"))
        self.bare_processes = {"bare": bare, "startproject": started}
        self.cookies = reads.visitor(self.warm.port, self.slugs[0])
        self.counter = Counter(self.house, database)
        stack.callback(self.counter.connection.close)
        control(self.warm, "notices", {"mode": "drop", "types": DROPPED})
        self.counter.wait_until_done()
        self.meter.watch_idle(lambda: setattr(self, "idle", self.counter.watch_idle()))

    def bare(self, clients: int, seconds: float = 0, port: int = 0) -> Measured:
        """The bare view at so many clients."""
        words = request("GET", "/bare")
        return measure(
            Load(port or self.plain, [words], clients, seconds or self.seconds / 2, 0.3, ends=b"}")
        )

    def beside(self, clients: int, act: Callable[[], Measured]) -> Figure:
        """A figure, and its part of the bare view measured just before and just after: the machine drifts."""
        before = self.last_bare.pop(clients, None) or self.bare(clients).rate
        told = act()
        after = self.bare(clients).rate
        self.last_bare = {clients: after}
        return {**figure(told), "of_bare": told.rate / ((before + after) / 2)}

    def reading(self, name: str, load: Load) -> Figure:
        """A figure of those who look, and what each look asks of the database."""
        measure(replace(load, count=max(64, len(load.requests))))  # every document and plan has been seen
        self.counter.wait_until_done()

        def act() -> Measured:
            self.counter.reset()
            told = self.metered(name, lambda: measure(replace(load, seconds=self.seconds)))
            self.asked[name] = self.counter.since_reset(told.asked, told.seconds_in_all)
            return told

        return {**self.beside(load.clients, act), "statements": self.asked[name].each(), **self.spent[name]}

    def reading_while_selling(self, name: str, load: Load) -> Figure:
        """The same while ten sales a second go on; its statements are counted in the quiet before."""
        if not self.left:
            self.left = sales.buy_down(self.warm.port, self.listed)
        measure(replace(load, count=64))
        self.counter.wait_until_done()
        self.counter.reset()
        quiet = measure(replace(load, seconds=1))
        self.asked[name] = self.counter.since_reset(quiet.asked, quiet.seconds_in_all)
        done: list[sales.Sale] = []
        bodies: dict[bytes, list[float]] = {}
        ended: list[float] = []
        seconds = self.seconds + 1.5

        def act() -> Measured:
            words = (self.warm.port, self.left, self.plenty, SALES, seconds)
            selling = Apart(sales.keep_selling, *words)
            told = measure(replace(load, seconds=self.seconds, warm_up=1.0, keeps_bodies=True))
            ended.append(time.monotonic())
            done.extend(selling.result())
            bodies.update(told.bodies)
            return told

        found = self.beside(load.clients, act)
        for sale in done:
            if sale.variant in self.left:
                self.left[sale.variant] = min(self.left[sale.variant], sale.left)
        # Sales that were late come after the list was read, and do not count.
        in_time = [sale.known_at for sale in done if sale.known_at <= ended[0]]
        more = {
            "sales": len(in_time) / (ended[0] - min(in_time, default=0.0)),
            "stale": sales.stale(bodies, done),
            "statements": self.asked[name].each(),
        }
        return found | more

    def buying(self, name: str, clients: int, by_one_call: bool = False) -> Figure:
        """A figure of those who buy; the first time with the statements of a purchase, all that follows included."""
        errand = Errand(self.warm.port, self.plenty, clients, by_one_call=by_one_call)
        send_out(replace(errand, count=2 * clients))
        found = self.beside(clients, lambda: send_out(replace(errand, seconds=1.5 * self.seconds))[0])
        if name not in self.asked:
            count = max(40, 10 * clients)
            # She looks once, late enough: how often she looks is her affair.
            late = replace(errand, count=count, looks_after=0.5, seed=2)
            transfers = self.counter.transfers()
            self.asked[name] = self.counter.count(
                count, lambda: self.metered(name, lambda: self.bought(late))
            )
            found |= {
                "statements": self.asked[name].each(),
                "statements_unframed": self.asked[name].each(framed=False),
                "fk_checks": self.asked[name].checks(),
                "transfers": (self.counter.transfers() - transfers) / count,
            }
        return found | self.spent[name]

    def bought(self, errand: Errand) -> Measured:
        """So many purchases, and all that follows from them."""
        told, _ = send_out(errand)
        self.counter.wait_until_done()
        return replace(told, asked=errand.count)

    def metered(self, name: str, act: Callable[[], Measured]) -> Measured:
        """Do this and remember what each of those that were asked for cost in processor time."""
        told: list[Measured] = []

        def orders() -> int:
            told.append(act())
            return told[0].asked

        self.spent[name] = self.meter.spent(orders).values()
        return told[0]

    def floor(self, name: str, clients: int, port: int = 0) -> Figure:
        """The bare view, with what it costs."""
        told = self.metered(name, lambda: self.bare(clients, self.seconds, port))
        return figure(told) | self.spent[name]

    def figures(self) -> dict[str, Callable[[], Figure]]:
        """What can be measured, by name."""
        warm, cold, floor = self.warm.port, self.cold.port, Pgbench(self.house)
        looks = {
            "sql_json": Load(self.plain, [request("GET", "/sql_json")], least=10_000, ends=b"]"),
            "list_cold": reads.list_(cold),
            "dearest_cold": reads.dearest(cold),
            "detail_warm": reads.detail(warm, self.slugs),
            "detail_cold": reads.detail(cold, self.slugs),
            "board": reads.board(warm),
            "product_page": reads.page(warm, self.slugs, self.cookies),
            "product_page_cold": reads.page(cold, self.slugs, self.cookies),
            "search": reads.search(warm, self.words),
        }
        return {
            "bare": lambda: self.floor("bare", 16),
            "bare_8": lambda: self.floor("bare_8", 8),
            "bare_1": lambda: self.floor("bare_1", 1),
            "bare_startproject": lambda: self.floor("bare_startproject", 16, self.startproject),
            "pgbench_select": lambda: floor.select(self.seconds),
            "pgbench_tpcb": lambda: floor.tpcb(self.seconds),
            "list_warm": lambda: self.reading_while_selling("list_warm", reads.list_(warm)),
            **{name: lambda name=name, load=load: self.reading(name, load) for name, load in looks.items()},  # type: ignore[misc]
            "purchase_1": lambda: self.buying("purchase_1", 1),
            "purchase_8": lambda: self.buying("purchase_8", 8),
            "buy_now_8": lambda: self.buying("buy_now_8", 8, by_one_call=True),
            "fold_100000": lambda: one_more(self.house),
            **Growth(self.house, self.seconds, lambda connection: variants(connection)[1]).figures(),
        }

    def pids(self) -> dict[str, int]:
        """The roots of the trees of processes that are at work."""
        pids = {name: process.child.pid for name, process in self.warm.processes.items() if process.child}
        if cold := self.cold.processes["web"].child:
            pids["web, cold"] = cold.pid
        pids |= {name: process.child.pid for name, process in self.bare_processes.items() if process.child}
        data = self.house.postgres.data / "postmaster.pid"
        pids["postgresql"] = int(data.read_text().split()[0])
        for name, valkey in self.house.servers.valkeys.items():
            if valkey.process:
                pids["broker" if name == "REDIS_URL" else "cache"] = valkey.process.pid
        return pids

    def given_up(self) -> str:
        """Why the web's processes gave up fast answers, and how often."""
        url = f"http://127.0.0.1:{self.warm.env['METRICS_PORT']}/metrics"
        with urllib.request.urlopen(url, timeout=10) as answer:
            told = list(text_string_to_metric_families(answer.read().decode()))
        given_up = next(family for family in told if family.name == "sheaf_fast_given_up")
        reasons = {one.labels["reason"]: int(one.value) for one in given_up.samples if one.value}
        words = ", ".join(f"{count} {reason}" for reason, count in reasons.items())
        return f"Fast answers given up: {words or 'none'}"

    def memory(self) -> str:
        """What each process holds now."""
        return processes.table(self.pids())


def control(shop: Shop, name: str, wish: dict[str, Any]) -> None:
    """Tell the provider's stand-in how to behave."""
    url = f"{shop.env['STRIPE_API_BASE']}/_control/{name}"
    with urllib.request.urlopen(urllib.request.Request(url, json.dumps(wish).encode()), timeout=10) as answer:
        if answer.status != 200:
            raise Wrong(f"the stand-in did not listen: {answer.status}")


def figure(measured: Measured) -> Figure:
    """Rate and latencies."""
    return {
        "rate": measured.rate,
        "p50_ms": measured.at(0.5),
        "p99_ms": measured.at(0.99),
        "bytes": measured.size,
    }
