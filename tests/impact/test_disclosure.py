"""What is told of the contest's counts: made once a day, in tens, never under ten, exactly from the freeze on."""

from datetime import datetime, timedelta
from threading import Thread

import pytest
from django.db import connection

from catalog.models import TeamMember
from core import clock
from impact.actions import disclosure, standings
from impact.models import Round
from impact.verify.contest import verify as verify_contest
from impact.verify.disclosure import verify
from tests.catalog import world as shelves
from tests.impact import world
from tests.impact.disclosed import (
    CONTEST,
    answer,
    buy,
    entry,
    freeze,
    told,
    without_amounts,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


def test_sums_are_live_and_counts_move_once_a_day(lot):
    disclosure.disclose()
    before = told()
    buy(lot, 23, units=14, organisation=world.an_organisation())
    after = told()
    assert entry()["net"] == {"minor": 23 * 14 * 3690}
    assert without_amounts(before) == without_amounts(after)
    assert entry()["personTimesInWords"] == entry()["peopleInWords"] == "fewer than 10"
    assert disclosure.disclose() == 0, "nothing is made twice a day"
    assert without_amounts(told()) == without_amounts(before)
    clock.stand_at(datetime(2026, 7, 2, 3, 59, tzinfo=clock.SHANGHAI))
    assert disclosure.disclose() == 0
    clock.stand_at(datetime(2026, 7, 2, 4, 0, tzinfo=clock.SHANGHAI))
    assert disclosure.disclose() == 1
    found = entry()
    assert (found["personTimes"], found["personTimesInWords"]) == (20, "20 or more")
    assert (found["people"], found["peopleInWords"]) == (20, "20 or more")
    assert (found["organisations"], found["organisationsInWords"]) == (None, "fewer than 10")
    assert [*verify(), *verify_contest()] == []


def test_after_a_rest_what_was_missed_is_made_once(lot):
    disclosure.disclose()
    buy(lot, 12)
    clock.move(timedelta(days=3))
    assert [disclosure.disclose(), disclosure.disclose()] == [1, 0]
    assert entry()["people"] == 10
    clock.move(timedelta(days=-3))  # an operator sets the clock back: the day's figures are made anew
    assert [disclosure.disclose(), disclosure.disclose()] == [1, 0]


def test_the_purchases_are_not_counted_by_number_or_time(lot, team):
    buy(lot)
    before = told()[0]["board"]
    assert before["number"] is None
    own = shelves.a_person()
    TeamMember.objects.create(team=team, person=own)
    world.pay(world.an_order((lot, 1), person=own))
    guest = world.an_order((lot, 1))
    assert told()[0]["board"] == before, "what does not count does not show, not even as a moment"
    world.pay(guest)
    after = told()[0]["board"]
    world.prove(guest)
    assert told()[0]["board"] == after


@pytest.mark.parametrize("bought", [False, True])
def test_one_probing_order_with_an_organisations_code_tells_nothing(lot, team, bought):
    union = world.an_organisation()
    if bought:
        buy(lot, 1, units=20, organisation=union)
    buy(lot, 11)
    world.tomorrow()
    before = told()
    (probe,) = buy(lot, 1, units=14, mobiliser_organisation=union)
    during = told()
    assert without_amounts(during) == without_amounts(before)
    world.refund(probe, (probe.lines.get(), 14 * 3690))
    assert without_amounts(told()) == without_amounts(before)
    world.tomorrow()
    after, (before, *_) = told(), before
    assert after[0]["board"]["rows"] == before["board"]["rows"]


def test_ten_organisations_are_told_in_tens_and_exactly_from_the_freeze(lot):
    for _ in range(13):
        buy(lot, 1, units=14, mobiliser_organisation=world.an_organisation())
    buy(lot, 1, units=13, mobiliser_organisation=world.an_organisation())  # under 500 yuan
    world.tomorrow()
    assert (entry()["organisations"], entry()["organisationsInWords"]) == (10, "10 or more")
    freeze()
    assert (entry()["organisations"], entry()["organisationsInWords"]) == (13, "13")


def test_from_the_freeze_what_ten_stand_behind_is_exact_and_nothing_else(lot):
    buy(lot, 23)
    world.tomorrow()
    freeze()
    found = entry()
    assert (found["people"], found["peopleInWords"], found["personTimes"]) == (23, "23", 23)
    assert (found["organisations"], found["organisationsInWords"]) == (0, "0")
    assert told()[0]["board"]["number"] == 23
    clock.move(timedelta(days=2))
    assert disclosure.disclose() == 0
    assert list(verify()) == []


def test_under_ten_nothing_is_told_at_the_freeze_either(lot):
    buy(lot, 9)
    freeze()
    assert (entry()["people"], entry()["personTimes"]) == (None, None)
    assert entry()["peopleInWords"] == "fewer than 10"


def many(*counts, freeze_it=False):
    """Entries of one division with so many buyers each; what is told of each and of all."""
    lots = [world.a_lot(units=10_000) for _ in counts]
    world.a_round(*(lot.variant.product.team for lot in lots))
    for lot, n in zip(lots, counts, strict=True):
        if n:
            buy(lot, n)
    world.tomorrow()
    if freeze_it:
        freeze()
    board, divisions, contest = told()
    rows = {row["entry"]["number"]: row["figures"]["people"] for row in board["board"]["rows"]}
    each = [rows[lot.variant.product.team.code] for lot in lots]
    (division,) = divisions["board"]["rows"]
    totals = contest["contest"]["totals"]
    assert division["figures"]["people"] == totals["people"]
    assert division["figures"]["personTimes"] == totals["personTimes"] == totals["people"]
    assert list(verify()) == []
    return each, totals["people"], totals["peopleInWords"]


@pytest.mark.parametrize(
    ("counts", "open_", "frozen"),
    [
        ((12, 13), (20, "20 or more"), (25, "25")),
        # One under ten alone would be what is left: it is in no sum.
        ((12, 8), (10, "10 or more"), (10, "10 or more")),
        ((12, 9, 0), (10, "10 or more"), (10, "10 or more")),
        ((8,), (None, "fewer than 10"), (None, "fewer than 10")),
        ((4, 5), (None, "fewer than 10"), (None, "fewer than 10")),
        # Two with ten between them are, in tens.
        ((12, 8, 9), (20, "20 or more"), (20, "20 or more")),
        ((8, 9), (10, "10 or more"), (10, "10 or more")),
    ],
)
def test_no_entry_under_ten_is_what_a_sum_leaves_of_the_others(counts, open_, frozen):
    told_each = [n // 10 * 10 or None for n in counts]
    assert many(*counts) == (told_each, *open_)


@pytest.mark.parametrize(
    ("counts", "all_", "words"),
    [
        ((12, 13), 25, "25"),
        ((12, 8), 10, "10 or more"),
        ((12, 8, 9), 20, "20 or more"),
        ((8,), None, "fewer than 10"),
    ],
)
def test_nor_at_the_freeze(counts, all_, words):
    each = [n if n >= 10 else None for n in counts]
    assert many(*counts, freeze_it=True) == (each, all_, words)


def test_a_person_of_two_entries_is_one_of_their_division():
    lots = [world.a_lot(units=100) for _ in range(2)]
    world.a_round(*(lot.variant.product.team for lot in lots))
    for person in [shelves.a_person() for _ in range(11)]:
        for lot in lots:
            world.pay(world.an_order((lot, 1), person=person))
    world.tomorrow()
    freeze()
    _, divisions, contest = told()
    (row,) = divisions["board"]["rows"]
    assert (row["figures"]["people"], row["figures"]["personTimes"]) == (11, 22)
    assert contest["contest"]["totals"]["people"] == 11


def test_the_rank_is_by_what_is_told(lot, team):
    lots = [world.a_lot(units=100) for _ in range(3)]
    Round.objects.all().delete()
    world.a_round(*(one.variant.product.team for one in lots))
    for one, n in zip(lots, (11, 13, 9), strict=True):
        buy(one, n)
    world.tomorrow()
    rows = answer("{ board(sort: PEOPLE) { rows { rank entry { number } figures { people } } } }")["board"][
        "rows"
    ]
    codes = [one.variant.product.team.code for one in lots]
    assert [(r["rank"], r["figures"]["people"]) for r in rows] == [(1, 10), (1, 10), (3, None)]
    assert [r["entry"]["number"] for r in rows] == [*sorted(codes[:2]), codes[2]]


def own_people(team, n):
    for _ in range(n):
        person = shelves.a_person()
        TeamMember.objects.create(team=team, person=person)
        yield person


def test_what_is_not_counted_is_told_of_the_round_alone_in_thousands_and_of_ten_people(lot, team):
    people = list(own_people(team, 10))
    for person in people[:9]:
        world.pay(world.an_order((lot, 4), person=person))
    world.tomorrow()
    assert answer(CONTEST)["contest"]["totals"]["excluded"] is None
    world.pay(world.an_order((lot, 4), person=people[9]))
    assert answer(CONTEST)["contest"]["totals"]["excluded"] is None
    world.tomorrow()
    totals = answer(CONTEST)["contest"]["totals"]
    assert (totals["excluded"], totals["excludedInWords"]) == ({"minor": 100_000}, "¥1,000.00 or more")
    _, divisions, _ = told()
    for figures in (entry(), divisions["board"]["rows"][0]["figures"]):
        assert figures["excluded"] is None
    freeze()
    totals = answer(CONTEST)["contest"]["totals"]
    assert (totals["excluded"], totals["excludedInWords"]) == ({"minor": 40 * 3690}, "¥1,476.00")


@pytest.mark.django_db(transaction=True)
def test_two_that_strike_at_once_and_a_fold_make_a_day_once():
    lot = world.a_lot(units=10_000)
    world.a_round(lot.variant.product.team)
    made = []

    def run():
        made.append(disclosure.disclose())
        connection.close()

    threads = [Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
        buy(lot, 3)
        standings.fold()
    for thread in threads:
        thread.join()
    assert sorted(made) == [0, 0, 0, 1]
    assert [*verify(), *verify_contest()] == []
