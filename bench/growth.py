"""What a hundred times the products, or a thousand times the ledger, do to a request's time.

Answered with every cache of answers off: a cached answer costs the same in any shop, and would show nothing. Two shops
are open at once, a small and a large one, and are asked in turns; the ratio is that of the time of a request.
"""

import hashlib
import statistics
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass

import psycopg

from bench import clones, reads
from bench.buyer import Errand, place_only
from bench.client import Apart, Measured, measure
from bench.house import House, Shop
from local import house as servers
from local import machine
from local.run import step

SHAPES = ("*/migrations/*.py", "catalog/search/*.py", "bench/clones.py")
ROUNDS = 3
Ratio = dict[str, float]


@dataclass
class Grown:
    """An open shop of some size, and what is asked of it."""

    shop: Shop
    words: list[str]
    variants: list[str]


class Growth:
    """The four shops; each pair is made when it is first asked for."""

    def __init__(self, house: House, seconds: float, variants: Callable[[psycopg.Connection], list[str]]):
        self.house, self.seconds, self.variants = house, seconds, variants
        digest = hashlib.sha256()
        for pattern in SHAPES:
            for path in sorted(machine.ROOT.glob(pattern)):
                digest.update(path.read_bytes())
        self.mark = digest.hexdigest()[:8]

    def _made(
        self, name: str, words: str, make: Callable[[psycopg.Connection], None], *, search: bool
    ) -> str:
        """The database of this size; one that an earlier bench kept is as good."""
        database = f"growth_{self.mark}_{name}"
        if self.house.exists(database):
            return database
        self.house.drop("growth_%", but=f"growth_{self.mark}_%")
        with step(words):
            draft = self.house.copy(f"bench_{name}_draft")
            with self.house.connect(draft) as everybody:
                everybody.execute("SET client_min_messages = warning")
                make(everybody)
                everybody.execute((reads.HERE / "pictures.sql").read_text())
            if search:
                env = self.house.env | {"DATABASE_URL": self.house.servers.addresses(draft)["DATABASE_URL"]}
                servers.manage(env, "rebuild_search")
            # As autovacuum leaves a shop that has been open for a while.
            with self.house.connect(draft) as everybody:
                everybody.execute("VACUUM ANALYZE")
            self.house.rename(draft, database)
        return database

    def _pair(self, stack: ExitStack, kind: str) -> tuple[Grown, Grown]:
        makers: dict[str, tuple[tuple[str, str, Callable[[psycopg.Connection], None]], ...]] = {
            "products": (
                ("p500", "500 products", lambda c: clones.grow_products(c, 500)),
                ("p50000", "50,000 products", lambda c: clones.grow_products(c, 50_000)),
            ),
            "ledger": (
                ("l1e3", "1,000 transfers", lambda c: clones.shorten_ledger(c, 1_000)),
                ("l1e6", "1,000,000 transfers", lambda c: clones.grow_ledger(c, 1_000_000)),
            ),
        }
        small, large = (
            self._opened(stack, name, self._made(name, words, make, search=kind == "products"))
            for name, words, make in makers[kind]
        )
        return small, large

    def _opened(self, stack: ExitStack, name: str, made: str) -> Grown:
        database = self.house.copy(f"bench_{name}", of=made)
        with self.house.connect(database) as everybody:
            words, variants = reads.words_of(everybody), self.variants(everybody)
        return Grown(
            stack.enter_context(self.house.shop(database, whole=False, BENCH_COLD="1")), words, variants
        )

    def ratio(self, kind: str, ask: Callable[[Grown], Measured]) -> Ratio:
        """How much longer a request takes in the large shop."""
        with ExitStack() as stack:
            small, large = self._pair(stack, kind)
            found = []
            for _ in range(ROUNDS + 1):
                one, other = ask(small), ask(large)
                found.append((one.rate, other.rate, one.rate / other.rate))
        # The first round warms.
        rates = [statistics.median(column) for column in zip(*found[1:], strict=True)]
        return {"rate": rates[1], "rate_small": rates[0], "ratio": rates[2]}

    def figures(self) -> dict[str, Callable[[], Ratio]]:
        """What can be measured, by name."""
        seconds = max(1.0, self.seconds / 2)
        return {
            "growth_list_50000_over_500": lambda: self.ratio(
                "products", lambda g: measure(reads.list_(g.shop.port, seconds=seconds))
            ),
            # Whole rounds: some of the words find half of all products, and a part of a round has more or fewer of them.
            "growth_search_50000_over_500": lambda: self.ratio(
                "products", lambda g: measure(reads.search(g.shop.port, g.words, count=3 * len(g.words)))
            ),
            "growth_board_1e6_over_1e3": lambda: self.ratio(
                "ledger", lambda g: measure(reads.board(g.shop.port, seconds=seconds))
            ),
            "growth_place_1e6_over_1e3": lambda: self.ratio(
                "ledger",
                lambda g: Apart(place_only, Errand(g.shop.port, g.variants, 16, seconds)).result(),
            ),
        }
