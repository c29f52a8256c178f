"""The figures: what is required, the median of several runs, a table, and bench/latest.json."""

import json
import statistics
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench import spent

LATEST = Path(__file__).parent / "latest.json"
Figures = dict[str, dict[str, Any]]

# name: (figure, at least?, bound). What the house asks of itself.
REQUIRED: dict[str, list[tuple[str, bool, float]]] = {
    "list_warm": [("of_bare", True, 0.40), ("stale", False, 0), ("sales", True, 9.0)],
    "list_cold": [("of_bare", True, 0.04)],
    "detail_warm": [("of_bare", True, 0.45)],
    "product_page": [("of_bare", True, 0.10)],
    "product_page_cold": [("ms", False, 4)],
    "search": [("of_bare", True, 0.04)],
    "board": [("of_bare", True, 0.30)],
    "purchase_8": [
        ("of_bare", True, 0.008),
        ("p99_ms", False, 1000),
        ("statements", False, 60),
        ("fk_checks", False, 148),
        ("transfers", False, 18),
    ],
    "buy_now_8": [("of_bare", True, 0.015), ("statements", False, 30)],
    "fold_100000": [("p50_ms", False, 10)],
    "growth_list_50000_over_500": [("ratio", False, 1.5)],
    "growth_search_50000_over_500": [("ratio", False, 2.0)],
    "growth_board_1e6_over_1e3": [("ratio", False, 1.3)],
    **{
        f"growth_{name}_1e6_over_1e3": [("ratio", False, 1.3)]
        for name in ("home", "round", "past_day", "entry", "edition")
    },
    "scores_72": [("p50_ms", False, 1000)],
    "growth_place_1e6_over_1e3": [("ratio", False, 1.3)],
}
COLUMNS = (
    "rate", "p50_ms", "p99_ms", "ms", "statements", "fk_checks", "transfers", "of_bare", "ratio", "stale", "sales",
)  # fmt: skip
PURCHASES = ("purchase_1", "purchase_8", "buy_now_8")


LEAST_MS = 0.005  # less is no row
HEAD = f"{'':28}" + "".join(f"{name:>11}" for name in COLUMNS)


def median(runs: list[Figures]) -> Figures:
    """For each figure the median of the runs that have it."""
    names = list(dict.fromkeys(name for run in runs for name in run))
    return {name: _middle([run[name] for run in runs if name in run]) for name in names}


def _middle(found: list[dict[str, Any]]) -> dict[str, Any]:
    keys = list(dict.fromkeys(key for one in found for key in one))
    # What must never happen is not made better by two runs in which it did not.
    pick: Mapping[str, Callable] = {"stale": max}
    return {
        key: pick.get(key, statistics.median)([one[key] for one in found if one.get(key) is not None])
        for key in keys
        if any(one.get(key) is not None for one in found)
    }


def short(name: str, figure: Mapping[str, Any]) -> list[str]:
    """What a figure owes, in words."""
    owed = []
    for key, at_least, bound in REQUIRED.get(name, ()):
        value = figure.get(key)
        if value is not None and (value < bound if at_least else value > bound):
            owed.append(f"{key} {shown(key, value)} {'<' if at_least else '>'} {bound:g}")
    return owed


def shown(key: str, value: Any) -> str:
    """One value, as precise as it is worth."""
    if value is None:
        return ""
    if key == "of_bare":
        return f"{value:.4f}" if value < 0.1 else f"{value:.3f}"
    if key in ("ratio", "ms") or key.startswith(spent.KEY):
        return f"{value:.2f}"
    if key in ("statements", "fk_checks", "transfers", "stale"):
        return f"{value:.1f}".removesuffix(".0")
    return f"{value:,.1f}" if value < 100 else f"{value:,.0f}"


def line(name: str, figure: Mapping[str, Any]) -> str:
    """One figure on a line of its own."""
    cells = "".join(f"{shown(key, figure.get(key)):>11}" for key in COLUMNS)
    return f"{name:28}{cells}".rstrip()


def table(figures: Figures) -> str:
    """All figures, what is required beside each, and a mark where it is not reached."""
    lines = [HEAD + "   required"]
    for name, figure in figures.items():
        required = ", ".join(
            f"{key} {'≥' if most else '≤'} {bound:g}" for key, most, bound in REQUIRED.get(name, ())
        )
        cells = "".join(f"{shown(key, figure.get(key)):>11}" for key in COLUMNS)
        mark = "  ✘ " + "; ".join(short(name, figure)) if short(name, figure) else ""
        lines.append(f"{name:28}{cells}   {required}{mark}".rstrip())
    return "\n".join(lines)


def by_process(figures: Figures) -> str:
    """Milliseconds of processor a purchase, process by process; those that are none of the shop stand apart."""
    bought = {name: figures[name] for name in PURCHASES if "ms" in figures.get(name, {})}
    keys = {key for one in bought.values() for key in one if key.startswith(spent.KEY)}
    below = [spent.KEY + name for name in (*spent.APART, spent.CLOCKWORK, spent.ELSEWHERE, spent.MACHINE)]
    shops = sorted(keys - {*below}, key=lambda key: -max(one.get(key, 0) for one in bought.values()))
    rows = [key for key in shops if any(one.get(key, 0) >= LEAST_MS for one in bought.values())]
    lines = [f"{'ms of processor a purchase':28}" + "".join(f"{name:>13}" for name in bought)]
    for key in [*rows, "ms", *below]:
        words = "the shop" if key == "ms" else key.removeprefix(spent.KEY)
        lines.append(f"{words:28}" + "".join(f"{shown(key, one.get(key)):>13}" for one in bought.values()))
    return "\n".join(lines) if bought else ""


def keep(figures: Figures, path: Path = LATEST) -> None:
    """Write them for programs; a run of some names leaves the others as they were measured last."""
    before: Figures = json.loads(path.read_text()) if path.exists() else {}
    rounded = {name: {key: round(value, 5) for key, value in one.items()} for name, one in figures.items()}
    path.write_text(json.dumps(before | rounded, indent=1) + "\n")
