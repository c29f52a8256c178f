"""Who stands before whom, and which rule decided it."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contest.scoring.indicators import words_of_row
from contest.scoring.inputs import Inputs
from contest.scoring.measures import MEASURES, value_of
from contest.scoring.score import Scored
from core.language import Words, say

SCORE = "score"
APPROVED, DRAW = "approved_at", "draw"
# In a round of several stages (contest.scoring.stages).
FARTHER, PANEL, BEFORE = "farther", "panel", "before"


@dataclass(frozen=True)
class Placed:
    """An entry's place from 1. `decided_by` is the last rule that had to be asked for it: "score", or one of the ties."""

    entry_id: int
    rank: int
    decided_by: str


def rank(
    parameters: Mapping[str, Any],
    scored: Mapping[int, Scored],
    inputs: Sequence[Inputs],
    approved_at: Mapping[int, datetime],
    seed: str,
    numbers: Mapping[int, str] | None = None,
) -> list[Placed]:
    """All of `scored`, the best first, on places without gaps; whoever may not advance is left out by the caller.

    Compared is what is told: totals and indicators with four decimals, inputs as disclosed. The draw goes by
    SHA-256(seed ":" number), the smallest first, so that anyone can repeat it; `numbers` are the entries' public ones
    (by default their ids).
    """
    known = {one.entry_id: one for one in inputs}

    def keys(one: Scored) -> list[Any]:
        its = known[one.entry_id]
        number = (numbers or {}).get(one.entry_id, str(one.entry_id))
        return [-one.total, *(_key(rule, one, its, approved_at, seed, number) for rule in parameters["ties"])]

    ordered = sorted(((keys(one), one.entry_id) for one in scored.values()), key=lambda pair: pair[0])
    rules = [SCORE, *parameters["ties"]]
    apart = [_apart(a[0], b[0]) for a, b in zip(ordered, ordered[1:], strict=False)]
    return [
        Placed(entry_id, n + 1, rules[max(apart[max(0, n - 1) : n + 1], default=0)])
        for n, (_, entry_id) in enumerate(ordered)
    ]


def _key(
    rule: str, one: Scored, its: Inputs, approved_at: Mapping[int, datetime], seed: str, number: str
) -> Any:
    """What an entry has by a rule, the better the smaller."""
    if rule == DRAW:
        return drawn(seed, number)
    if rule == APPROVED:
        return approved_at[one.entry_id]
    return -one.values[rule] if rule in one.values else -value_of(its, rule)


def drawn(seed: str, number: str) -> str:
    """An entry's lot in the draw."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def _apart(before: list[Any], after: list[Any]) -> int:
    """By which of the rules, counted from the score, two neighbours differ."""
    return next(n for n, (a, b) in enumerate(zip(before, after, strict=True)) if a != b)


def words_of_rule(rule: str, parameters: Mapping[str, Any]) -> Words:
    """By what an entry is before another, in words."""
    for row in parameters["indicators"]:
        if row["key"] == rule:
            return say("{what}较高者", "the higher: {what}", what=words_of_row(row))
    if rule in MEASURES:
        return say("{what}较多者", "the more: {what}", what=MEASURES[rule].words)
    return {
        SCORE: say("总分", "total score"),
        APPROVED: say("先通过审核者", "whoever was approved first"),
        DRAW: say("抽签（种子公开）", "a draw with a published seed"),
        FARTHER: say("走得更远者", "whoever came farther"),
        PANEL: say("评审团评分较高者", "the higher mark of the panel"),
        BEFORE: say("评分相同，上一阶段在前者", "equal marks: whoever stood before in the stage before"),
    }[rule]
