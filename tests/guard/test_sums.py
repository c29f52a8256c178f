"""One unit among up to 997 households, 10,000 times over: parts add up, and carrying keeps everybody within a fen."""

import random

import pytest

from core.money import carry_back, carry_split, split
from tests.figures import a_seed, figure, full

pytestmark = pytest.mark.proof
CASES = full(10_000, 300)
MOST = 997


def test_one_unit_is_shared_out_exactly_and_nobody_drifts():
    seed = a_seed()
    dice = random.Random(seed)
    carried = returned = 0.0
    for case in range(CASES):
        number = case % MOST + 1
        grams = [dice.randint(1, 10**6) for _ in range(number)]
        price = dice.randint(1, 999)
        assert sum(split(price, grams)) == price
        carried = max(carried, drift_of(dice, price, grams, may_return=False))
        returned = max(returned, drift_of(dice, price, grams, may_return=True))
    figure(
        "sums/split",
        f"{CASES} cases, 1 unit × 8 sales among 1 to {MOST} households: parts sum exactly;"
        f" drift at most {carried:.3f} fen, {returned:.3f} with refunds",
        seed,
    )
    assert carried < 1 and returned < 3


def drift_of(dice: random.Random, price: int, grams: list[int], *, may_return: bool) -> float:
    """The most fen by which anybody is off her share, over some sales of one unit each."""
    whole, credits, standing, worst = sum(grams), [0] * len(grams), [], 0
    for _ in range(8):
        if may_return and standing and dice.random() < 0.4:
            parts, amount = standing.pop(dice.randrange(len(standing)))
            credits = carry_back(parts, amount, grams, credits)
            left = dice.randint(0, amount)  # a part of it stays sold
            parts, credits = carry_split(left, grams, credits)
            assert sum(parts) == left and min(parts) >= 0
            standing.append((parts, left))
        else:
            parts, credits = carry_split(price, grams, credits)
            assert sum(parts) == price and min(parts) >= 0
            standing.append((parts, price))
        assert sum(credits) == 0
        worst = max(worst, max(map(abs, credits)))
    kept = sum(amount for _, amount in standing)
    for i in {dice.randrange(len(grams)) for _ in range(3)}:
        assert sum(parts[i] for parts, _ in standing) * whole + credits[i] == kept * grams[i]
    return worst / whole
