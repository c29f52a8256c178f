"""The inputs and scores of a round's entries, 72 at full size, cost so many statements however much was bought, and little
beside the one statement that adds up the same purchases."""

import time
from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from bench import clones
from contest.reads.inputs import inputs_of
from contest.scoring.rulebook import default_parameters
from contest.scoring.score import score
from core import clock
from impact.actions import standings
from impact.models import Round, Support, Transfer
from impact.reads.figures import LATEST, recompute
from tests.bench.test_clones import everybody
from tests.contest.buying import buy, people
from tests.figures import figure, full
from tests.impact import world

ENTRIES, SUPPORTS = full(72, 12), full(1_500, 250)
TURNS, MOST = 5, 20


def seconds(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_the_inputs_and_scores_of_all_entries_cost_little_more_than_their_sums():
    lots = [world.a_lot([100_000] * 12, units=10_000) for _ in range(ENTRIES)]
    world.a_round(*(lot.variant.product.team for lot in lots))
    friend, *buyers = people(4)
    for lot in lots:
        for buyer in buyers:
            buy(lot, 2, person=buyer, mobiliser_person=friend)
    standings.fold()
    held = Round.objects.get()

    def scored():
        return score(default_parameters(), list(inputs_of(held, LATEST, clock.now()).values()))

    with CaptureQueriesContext(connection) as of_few:
        scored()
    with everybody() as ledger:
        clones.grow_ledger(ledger, round(Transfer.objects.count() * SUPPORTS / Support.objects.count()))
    with CaptureQueriesContext(connection) as of_many:
        found = inputs_of(held, LATEST, clock.now())
        assert len(score(default_parameters(), list(found.values()))) == ENTRIES
    assert len(of_many) == len(of_few) <= 16
    assert all(one.people >= 10 for one in found.values())
    # In turns, and of each the least: what else the machine does falls on both.
    took = [(seconds(scored), seconds(lambda: recompute(held))) for _ in range(TURNS)]
    whole, floor = (min(column) for column in zip(*took, strict=True))
    figure(
        "contest/inputs",
        f"{ENTRIES} entries, {Support.objects.count()} supports: {whole:.2f} s, {whole / floor:.1f} times their sums",
    )
    assert whole < MOST * floor
