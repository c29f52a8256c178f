"""Strict and mild judges: what their marks come to when each is held against all that she gave."""

from decimal import Decimal

from contest.scoring import severity
from contest.scoring.rulebook import default_parameters


def rules(**judging_rules):
    book = {
        "judging": {
            "severity": "z_score",
            "severity_least": 8,
            "criteria": [{"key": "all", "weight_bps": 10_000}],
        }
    }
    book["judging"] |= judging_rules
    return book


def column(*points):
    return {entry: {"all": Decimal(mark)} for entry, mark in enumerate(points)}


STRICT, MILD = column(*range(40, 56, 2)), column(*range(70, 86, 2))


def test_a_strict_judge_and_a_mild_one_who_agree_on_the_order_come_to_the_same_marks():
    both = severity.adjusted({1: STRICT, 2: MILD}, rules())
    assert {e: round(m["all"], 20) for e, m in both[1].items()} == {
        e: round(m["all"], 20) for e, m in both[2].items()
    }
    assert both[1][0]["all"] < both[1][7]["all"]


def test_severity_is_off_by_default_and_refused_under_eight_entries():
    assert default_parameters()["judging"]["severity"] == "off"
    for given, book in (
        ({1: STRICT, 2: MILD}, rules(severity="off")),
        ({1: STRICT, 2: column(*range(70, 84, 2))}, rules()),
    ):
        assert severity.adjusted(given, book) == given
    assert severity.is_refused([8, 7], rules()) and not severity.is_refused([8, 8], rules())


def test_a_judge_who_marks_all_alike_says_nothing_of_any():
    alike = severity.adjusted({1: STRICT, 2: column(*[100] * 8)}, rules())[2]
    assert len({marks["all"] for marks in alike.values()}) == 1
