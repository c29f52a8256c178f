"""make bench: the shop's speed beside a bare Django view on the same machine, in the same minute."""

import argparse
import sys
import time
from contextlib import ExitStack

from bench import limits, report
from bench.client import Wrong
from bench.house import House
from bench.measures import Bench
from local.run import Stop, stop_at_signals


def chosen(bench: Bench, wish: argparse.Namespace) -> list[str]:
    """The names to measure; a quick bench leaves out the larger shops unless they are named."""
    possible = list(bench.figures())
    if unknown := set(wish.names) - set(possible):
        raise SystemExit(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(possible)}.")
    return wish.names or [name for name in possible if not (wish.quick and name.startswith("growth"))]


def measured(bench: Bench, names: list[str]) -> report.Figures:
    """One run over these."""
    found: report.Figures = {}
    possible = bench.figures()
    for name in names:
        found[name] = possible[name]()
        print("  " + report.line(name, found[name]), flush=True)
        if bench.tells and name in bench.asked:
            print(bench.asked[name].table())
    return found


def options() -> argparse.Namespace:
    """The command line's: names of figures, seconds and runs for each, and what else is printed or kept."""
    words = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    words.add_argument("names", nargs="*", help="only these figures")
    words.add_argument("--seconds", type=float, default=4, help="for each figure")
    words.add_argument("--runs", type=int, default=3, help="of which the median is told")
    words.add_argument("--quick", action="store_true", help="one short run")
    words.add_argument("--keep", action="store_true", help="keep the database for the next bench")
    words.add_argument(
        "--statements", action="store_true", help="tell each figure's statements, and who asked them"
    )
    return words.parse_args()


def main() -> None:
    """Measure, print, write; a wrong answer is a failure, a slow one is told."""
    wish = options()
    seconds, runs = (1.5, 1) if wish.quick else (wish.seconds, wish.runs)
    stop_at_signals()
    began = time.monotonic()
    try:
        with ExitStack() as stack:
            house = House(wish.keep)
            house.open(stack)
            bench = Bench(house, seconds, wish.statements)
            bench.open(stack)
            print(f"{limits.words()}. Nobody there, the clockwork asks {bench.idle:.1f} statements a second.")
            found, names = [], chosen(bench, wish)
            for number in range(runs):
                print(f"Run {number + 1} of {runs}\n  {report.HEAD}", flush=True)
                found.append(measured(bench, names))
                # Growth is itself the median of three rounds, in which the two shops take turns.
                names = [name for name in names if not name.startswith("growth")]
            held = f"{bench.memory()}\n{bench.given_up()}"
    except Stop:
        sys.exit(f"\nStopped after {time.monotonic() - began:.0f} s; nothing is written.")
    except Wrong as wrong:
        sys.exit(f"A wrong answer: {wrong}\nWith --keep, .run/bench/logs tells more.")
    figures = report.median(found)
    report.keep(figures)
    print(f"\nMedian of {runs}, {time.monotonic() - began:.0f} s in all:\n{report.table(figures)}\n")
    print("\n\n".join(words for words in (report.by_process(figures), held) if words))


if __name__ == "__main__":
    main()
