"""A score in steps, from which a reader with a calculator comes to the same digits."""

import math
import re
from copy import deepcopy
from dataclasses import replace

import pytest

from contest.scoring.explain import explain, notes
from contest.scoring.score import score
from core import language
from tests.contest.scores import RULES, golden


def computed(formula: str) -> float:
    """A step's formula as Python reads it, by floating point: a calculator."""
    left = formula.split(" = ")[0].replace("×", "*").replace("÷", "/")
    assert re.fullmatch(r"[0-9a-z+*/()., ]+", left), left
    return eval(left, {"__builtins__": {}}, {"ln": math.log, "min": min})


@pytest.mark.parametrize("n", [0, 1, 2])
def test_every_step_can_be_computed_again_and_ends_at_the_published_digits(n):
    entry = golden()[n]
    scored = score(RULES, golden())[entry.entry_id]
    told = explain(RULES, entry)
    assert {line.key: line.value for line in told.lines} == scored.values and told.total == scored.total
    assert sum(line.weight_bps for line in told.lines) == 10_000
    for line in told.lines:
        for step in line.steps:
            if "WilsonLB" not in step.formula:
                assert computed(step.formula) == pytest.approx(float(step.fraction), abs=1e-12)
        assert round(computed(line.formula), 4) == pytest.approx(float(line.value), abs=1e-9)
    assert round(computed(told.formula), 4) == pytest.approx(float(told.total), abs=1e-9)


def test_the_steps_say_what_was_read_in_the_readers_language():
    told = explain(RULES, golden()[0])
    amount = told.lines[1]
    (step,) = amount.steps
    assert (step.value, step.formula) == (
        "128430",
        "min(1, ln(1 + 128430 ÷ 1000) ÷ ln(1 + 300000 ÷ 1000)) = 0.8521195437",
    )
    assert amount.formula == "100 × (0.8521195437) = 85.2119543667 → 85.2120"
    assert [s.words.in_language("zh") for s in told.lines[0].steps] == [
        "评委会评分", "农户所得占净额", "有收益的农户", "其中重点帮扶农户"]  # fmt: skip
    with language.use("en"):
        assert [str(s.words) for s in told.lines[3].steps] == [
            "Amount mobilised", "Organisations", "Dockings delivered"]  # fmt: skip
        assert str(amount.words) == "Amount raised"


def test_a_mark_that_is_not_there_is_said_and_counts_nothing():
    told = explain(RULES, replace(golden()[0], judges=None))
    assert [step.is_missing for step in told.lines[0].steps] == [True, False, False, False]


def test_rules_that_compare_say_so_and_are_explained_over_all_entries():
    rules = deepcopy(RULES)
    rules["scale"], rules["popularity"]["mode"] = "percentile", "like_share"
    entries = golden()
    scored = score(rules, entries)
    for entry in entries:
        told = explain(rules, entry, entries)
        assert {line.key: line.value for line in told.lines} == scored[entry.entry_id].values
        assert round(computed(told.lines[1].steps[0].formula), 6) == round(
            float(told.lines[1].steps[0].fraction), 6
        )
    assert len(notes(rules)) == len(notes(RULES)) + 1
