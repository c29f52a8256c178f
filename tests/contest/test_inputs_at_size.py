"""A round of 72 entries and the small demo's purchases: its inputs and scores within a second."""

import time

import pytest

from bench import clones
from contest.reads.inputs import inputs_of
from contest.scoring.rulebook import default_parameters
from contest.scoring.score import score
from core import clock
from impact.actions import standings
from impact.models import Round, Support, Transfer
from impact.reads.figures import LATEST
from tests.bench.test_clones import everybody
from tests.contest.buying import buy, people
from tests.figures import figure
from tests.impact import world

ENTRIES, SUPPORTS = 72, 1_500


@pytest.mark.proof
@pytest.mark.django_db(transaction=True)
def test_the_inputs_and_scores_of_72_entries_are_there_within_a_second():
    lots = [world.a_lot([100_000] * 12, units=10_000) for _ in range(ENTRIES)]
    world.a_round(*(lot.variant.product.team for lot in lots))
    friend, *buyers = people(4)
    for lot in lots:
        for buyer in buyers:
            buy(lot, 2, person=buyer, mobiliser_person=friend)
    standings.fold()
    with everybody() as connection:
        clones.grow_ledger(connection, round(Transfer.objects.count() * SUPPORTS / Support.objects.count()))
    held, seconds = Round.objects.get(), []
    for _ in range(3):
        began = time.perf_counter()
        found = inputs_of(held, LATEST, clock.now())
        scored = score(default_parameters(), list(found.values()))
        seconds.append(time.perf_counter() - began)
    assert len(scored) == ENTRIES and all(one.people >= 10 for one in found.values())
    figure("contest/inputs", f"{ENTRIES} entries, {Support.objects.count()} supports: {min(seconds):.2f} s")
    assert min(seconds) < 1
