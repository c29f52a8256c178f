"""Whose income is it? The order in which lots are drawn, board moves and shares, put together.

She writes down which label a product bears and how far its team's net has moved while it did. Then she asks of each
two lots of one label's kind which secrets the shop's own order of drawing leaves possible; a lot that can be a single
household's alone gives that family's income away: what was moved, times the public share.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import groupby, product
from typing import Any, Protocol

from catalog.actions import stock
from catalog.models import Lot
from impact.actions import standings
from tests.guard.solver.stranger import Stranger
from tests.guard.solver.world import POOL, SHARED, SINGLE, Fair, Stall


@dataclass
class Watched:
    """Of one product: the label before each round of buying, and what that round moved."""

    bps: int
    labels: list[dict[str, Any]] = field(default_factory=list)
    moves: list[int] = field(default_factory=list)

    def told(self) -> list[tuple]:
        """All that was public, without the names that chance gave: each label by when it was first seen."""
        seen: dict[str, int] = {}
        return [
            (
                seen.setdefault(label["code"], len(seen)),
                *(value for key, value in label.items() if key != "code"),
                move,
            )
            for label, move in zip(self.labels, self.moves, strict=True)
        ]


class Trading(Protocol):
    """Stalls that sell when they are told to: each has a product's `slug` and a `team`."""

    @property
    def stalls(self) -> Sequence[Any]:
        """Those that are watched; not two of one team."""

    def trade(self) -> None:
        """A round of buying: at most one order of each, out of one lot."""


def watch(fair: Trading, rounds: int) -> dict[str, Watched]:
    """Look before and after each round of buying, by product."""
    stranger, team_of = Stranger(), {stall.slug: stall.team.slug for stall in fair.stalls}
    notes: dict[str, Watched] = {}
    before = stranger.nets()
    for _ in range(rounds):
        labels = {slug: stranger.product(slug) for slug in team_of}
        fair.trade()
        standings.fold()
        after = stranger.nets()
        for slug, told in labels.items():
            lot = told["variants"][0]["lot"]
            if lot is None:
                continue
            note = notes.setdefault(slug, Watched(told["householdBps"]))
            note.labels.append(lot)
            note.moves.append(after[team_of[slug]] - before[team_of[slug]])
        before = after
    return notes


def singles(note: Watched) -> Iterator[str]:
    """The codes of lots that, by all she knows, can only be one household's."""
    runs = [code for code, _ in groupby(label["code"] for label in note.labels)]
    labels = {label["code"]: label for label in note.labels}
    for earlier, later in _overtakings(runs):
        possible = [
            levels
            for levels in product(*(_levels(labels[code]) for code in (earlier, later)))
            if _goes_first(labels[later], levels[1], labels[earlier], levels[0])
        ]
        assert possible, "the shop draws lots in another order than it says"
        for n, code in enumerate((earlier, later)):
            if {levels[n] for levels in possible} == {SINGLE}:
                yield code


def _overtakings(runs: list[str]) -> Iterator[tuple[str, str]]:
    """(earlier, later): one was being sold when another came in between, and then went on."""
    for n, code in enumerate(runs):
        for back in range(n):
            if runs[back] == code:
                yield from ((code, other) for other in {*runs[back + 1 : n]})


def _levels(label: dict[str, Any]) -> tuple[int, ...]:
    return (SHARED, SINGLE) if label["isTraced"] else (POOL, SHARED, SINGLE)


def _goes_first(one: dict[str, Any], level: int, other: dict[str, Any], others: int) -> bool:
    """By the shop's own rule, `one` declared after the other."""
    return stock.turn(_as_lot(one, level, 2)) < stock.turn(_as_lot(other, others, 1))


def _as_lot(label: dict[str, Any], level: int, pk: int) -> Lot:
    days = {"best_before": "bestBefore", "harvest_to": "harvestTo", "ship_by": "shipBy"}
    told = {name: date.fromisoformat(label[key]) if label[key] else None for name, key in days.items()}
    state = Lot.State.PLANNED if label["isPresale"] else Lot.State.OPEN
    return Lot(id=pk, level=level, state=state, **told)  # type: ignore[misc]


def incomes(notes: dict[str, Watched]) -> dict[str, int]:
    """What single households earned by a lot, in fen by the lot's code, as far as she can derive it."""
    found = {}
    for note in notes.values():
        for code in set(singles(note)):
            moves = [m for label, m in zip(note.labels, note.moves, strict=True) if label["code"] == code]
            found[code] = sum(move * note.bps // 10_000 for move in moves)
    return found


def tell_apart(fair: Fair, notes: dict[str, Watched]) -> list[tuple[Stall, Stall]]:
    """The twins that she can tell apart by anything that was public."""
    return [(one, two) for one, two in fair.pairs if notes[one.slug].told() != notes[two.slug].told()]


def by_level(lot: Lot) -> tuple:
    """The order of before: of two lots of one day one household's went first."""
    day = lot.ship_by if lot.state == Lot.State.PLANNED else lot.best_before or lot.harvest_to
    return lot.state == Lot.State.PLANNED, day, -lot.level, lot.id


def put_back(monkeypatch: Any) -> None:
    """The control: drawing and label look at the level again."""
    from catalog.actions import card

    monkeypatch.setattr(stock, "turn", by_level)
    named = card._REFRESH.replace("l.id))[1] AS lot_id", "-l.level, l.id))[1] AS lot_id")
    assert named != card._REFRESH
    monkeypatch.setattr(card, "_REFRESH", named)
