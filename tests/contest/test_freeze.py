"""A round is taken down once, at its freeze; what comes later stands beside it."""

from datetime import timedelta

import pytest

from catalog.models import TeamMember
from contest.actions import freeze
from contest.models import Adjustment, ReExamination, Snapshot
from contest.reads.inputs import inputs_of
from contest.scoring.encoded import as_json
from core import clock
from impact.actions import standings
from impact.models import Round, Support, SupportNumber
from tests.catalog import world as shelves
from tests.contest.rounds import by_a_rulebook, follow, frozen, row_of
from tests.impact import world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
REFUNDS, QUALITY, FRAUD = ReExamination.Cause.REFUNDS, ReExamination.Cause.QUALITY, ReExamination.Cause.FRAUD


@pytest.fixture
def entry(team):
    round_ = Round.objects.get()
    by_a_rulebook(round_)
    return team.entries.get()


def buy(lot, units=1, **fields):
    order = world.an_order((lot, units), person=shelves.a_person(), **fields)
    world.pay(order)
    return order


def give_back(order, minor):
    made = world.refund(order, (order.lines.get(), minor))
    follow()
    return made


def causes(entry):
    return {one.cause: one.state for one in ReExamination.objects.filter(entry=entry)}


def test_a_round_is_frozen_once_with_what_was_given_back_until_then(lot, entry):
    order, _ = buy(lot, 3), buy(lot)
    give_back(order, 3690)
    assert freeze.freeze_due() == 0  # not yet
    snapshot = frozen(entry.round)
    assert freeze.freeze_due() == 0
    assert Snapshot.objects.count() == 1
    assert row_of(snapshot, entry)["net_minor"] == row_of(snapshot, entry)["amount_minor"] == 3 * 3690
    assert snapshot.number == SupportNumber.objects.latest("number").number == 3
    assert snapshot.rulebook_sha256 == snapshot.rulebook.sha256
    assert snapshot.until == entry.round.freezes_at


def test_a_round_without_a_frozen_rulebook_is_not_frozen(lot, team):
    clock.move(timedelta(days=30))
    assert freeze.freeze_due() == 0


def test_a_late_refund_stands_beside_the_snapshot_and_never_in_it(lot, entry):
    order, _ = buy(lot, 2), buy(lot, 30)
    snapshot = frozen(entry.round)
    before = row_of(snapshot, entry)
    give_back(order, 1000)
    standings.fold()
    (beside,) = Adjustment.objects.all()
    assert (beside.entry, beside.order_uid, beside.amount_minor, beside.kind) == (
        entry,
        order.uid,
        1000,
        "refund",
    )
    assert not Support.objects.filter(amount_minor__lt=0).exists()
    assert row_of(Snapshot.objects.get(), entry) == before
    again = inputs_of(entry.round, snapshot.number, snapshot.until)[entry.pk]
    assert as_json(again) == before
    assert causes(entry) == {}


def test_a_tenth_given_back_since_the_freeze_is_looked_at_once_more(lot, entry):
    order = buy(lot, 10)
    frozen(entry.round)
    give_back(order, 3689)
    assert causes(entry) == {}
    give_back(order, 1)
    assert causes(entry) == {REFUNDS: "open"}
    (opened,) = ReExamination.objects.all()
    assert opened.refunded_minor == 3690


def test_any_refund_for_quality_or_fraud_is_looked_at_once_more(lot, entry):
    # In 30 units a payer: what goes beyond is held.
    first, second, *_ = buy(lot), buy(lot), *(buy(lot, 30) for _ in range(4))
    frozen(entry.round)
    world.refund(first, (first.lines.get(), 1), reason="claim")
    follow()
    assert causes(entry) == {QUALITY: "open"}
    world.lose_dispute(second)
    follow()
    assert causes(entry) == {QUALITY: "open", FRAUD: "open"}


def test_what_was_given_back_before_beat_took_the_snapshot_is_looked_at_with_it(lot, entry):
    order = buy(lot)
    clock.stand_at(entry.round.freezes_at)
    give_back(order, 3690)
    assert causes(entry) == {}
    snapshot = frozen(entry.round)
    assert row_of(snapshot, entry)["net_minor"] == 3690
    assert causes(entry) == {REFUNDS: "open"}


def test_what_the_teams_own_bought_is_no_adjustment(lot, team, entry):
    manager = shelves.a_person()
    TeamMember.objects.create(team=team, person=manager)
    order = world.an_order((lot, 1), person=manager)
    world.pay(order)
    frozen(entry.round)
    give_back(order, 3690)
    assert not Adjustment.objects.exists()


def test_a_clock_that_is_set_back_before_anything_was_published_frees_the_round(lot, entry):
    buy(lot)
    first = frozen(entry.round)
    clock.stand_at(entry.round.closes_at - timedelta(days=1))
    assert freeze.freeze_due() == 0
    buy(lot)
    second = frozen(entry.round)
    first.refresh_from_db()
    assert first.voided_at is not None
    assert (row_of(first, entry)["net_minor"], row_of(second, entry)["net_minor"]) == (3690, 7380)
