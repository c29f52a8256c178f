"""How far an order rests on the weights: each entry's places when each weight moves a little."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from contest.scoring.exact import WHOLE_BPS, exactly
from contest.scoring.inputs import Inputs
from contest.scoring.ranking import rank
from contest.scoring.score import total_of, values_of, weights_of

POINTS_BPS = 500


@dataclass(frozen=True)
class Interval:
    """The best and the worst place of an entry, and with which weight moved (its key, with + or -) it comes to each."""

    entry_id: int
    rank: int
    best: int
    worst: int
    best_by: str = ""
    worst_by: str = ""


def moved(weights: Mapping[str, Decimal], key: str, by_bps: int) -> dict[str, Decimal]:
    """The weights with one of them moved, within 0 and 100 %; the others make room in proportion."""
    with exactly():
        one = min(max(weights[key] + by_bps, Decimal(0)), Decimal(WHOLE_BPS))
        left, others = WHOLE_BPS - one, WHOLE_BPS - weights[key]
        share = Decimal(1) / max(1, len(weights) - 1)
        return {
            name: one if name == key else left * (weight / others if others else share)
            for name, weight in weights.items()
        }


def intervals(
    parameters: Mapping[str, Any],
    inputs: Sequence[Inputs],
    approved_at: Mapping[int, datetime],
    seed: str,
    by_bps: int = POINTS_BPS,
    numbers: Mapping[int, str] | None = None,
) -> list[Interval]:
    """Each entry's interval, the first by the rulebook's own weights first; every weight moves up and down alone."""
    values, weights = values_of(parameters, inputs), weights_of(parameters)

    def places(tried: Mapping[str, Decimal]) -> dict[int, int]:
        scored = {entry_id: total_of(entry_id, its, tried) for entry_id, its in values.items()}
        return {p.entry_id: p.rank for p in rank(parameters, scored, inputs, approved_at, seed, numbers)}

    now = places(weights)
    tried = {("", 0): now}
    if len(weights) > 1:
        tried |= {
            (key, sign): places(moved(weights, key, sign * by_bps)) for key in weights for sign in (1, -1)
        }
    found = [_interval(entry_id, place, tried) for entry_id, place in now.items()]
    return sorted(found, key=lambda one: one.rank)


def _interval(entry_id: int, place: int, tried: Mapping[tuple[str, int], Mapping[int, int]]) -> Interval:
    best = min(tried, key=lambda how: tried[how][entry_id])
    worst = max(tried, key=lambda how: tried[how][entry_id])
    named = {how: f"{how[0]}{'+' if how[1] > 0 else '-'}" if how[0] else "" for how in (best, worst)}
    return Interval(entry_id, place, tried[best][entry_id], tried[worst][entry_id], named[best], named[worst])
