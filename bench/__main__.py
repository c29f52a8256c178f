"""make bench: the shop's speed beside a bare Django view on the same machine, in the same minute."""

import argparse
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

from bench import limits, reads, report
from bench.client import Load, Measured, Wrong, measure, request
from bench.house import House, Shop
from shop.dev.run import Stop, stop_at_signals

Figure = dict[str, Any]


class Bench:
    """One open shop, a cold one and a bare process beside it, and what is measured of them."""

    def __init__(self, house: House, seconds: float):
        self.house, self.seconds = house, seconds
        self.last_bare: dict[int, float] = {}

    def open(self, stack: ExitStack) -> None:
        """Open the three."""
        database = self.house.copy("bench_shop")
        with self.house.connect(database) as everybody:
            everybody.execute((reads.HERE / "pictures.sql").read_text())
            everybody.execute("ANALYZE")
            self.slugs, self.words = reads.slugs(everybody), reads.words_of(everybody)
        self.warm: Shop = stack.enter_context(self.house.shop(database))
        self.cold: Shop = stack.enter_context(self.house.shop(database, whole=False, BENCH_COLD="1"))
        self.plain: int = stack.enter_context(self.house.plain(database))
        self.cookies = reads.visitor(self.warm.port, self.slugs[0])

    def bare(self, clients: int, seconds: float = 0) -> Measured:
        """The bare view at so many clients."""
        words = request("GET", "/bare")
        return measure(Load(self.plain, [words], clients, seconds or self.seconds / 2, 0.3, ends=b"}"))

    def beside(self, clients: int, act: Callable[[], Measured]) -> Figure:
        """A figure, and its part of the bare view measured just before and just after: the machine drifts."""
        before = self.last_bare.pop(clients, None) or self.bare(clients).rate
        told = act()
        after = self.bare(clients).rate
        self.last_bare = {clients: after}
        return {**figure(told), "of_bare": told.rate / ((before + after) / 2)}

    def reading(self, load: Load) -> Figure:
        """A figure of those who look."""
        measure(replace(load, count=max(64, len(load.requests))))  # every document and plan has been seen
        return self.beside(load.clients, lambda: measure(replace(load, seconds=self.seconds)))

    def figures(self) -> dict[str, Callable[[], Figure]]:
        """What can be measured, by name."""
        return {
            "bare": lambda: figure(self.bare(16, self.seconds)),
            "bare_8": lambda: figure(self.bare(8, self.seconds)),
            "bare_1": lambda: figure(self.bare(1, self.seconds)),
            "sql_json": lambda: self.reading(
                Load(self.plain, [request("GET", "/sql_json")], least=10_000, ends=b"]")
            ),
            "list_warm": lambda: self.reading(reads.list_(self.warm.port)),
            "list_cold": lambda: self.reading(reads.list_(self.cold.port)),
            "detail_warm": lambda: self.reading(reads.detail(self.warm.port, self.slugs)),
            "detail_cold": lambda: self.reading(reads.detail(self.cold.port, self.slugs)),
            "board": lambda: self.reading(reads.board(self.warm.port)),
            "product_page": lambda: self.reading(reads.page(self.warm.port, self.slugs, self.cookies)),
            "search": lambda: self.reading(reads.search(self.warm.port, self.words)),
        }


def figure(told: Measured) -> Figure:
    """Rate and latencies."""
    return {"rate": told.rate, "p50_ms": told.at(0.5), "p99_ms": told.at(0.99), "bytes": told.size}


def measured(bench: Bench, wanted: list[str]) -> report.Figures:
    """One run over all that is wanted."""
    found: report.Figures = {}
    possible = bench.figures()
    for name in wanted or possible:
        found[name] = possible[name]()
        print("  " + report.line(name, found[name]), flush=True)
    return found


def main() -> None:
    """Measure, print, write; a wrong answer is a failure, a slow one is told."""
    asked = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    asked.add_argument("names", nargs="*", help="only these figures")
    asked.add_argument("--seconds", type=float, default=4, help="for each figure")
    asked.add_argument("--runs", type=int, default=3, help="of which the median is told")
    asked.add_argument("--quick", action="store_true", help="one short run")
    asked.add_argument("--keep", action="store_true", help="keep the database for the next bench")
    wish = asked.parse_args()
    seconds, runs = (1.5, 1) if wish.quick else (wish.seconds, wish.runs)
    stop_at_signals()
    began = time.monotonic()
    try:
        with ExitStack() as stack:
            house = House(wish.keep)
            house.open(stack)
            bench = Bench(house, seconds)
            bench.open(stack)
            print(limits.words())
            found = []
            for number in range(runs):
                print(f"Run {number + 1} of {runs}", flush=True)
                found.append(measured(bench, wish.names))
    except Stop:
        sys.exit(f"\nStopped after {time.monotonic() - began:.0f} s; nothing is written.")
    except Wrong as wrong:
        sys.exit(f"A wrong answer: {wrong}")
    figures = report.median(found)
    report.keep(figures)
    print(f"\nMedian of {runs}, {time.monotonic() - began:.0f} s in all:\n{report.table(figures)}")


if __name__ == "__main__":
    main()
