"""Money is split and never divided."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import money
from tests.figures import a_seed, figure, full

WEIGHTS = st.lists(st.integers(0, 10_000), min_size=1, max_size=40).filter(sum)


@given(st.integers(0, 10**9), WEIGHTS)
def test_the_parts_add_up_to_the_whole(amount, weights):
    parts = money.split(amount, weights)
    assert sum(parts) == amount and min(parts) >= 0
    assert all(abs(p * sum(weights) - amount * w) < sum(weights) for p, w in zip(parts, weights, strict=True))


@given(st.integers(1, 997))
def test_one_fen_among_many_goes_to_one(households):
    assert sorted(money.split(1, [1] * households)) == [0] * (households - 1) + [1]


@pytest.mark.proof
def test_whatever_is_split_among_whomever_comes_to_the_whole_and_nobody_drifts_by_a_fen():
    dice, cases, worst = Random(seed := a_seed()), full(10_000, 500), 0.0
    for _ in range(cases):
        households = dice.randint(1, 997)
        assert sum(money.split(1, [1] * households)) == 1
        weights = [dice.randint(1, 10**6) for _ in range(households)]
        credits = [0] * households
        for amount in (1, dice.randint(0, 10**6), 1):
            parts, credits = money.carry_split(amount, weights, credits)
            assert sum(parts) == amount and min(parts) >= 0
        worst = max(worst, max(abs(c) for c in credits) / sum(weights))
    assert worst < 1
    figure(
        "sums/split",
        f"{cases:,} cases of up to 997 households: the whole each time; drift {worst:.3f} fen at most",
        seed,
    )


def test_the_worked_line():
    net, weights = 7_380, [420, 300, 180, 60, 40]
    household_part = net * 5_400 // 10_000
    parts, credits = money.carry_split(household_part, weights, [0] * 5)
    assert household_part == 3_985
    assert parts == [1_674, 1_196, 717, 239, 159]
    assert credits == [-300, -500, 300, 100, 400] and sum(credits) == 0


@given(WEIGHTS, st.lists(st.integers(0, 50_000), min_size=1, max_size=60))
def test_carried_nobody_drifts_by_a_fen(weights, amounts):
    whole, credits, got = sum(weights), [0] * len(weights), [0] * len(weights)
    for amount in amounts:
        parts, credits = money.carry_split(amount, weights, credits)
        assert sum(parts) == amount and min(parts) >= 0 and sum(credits) == 0
        got = [a + b for a, b in zip(got, parts, strict=True)]
    total = sum(amounts)
    assert all(abs(g * whole - total * w) < whole for g, w in zip(got, weights, strict=True))


@given(WEIGHTS, st.lists(st.tuples(st.integers(0, 50_000), st.booleans()), min_size=1, max_size=60))
def test_given_back_in_any_order_the_credits_still_fit(weights, steps):
    whole, credits, standing = sum(weights), [0] * len(weights), []
    for amount, undo in steps:
        if undo and standing:
            parts, was = standing.pop(amount % len(standing))
            credits = money.carry_back(parts, was, weights, credits)
        else:
            parts, credits = money.carry_split(amount, weights, credits)
            standing.append((parts, amount))
        assert sum(credits) == 0 and all(part >= 0 for parts, _ in standing for part in parts)
    kept = sum(amount for _, amount in standing)
    for i, weight in enumerate(weights):
        assert sum(parts[i] for parts, _ in standing) * whole + credits[i] == kept * weight


def test_a_tie_is_decided_by_the_caller():
    assert money.carry_split(1, [1, 1, 1], [0, 0, 0], tie=lambda i: -i)[0] == [0, 0, 1]


def test_amounts_are_shown_as_a_buyer_reads_them():
    assert [money.show(n) for n in (3690, 5, 123456789, -150)] == [
        "¥36.90",
        "¥0.05",
        "¥1,234,567.89",
        "−¥1.50",
    ]
    assert [money.decimal(n) for n in (3690, 5, -5)] == ["36.90", "0.05", "-0.05"]
