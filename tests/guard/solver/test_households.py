"""A number of households under ten is not derived, neither by whoever knows the day on which a family left."""

import random
from datetime import datetime

import pytest

from core import clock
from impact.actions import disclosed_households
from tests.figures import a_seed, figure, full
from tests.guard.solver import households
from tests.guard.solver.households import Village
from tests.guard.solver.supporters import buy
from tests.impact import world

pytestmark = [pytest.mark.django_db, pytest.mark.proof]

PAIRS, DAYS = full((36, 75), (2, 8))


@pytest.fixture(autouse=True)
def noon() -> None:
    clock.stand_at(datetime(2026, 6, 1, 12, tzinfo=clock.SHANGHAI))


def villages(*changes: dict[int, int]) -> list[Village]:
    """Teams of ten households each, in one round."""
    found = [Village(world.a_lot([1000] * 10, units=1_000_000), how) for how in changes]
    world.a_round(*(one.team for one in found), days=(-1, 200, 220))
    return found


def trade(village: Village, day: int) -> None:
    """Each team sells something each day."""
    buy(village.lot, 1 + day % 3)


def withdrawals(seed: int) -> list[dict[int, int]]:
    """Around ten: one leaves, others follow or come back, each team in its own way."""
    chance = random.Random(seed)
    found = []
    for _ in range(2 * PAIRS):
        first = chance.randint(1, 3)
        found.append({first: -1, first + chance.randint(1, 3): chance.choice((-3, -1, 1, 4))})
    return found


def test_no_word_counts_to_nine_on_the_day_when_a_family_leaves():
    seed = a_seed()
    those = villages(*withdrawals(seed))
    told = households.watch(those, DAYS, lambda village, day: None)
    assert [households.counted_to_nine(one, told[one.team.slug]) for one in those] == [None] * len(those)
    figure(
        "leaks/households", f"{len(those)} teams around ten, {DAYS} days: no count under ten derived", seed
    )


def test_where_words_count_what_is_there_each_nine_is_found(monkeypatch):
    households.put_back(monkeypatch)
    those = villages(*withdrawals(a_seed()))
    told = households.watch(those, 8, lambda village, day: None)
    days = [households.counted_to_nine(one, told[one.team.slug]) for one in those]
    assert all(day is not None and one.count(day) == 9 for one, day in zip(those, days, strict=True))
    figure("leaks/households-control", f"words that count what is there: nine found of {len(those)} teams")


def test_of_teams_that_fell_under_ten_on_one_day_each_is_told_the_same_for_ever_after(monkeypatch):
    monkeypatch.setattr(
        disclosed_households, "_wait", lambda row: 4
    )  # by chance for each, whatever its count
    fell = {1: -1}
    kinds = [fell, {1: -3}, {1: -9}, {**fell, 2: -4}, {**fell, 2: -1, 3: -1}]
    those = villages(*kinds)
    told = households.watch(those, 9, trade)
    first, *others = (told[one.team.slug] for one in those)
    assert all(one == first for one in others)
    assert {one.count(8) for one in those} == {9, 7, 1, 5}
    assert first.words[0] != first.words[-1] and first.nets[-1] == first.nets[4], "they fell, and stand still"
