"""What a hundred times the products, a thousand times the ledger or a thousand times the supports do to a request's time.

Answered with every cache of answers off: a cached answer costs the same in any shop, and would show nothing. Two shops
are open at once, a small and a large one, and are asked in turns; the ratio is that of the time of a request.
"""

import hashlib
import statistics
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass

import psycopg

from bench import clones, reads, supports
from bench.acts import acting
from bench.buyer import Errand, place_only
from bench.client import Apart, Load, Measured, Wrong, measure
from bench.fold import timed
from bench.house import House, Shop
from local import house as servers
from local import machine
from local.postgres import DATABASE
from local.run import step

SHAPES = ("*/migrations/*.py", "catalog/search/*.py", "bench/clones.py", "bench/supports.py")
ROUNDS = 3
TURNS = 3
Maker = Callable[
    [psycopg.Connection, Mapping[str, str]], None
]  # with the environment of a process on that database
Ratio = dict[str, float]


@dataclass
class Grown:
    """An open shop of some size, and what is asked of it."""

    shop: Shop
    words: list[str]
    variants: list[str]
    where: dict[str, str]  # the open round, as its pages' documents ask for it


def _products(count: int) -> Maker:
    def make(connection: psycopg.Connection, env: Mapping[str, str]) -> None:
        clones.grow_products(connection, count)
        servers.manage(dict(env), "rebuild_search")

    return make


def _supports(count: int) -> Maker:
    def make(connection: psycopg.Connection, env: Mapping[str, str]) -> None:
        with acting(env) as act:
            supports.grow_supports(connection, act, count)

    return make


_MAKERS: dict[str, tuple[tuple[str, str, Maker], ...]] = {
    "products": (
        ("p500", "500 products", _products(500)),
        ("p50000", "50,000 products", _products(50_000)),
    ),
    "ledger": (
        ("l1e3", "1,000 transfers", lambda c, env: clones.shorten_ledger(c, 1_000)),
        ("l1e6", "1,000,000 transfers", lambda c, env: clones.grow_ledger(c, 1_000_000)),
    ),
    "supports": (
        ("s1e3", "500 entries, 1,000 supports", _supports(1_000)),
        ("s1e6", "500 entries, 1,000,000 supports", _supports(1_000_000)),
    ),
}


class Growth:
    """The six shops; each pair is made when it is first asked for."""

    def __init__(self, house: House, seconds: float, variants: Callable[[psycopg.Connection], list[str]]):
        self.house, self.seconds, self.variants = house, seconds, variants
        digest = hashlib.sha256()
        for pattern in SHAPES:
            for path in sorted(machine.ROOT.glob(pattern)):
                digest.update(path.read_bytes())
        self.mark = digest.hexdigest()[:8]

    def _made(self, name: str, words: str, make: Maker) -> str:
        """The database of this size; one that an earlier bench kept is as good."""
        database = f"growth_{self.mark}_{name}"
        if self.house.exists(database):
            return database
        self.house.drop("growth_%", but=f"growth_{self.mark}_%")
        with step(words):
            draft = self.house.copy(f"bench_{name}_draft")
            env = self.house.env | {"DATABASE_URL": self.house.servers.addresses(draft)["DATABASE_URL"]}
            with self.house.connect(draft) as everybody:
                everybody.execute("SET client_min_messages = warning")
                make(everybody, env)
                everybody.execute((reads.HERE / "pictures.sql").read_text())
            # As autovacuum leaves a shop that has been open for a while.
            with self.house.connect(draft) as everybody:
                everybody.execute("VACUUM ANALYZE")
            self.house.rename(draft, database)
        return database

    def _pair(self, stack: ExitStack, kind: str) -> tuple[Grown, Grown]:
        small, large = (
            self._opened(stack, name, self._made(name, words, make)) for name, words, make in _MAKERS[kind]
        )
        return small, large

    def _opened(self, stack: ExitStack, name: str, made: str) -> Grown:
        database = self.house.copy(f"bench_{name}", of=made)
        with self.house.connect(database) as everybody:
            words, variants = reads.words_of(everybody), self.variants(everybody)
            where = supports.where(everybody)
        shop = stack.enter_context(self.house.shop(database, whole=False, BENCH_COLD="1"))
        return Grown(shop, words, variants, where)

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

    def acts(self, act: str, entries: int, of: str = "") -> Ratio:
        """How long the shop's own process takes for an act over the open round's entries: the demo's, or those of a size."""
        made = self._made(*next(one for one in _MAKERS["supports"] if one[0] == of)) if of else DATABASE
        database = self.house.copy("bench_acts", of=made)
        with acting(self.house.env | self.house.servers.addresses(database)) as do:
            took = []
            for _ in range(TURNS):
                touched, seconds = do(act)
                if touched != entries:
                    raise Wrong(f"{act} of {entries} entries was of {touched}")
                took.append(seconds)
        return timed(took)

    def figures(self) -> dict[str, Callable[[], Ratio]]:
        """What can be measured, by name."""
        seconds = max(1.0, self.seconds / 2)

        def of_round(look: Callable[..., Load]) -> Callable[[], Ratio]:
            return lambda: self.ratio(
                "supports", lambda g: measure(look(g.shop.port, g.where, seconds=seconds))
            )

        return {
            **{f"growth_{name}_1e6_over_1e3": of_round(look) for name, look in reads.OF_A_ROUND.items()},
            "scores_72": lambda: self.acts("scores", 72),
            "growth_scores_1e6": lambda: self.acts("scores", supports.ENTRIES, "s1e6"),
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
