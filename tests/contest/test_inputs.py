"""What a round's scores are computed from: each entry's inputs, against figures that were worked out by hand."""

from datetime import timedelta

import pytest

from accounts.models import Region
from catalog.models import Lot, TeamMember
from contest.reads.inputs import inputs_of
from contest.scoring.inputs import Inputs
from core import clock
from impact.actions import standings
from impact.models import Round
from impact.reads.figures import LATEST
from tests.catalog import world as shelves
from tests.contest import buying
from tests.contest.buying import a_group, at_risk, buy, hand_out, inputs, people, ten_others
from tests.impact import world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]


@pytest.fixture
def lot(noon) -> Lot:
    return buying.a_lot()


def test_the_inputs_of_an_entry_are_those_worked_out_by_hand(lot, django_assert_num_queries):
    team = lot.variant.product.team
    p, friend = people(13), shelves.a_person()
    one, two, three = (world.an_organisation() for _ in range(3))
    for n, buyer in enumerate(p[:9]):
        where = {4: "440106", 5: "440106", 6: "440106", 7: "429004", 8: "429004"}.get(n, "420527")
        buy(lot, person=buyer, region=Region.objects.get(code=where))
    for day in (0, 0, *range(7)):
        buy(lot, person=p[9], days_ago=day)
    buy(lot, 200, person=p[10])  # 7,380.00, of which 5,000.00 count
    buy(lot, 2500, person=p[11], organisation=one)  # 92,250.00, of which 90,000.00
    buy(lot, 2)  # by nobody that is known
    buy(
        lot, 1100, person=p[12], mobiliser_person=friend
    )  # 40,590.00: 5,000.00 of hers, 40,000.00 of the friend's call
    buy(lot, person=p[0], mobiliser_organisation=two)  # 36.90 are no 500
    buy(lot, 14, days_ago=1, person=p[1], mobiliser_organisation=three)
    manager = shelves.a_person()
    TeamMember.objects.create(team=team, person=manager)
    buy(lot, 5, person=manager)
    gone = buy(lot, days_ago=2, person=p[2])
    world.refund(gone, (gone.lines.get(), 3690))
    part = buy(lot, 3, days_ago=3, person=p[3])
    world.refund(part, (part.lines.get(), 3690))
    at_risk(team, 10)
    standings.fold()
    with django_assert_num_queries(14):
        (found,) = inputs_of(Round.objects.get(), LATEST, clock.now()).values()
    assert found == Inputs(
        entry_id=team.entries.get().pk,
        households=10,
        household_share_bps=5000,
        at_risk_share_bps=8000,
        amount_minor=10_136_530,
        net_minor=14_158_530,
        person_times=19,
        mobilised_minor=4_055_350,
        organisations=2,
        areas=2,
        people=13,
        further={"people_most": 13},
    )
    assert world.figures(team)[:5] == (14_158_530, 19, 13, 2, 4_114_350), "the fold's own figures, uncapped"


def test_persons_count_from_ten_on(lot):
    for buyer in people(9):
        buy(lot, person=buyer)
        buy(lot, person=buyer, days_ago=1)
    few = inputs(lot)
    assert (few.person_times, few.people, few.areas, few.net_minor) == (0, 0, 1, 18 * 3690)
    buy(lot, person=shelves.a_person())
    assert (inputs(lot).person_times, inputs(lot).people) == (19, 10)


def test_of_those_at_risk_nothing_is_told_while_they_are_under_ten(lot):
    team = lot.variant.product.team
    buy(lot, 20, person=shelves.a_person())
    at_risk(team, 9)
    assert inputs(lot).at_risk_share_bps == 0
    at_risk(team, 12)
    assert (inputs(lot).at_risk_share_bps, inputs(lot).households) == (10_000, 10)


def test_fewer_than_ten_households_are_none():
    lot = world.a_lot([100_000] * 9)
    world.a_round(lot.variant.product.team)
    buy(lot, 20)
    assert (inputs(lot).households, inputs(lot).household_share_bps) == (0, 5000)


def test_a_groups_seats_count_when_they_are_handed_out_to_members_who_chose(lot):
    ten_others(lot)
    assert inputs(lot).person_times == 10
    made = a_group(lot, *people(6), None, None)
    assert inputs(lot).person_times == 11, "the whole order once"
    hand_out(*made[:1], *made[6:])
    assert inputs(lot).person_times == 11, (
        "whom nobody knows did not choose: her coordinator alone ticked her"
    )
    hand_out(*made[1:6])
    assert (inputs(lot).person_times, inputs(lot).people) == (16, 16)
    world.prove(made[6])
    assert (inputs(lot).person_times, inputs(lot).people) == (17, 17), "she says that it is hers"


def test_what_is_handed_out_after_the_freeze_counts_no_more(lot):
    ten_others(lot)
    made = a_group(lot, *people(3))
    frozen = clock.now() + timedelta(minutes=5)
    before = inputs(lot, frozen)
    clock.move(timedelta(minutes=10))
    hand_out(*made)
    assert inputs(lot, frozen) == before
    assert inputs(lot).person_times == before.person_times + 2


def test_who_sits_twice_in_a_group_is_one_and_who_gives_back_is_none(lot):
    ten_others(lot)
    one, two = people(2)
    made = a_group(lot, one, one, one, two)
    hand_out(*made)
    assert inputs(lot).person_times == 12
    world.refund(made[3], (made[3].lines.get(), 3690))
    assert inputs(lot).person_times == 11


def test_a_groups_members_pay_each_for_herself(lot):
    """200 units of one colleague are 5,000.00 at most, whatever organisation she belongs to."""
    buyers = people(2)
    made = a_group(lot, *buyers, units=200)
    assert [o.mobiliser_organisation_id for o in made] == [made[0].mobiliser_organisation_id] * 2
    assert (inputs(lot).amount_minor, inputs(lot).mobilised_minor) == (1_000_000, 2 * 738_000)
