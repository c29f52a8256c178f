"""What other weights or references would come to: an edition replayed, for whoever keeps the contest alone."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from contest.reads import outcome
from contest.reads import result as results
from contest.reads.inputs import inputs_of
from contest.reads.judging import means_of
from contest.scoring.encoded import from_json
from contest.scoring.inputs import Inputs
from contest.scoring.ranking import rank
from contest.scoring.score import Scored, score
from contest.scoring.sensitivity import Interval, intervals
from core import clock
from impact.models import Entry, Round
from impact.reads.figures import LATEST

SEED = "simulation"  # of a draw that decides nothing


@dataclass(frozen=True)
class Replay:
    """The inputs of a round's entries in competition: those of its published result, else as they are at this moment."""

    entries: dict[int, Entry]
    inputs: list[Inputs]
    approved_at: dict[int, datetime]
    is_published: bool
    as_of: datetime

    @property
    def numbers(self) -> dict[int, str]:
        """By which the draw goes."""
        return {pk: entry.number for pk, entry in self.entries.items()}


@dataclass(frozen=True)
class Simulated:
    """An entry's place by the tried rules, with its interval, and by the rules as they stand."""

    entry: Entry
    scored: Scored
    interval: Interval
    rank_before: int


def replay(round_: Round) -> Replay:
    """What to compute with; no judge's figure is in it before the sheets are opened."""
    entries = {entry.pk: entry for entry in outcome.entries_of(round_)}
    published = results.published(round_)
    if published is not None:
        rows = [row for row in results.rows_of(published) if not row.out]
        inputs, as_of = [from_json(row.entry_id, row.inputs) for row in rows], published.until
    else:
        as_of = clock.now()
        # Whoever is out of competition is in no field that another is measured by.
        entries = {pk: entry for pk, entry in entries.items() if not outcome.out_of(entry)[0]}
        means = means_of(round_)
        found = inputs_of(round_, LATEST, as_of)
        inputs = [replace(found[pk], judges=means.get(pk)) for pk in entries if pk in found]
    approved: dict[int, Any] = {pk: entry.approved_at for pk, entry in entries.items()}
    used = [one for one in inputs if one.entry_id in entries]
    return Replay(entries, used, approved, published is not None, as_of)


def simulate(of: Replay, before: Mapping[str, Any], tried: Mapping[str, Any]) -> list[Simulated]:
    """Every entry by the `tried` parameters, the first first, beside its place by those from `before`."""
    scored = score(tried, of.inputs)
    found = intervals(tried, of.inputs, of.approved_at, SEED, numbers=of.numbers)
    was = {
        placed.entry_id: placed.rank
        for placed in rank(before, score(before, of.inputs), of.inputs, of.approved_at, SEED, of.numbers)
    }
    return [
        Simulated(of.entries[one.entry_id], scored[one.entry_id], one, was[one.entry_id]) for one in found
    ]
