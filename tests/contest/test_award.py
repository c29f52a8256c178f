"""An award is proposed by one, approved by another, held while pre-sale has not come, handed over with evidence."""

import time
from datetime import timedelta

import pytest

from contest.actions import award as awards
from contest.actions import engagement, reexamination, referral
from contest.actions import result as results
from contest.actions.edition import archive
from contest.models import Award, RoundPlan
from contest.reads import outcome
from contest.reads.award import held_because
from contest.scoring.rulebook import default_parameters
from core import clock
from core.refusals import Conflict, Invalid, NotAllowed, TooLate
from impact.models import Entry
from orders.models import Shipment
from tests.catalog import world as shelves
from tests.contest.rounds import a_field
from tests.contest.scores import golden
from tests.impact import world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
TITLE = ("示例奖", "Demo award")


@pytest.fixture
def field(monkeypatch):
    made = a_field(monkeypatch, teams=3, advances=1)
    made.scoring((80, 60), (50, 40), (90, 70))
    return made


@pytest.fixture
def best(field) -> Entry:
    """The best entry of the final result."""
    return finished(field)


def finished(field) -> Entry:
    """Its best, once the result is final."""
    field.freeze()
    field.publish()
    field.window_over()
    assert results.finalise_due() == 1
    return field.entries[2]


def test_none_is_given_before_the_result_is_final(field):
    field.freeze()
    field.publish()
    with pytest.raises(TooLate):
        awards.propose(field.entries[2], field.organiser, TITLE, 0)


def test_whoever_proposes_it_does_not_approve_it(field, best):
    made = awards.propose(best, field.organiser, TITLE, 15_000_000)
    with pytest.raises(Conflict):
        awards.propose(best, field.organiser, TITLE, 0)
    with pytest.raises(NotAllowed):
        awards.approve(made, field.organiser)
    with pytest.raises(Conflict):
        awards.deliver(made, field.organiser, "paper 1")
    awards.approve(made, shelves.an_operator())
    with pytest.raises(Invalid):
        awards.deliver(made, field.organiser, " ")
    awards.note(made, field.organiser, "Asked for the receipt.")
    done = awards.deliver(Award.objects.get(), field.organiser, "Receipt 示例 1")
    assert (done.state, done.rank, done.money_minor, done.evidence) == (
        "delivered",
        1,
        15_000_000,
        "Receipt 示例 1",
    )
    with pytest.raises(Conflict):
        awards.withdraw(done, field.organiser, "Too late")


def test_presale_that_did_not_come_holds_it_until_95_in_a_hundred_have(field, best):
    made = awards.propose(best, field.organiser, TITLE, 100)
    awards.approve(made, shelves.an_operator())
    day = clock.today()
    lot = world.a_lot(
        units=500,
        variant=shelves.a_variant(shelves.a_product(team=best.team)),
        ship_by=day - timedelta(days=16),
    )
    before = clock.now()
    clock.stand_at(best.round.opens_at + timedelta(days=1))
    orders = [world.an_order((lot, 1), person=shelves.a_person()) for _ in range(20)]
    for order in orders:
        world.pay(order)
    clock.stand_at(before)
    parcels = Shipment.objects.filter(order__in=orders).order_by("pk")
    parcels.update(ship_by=day - timedelta(days=15))
    assert held_because(made) is None  # not overdue yet
    parcels.update(ship_by=day - timedelta(days=16))
    parcels.filter(pk__in=[p.pk for p in parcels[:18]]).update(state=Shipment.State.DELIVERED)
    assert "18" in str(held_because(made))
    with pytest.raises(Conflict):
        awards.deliver(made, field.organiser, "Receipt")
    parcels.filter(pk=parcels[18].pk).update(state=Shipment.State.DELIVERED)
    assert held_because(made) is None


def test_it_is_held_while_the_result_is_looked_at_or_says_another_rank(field, best):
    made = awards.propose(best, field.organiser, TITLE, 100)
    opened = reexamination.open_(best, "refunds", 5)
    assert held_because(made) is not None
    reexamination.dismiss(opened, field.organiser, "It stays.")
    assert held_because(made) is None
    field.scoring((99, 99), (50, 40), (90, 70))
    results.supersede(field.round, field.organiser, "Others now.")
    assert "2" in held_because(made).in_language("en")


def test_an_edition_is_archived_once_its_awards_are_handed_over_and_nothing_is_done_in_it_then(field):
    RoundPlan.objects.filter(round=field.round).update(into=None)
    field.into.delete()
    best = finished(field)
    made = awards.propose(best, field.organiser, TITLE, 0)
    awards.approve(made, shelves.an_operator())
    with pytest.raises(Conflict):
        archive(field.round.edition, field.organiser)
    awards.deliver(made, field.organiser, "paper 1")
    archive(field.round.edition, field.organiser)
    for deed in (
        lambda: results.supersede(field.round, field.organiser, "示例"),
        lambda: engagement.give(shelves.a_person(), best, "like"),
        lambda: referral.make(shelves.a_person(), entry=best),
    ):
        with pytest.raises(Conflict, match="已存档"):
            deed()


def test_all_scores_of_72_are_computed_within_a_second(field):
    rules = default_parameters()
    one = golden()[0]
    entries = [
        Entry(pk=n, number=f"E{n:02}", team=field.entries[0].team, approved_at=clock.now())
        for n in range(1, 73)
    ]
    inputs = {
        e.pk: type(one)(**{**vars(one), "entry_id": e.pk, "amount_minor": e.pk * 100_000}) for e in entries
    }
    begun = time.perf_counter()
    rows = outcome.rows_for(entries, inputs, dict.fromkeys(inputs, ("", "")), outcome.Terms(rules, "seed", 6))
    assert time.perf_counter() - begun < 1
    assert [row.rank for row in rows] == list(range(1, 73)) and sum(row.advances for row in rows) == 6
