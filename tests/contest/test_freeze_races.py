"""Purchases, refunds and a freeze at one moment: each is in the snapshot or beside it, and the snapshot is the fold to its number."""

from datetime import timedelta
from threading import Event

import pytest
from django.db import connection
from django.db.models import Sum

from contest.actions import freeze
from contest.models import Adjustment, Snapshot
from core import clock
from impact.actions import gate, standings
from impact.models import Round, Support
from impact.reads.figures import recompute
from tests.catalog import world as shelves
from tests.contest.rounds import by_a_rulebook, row_of
from tests.figures import FULL, figure, full
from tests.impact import world
from tests.impact.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
MOMENT = timedelta(milliseconds=25)  # in which the deeds are under way
DEEDS = 2  # of each who buys or gives back
PRICE = 3690


def a_trial(lot):
    """What differs after one: of the fold to the snapshot's number, and of what is neither in it nor beside it."""
    team = lot.variant.product.team
    round_ = world.a_round(team, days=(-2, 1, 1))
    by_a_rulebook(round_)
    entry = round_.entries.get(team=team)
    buyer = shelves.a_person()
    bought = [world.an_order((lot, 1), person=buyer) for _ in range(4 * DEEDS)]
    repaid, waiting = bought[: 2 * DEEDS], bought[2 * DEEDS :]
    for order in repaid:
        world.pay(order)
    ends_at = clock.now() + MOMENT
    Round.objects.filter(pk=round_.pk).update(closes_at=ends_at, freezes_at=ends_at)

    def pay(orders):
        for order in orders:
            world.pay(order)

    def repay(orders):
        for order in orders:
            world.refund(order, (order.lines.get(), PRICE))

    def freeze_it():
        while not freeze.freeze_due():
            pass

    at_once(
        [
            lambda: pay(waiting[:DEEDS]),
            lambda: pay(waiting[DEEDS:]),
            lambda: repay(repaid[:DEEDS]),
            lambda: repay(repaid[DEEDS:]),
            standings.fold,
            freeze_it,
        ]
    )
    snapshot = Snapshot.objects.get(round=round_)
    told = row_of(snapshot, entry)["net_minor"]
    folded = recompute(round_, snapshot.number)
    standings.fold()
    all_of_it = _sum(Support.objects.filter(entry=entry))
    taken_back = _sum(Support.objects.filter(entry=entry, amount_minor__lt=0))
    beside = _sum(Adjustment.objects.filter(entry=entry))
    return told - folded[entry.pk].net_minor, all_of_it - told, 2 * DEEDS * PRICE + taken_back - beside


def _sum(rows):
    return rows.aggregate(sum=Sum("amount_minor"))["sum"] or 0


@pytest.mark.proof
def test_whatever_races_a_freeze_is_on_one_side_of_it():
    lot = world.a_lot(units=10_000)
    trials = [a_trial(lot) for _ in range(full(200, 8))]
    assert trials == [(0, 0, 0)] * len(trials)
    assert not Adjustment.objects.exclude(amount_minor=PRICE).exists()
    if FULL:
        figure("contest/freeze", f"{len(trials)} freezes among purchases and refunds: each on one side of it")


def a_payment_overtaken(lot, monkeypatch, moment):
    """What differs where somebody has looked at the clock, and the round freezes before she has committed."""
    team = lot.variant.product.team
    round_ = world.a_round(team, days=(-2, 1, 1))
    by_a_rulebook(round_)
    order = world.an_order((lot, 1), person=shelves.a_person())
    # The clock is moved on once she has looked: however busy the machine is, she was in time.
    ends_at = clock.now() + timedelta(minutes=5)
    Round.objects.filter(pk=round_.pk).update(closes_at=ends_at, freezes_at=ends_at)
    looked, go_on, done = Event(), Event(), Event()

    def moment_and_wait(freezes, now):
        found = moment(freezes, now)
        looked.set()
        assert go_on.wait(10)
        return found

    monkeypatch.setattr(gate, "moment", moment_and_wait)

    def freeze_it():
        assert looked.wait(10)
        clock.stand_at(ends_at + timedelta(seconds=1))
        while not freeze.freeze_due():
            pass
        done.set()

    def let_her_go_on():
        while not done.is_set() and not _somebody_waits_at_the_gate():
            pass
        go_on.set()

    at_once([lambda: world.pay(order), freeze_it, let_her_go_on])
    standings.fold()
    entry = round_.entries.get(team=team)
    told = row_of(Snapshot.objects.get(round=round_), entry)["net_minor"]
    return _sum(Support.objects.filter(entry=entry)) - told


def _somebody_waits_at_the_gate():
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = %s AND NOT granted", [gate.GATE]
        )
        return cursor.fetchone() is not None


def test_whoever_has_looked_at_the_clock_is_waited_for(monkeypatch):
    assert a_payment_overtaken(world.a_lot(), monkeypatch, gate.moment) == 0


def test_without_the_gate_what_she_paid_is_on_neither_side(monkeypatch):
    """The control."""
    assert a_payment_overtaken(world.a_lot(), monkeypatch, lambda freezes, now: now) == PRICE
