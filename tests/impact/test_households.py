"""Families behind the lots: proposed, verified by others, their names sealed; and who grew what."""

from functools import partial

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry
from catalog.models import Lot, TeamMember
from core.refusals import Conflict, Invalid, NotAllowed
from impact.actions import household, shares
from impact.actions.household import Proposal
from impact.models import (
    Account,
    Credit,
    DetailReading,
    Household,
    HouseholdDetail,
    LotShare,
    LotTally,
)
from impact.reads.household import team_has_verified_household
from impact.verify import verify
from tests.catalog import world as shelves
from tests.impact import world

pytestmark = pytest.mark.django_db
DETAILS = {"name": "向示例", "phone": "100-0000-0003", "bank_account": "示例 6222"}


@pytest.fixture
def team():
    return shelves.a_team()


@pytest.fixture
def family(team):
    return household.propose(Proposal(team, team.county, timezone.now(), DETAILS), shelves.a_person())


def test_a_name_is_sealed_in_the_database(family, owner):
    sealed = bytes(HouseholdDetail.objects.get().sealed)
    assert sealed.startswith(b"gAAAA")
    for text in DETAILS.values():
        assert text.encode() not in sealed
    assert str(family) == f"household {family.uid}"


def test_every_opening_of_details_is_written_down_with_its_purpose(family):
    operator = shelves.an_operator()
    assert household.open_details(family, operator, "回访核实") == DETAILS
    reading = DetailReading.objects.get()
    assert (reading.household, reading.reader, reading.purpose) == (family, operator, "回访核实")


def test_details_open_for_nobody_else_and_for_no_unnamed_purpose(family):
    with pytest.raises(NotAllowed):
        household.open_details(family, shelves.a_person(), "好奇")
    with pytest.raises(Invalid):
        household.open_details(family, shelves.an_operator(), " ")
    assert not DetailReading.objects.exists()


def test_without_a_familys_consent_there_is_no_proposal(team):
    with pytest.raises(Invalid):
        household.propose(Proposal(team, team.county, None), shelves.a_person())
    assert not Household.objects.exists()


def test_an_operator_verifies_and_the_team_may_list(family, team):
    assert team_has_verified_household(team).code == "HOUSEHOLD_NOT_VERIFIED"
    household.verify(family, shelves.an_operator())
    family.refresh_from_db()
    assert family.state == Household.State.VERIFIED and family.verified_at
    assert team_has_verified_household(team) is None
    assert list(AuditEntry.objects.order_by("pk").values_list("deed", flat=True)) == [
        "household.propose",
        "household.verified",
    ]


def test_nobody_verifies_households_of_her_own_team(family, team):
    operator = shelves.an_operator()
    TeamMember.objects.create(team=team, person=operator, role=TeamMember.Role.MEMBER)
    for by in (operator, shelves.a_person()):
        with pytest.raises(NotAllowed):
            household.verify(family, by)
    assert Household.objects.get().state == Household.State.PROPOSED


def test_who_was_of_the_team_yesterday_does_not_verify_its_households_today(family, team):
    operator = shelves.an_operator()
    TeamMember.objects.create(team=team, person=operator, ended_at=timezone.now())
    for deed in (
        household.verify,
        *(partial(d, reason="示例") for d in (household.reject, household.take_out)),
    ):
        with pytest.raises(NotAllowed):
            deed(family, operator)
    assert Household.objects.get().state == Household.State.PROPOSED


def test_a_decision_is_made_once(family):
    operator = shelves.an_operator()
    household.verify(family, operator)
    with pytest.raises(Conflict):
        household.verify(family, operator)


def test_who_withdraws_or_is_declined_leaves_no_name_behind(family, team):
    operator = shelves.an_operator()
    household.verify(family, operator)
    household.withdraw(family, operator)
    other = household.propose(Proposal(team, team.county, timezone.now(), DETAILS), None)
    household.reject(other, operator, "资料不全")
    assert not HouseholdDetail.objects.exists()
    assert team_has_verified_household(team)


def test_a_family_withdraws_before_anybody_has_verified_it(family):
    household.withdraw(family, None)
    assert Household.objects.get().state == Household.State.WITHDRAWN
    assert not HouseholdDetail.objects.exists()
    for deed in (household.verify, household.withdraw):
        with pytest.raises(Conflict):
            deed(family, shelves.an_operator())


@pytest.mark.parametrize("is_verified", [False, True])
def test_an_operator_lets_a_family_withdraw_whose_team_does_not(family, is_verified):
    operator = shelves.an_operator()
    if is_verified:
        household.verify(family, operator)
    desk = Client()
    desk.force_login(operator)
    chosen = {"action": "withdraw", "_selected_action": [family.pk]}
    desk.post("/operators/impact/household/", chosen)
    assert HouseholdDetail.objects.exists(), "what is final is looked at first"
    desk.post("/operators/impact/household/", {**chosen, "confirmed": "yes"})
    assert Household.objects.get().state == Household.State.WITHDRAWN
    assert not HouseholdDetail.objects.exists()
    assert AuditEntry.objects.get(deed="household.withdraw").actor == operator


def test_a_household_that_withdraws_keeps_what_is_set_aside_for_it():
    order = world.an_order((world.a_lot(), 2))
    world.pay(order)
    first = Household.objects.order_by("pk").first()
    household.withdraw(first, shelves.an_operator())
    assert world.shares_of(order) == world.WORKED_SHARES
    assert list(verify()) == []


def test_thousands_are_proposed_verified_and_given_shares_in_a_few_statements(
    team, django_assert_max_num_queries
):
    variant = shelves.a_variant(shelves.a_product(team))
    lots = [shelves.a_lot(variant, level=Lot.Level.SHARED) for _ in range(20)]
    operator = shelves.an_operator()
    with django_assert_max_num_queries(34):
        made = household.propose_many([Proposal(team, team.county, timezone.now(), DETAILS)] * 300, None)
        household.verify_many(made, operator)
        shares.share_out_many(
            [shares.Grown(lot, {h.pk: 1000 + n for n, h in enumerate(made)}) for lot in lots], None
        )
    assert LotShare.objects.count() == Credit.objects.count() == 6000
    assert Account.objects.filter(team=team).count() == 2 * len(lots)
    assert set(LotTally.objects.values_list("grams", flat=True)) == {sum(1000 + n for n in range(300))}


@pytest.mark.parametrize(
    ("level", "grams"),
    [
        (Lot.Level.POOL, []),
        (Lot.Level.POOL, [1000]),
        (Lot.Level.SHARED, [1000]),
        (Lot.Level.SHARED, [1000, 0]),
        (Lot.Level.SINGLE, [1000, 1000]),
        (Lot.Level.SINGLE, []),
    ],
)
def test_a_lots_level_says_how_many_grew_it(level, grams):
    lot = shelves.a_lot(level=level)
    grown = world.households(lot.variant.product.team, len(grams))
    with pytest.raises(Invalid):
        shares.share_out(lot, {h.pk: g for h, g in zip(grown, grams, strict=True)}, None)
    assert not LotShare.objects.exists() and not LotTally.objects.exists()


def test_shares_go_to_verified_households_of_the_lots_own_team(family):
    lot = shelves.a_lot(level=Lot.Level.SHARED)
    own, stranger = world.households(lot.variant.product.team, 1), world.households(shelves.a_team(), 1)
    for other in (stranger[0], family):
        with pytest.raises(Invalid):
            shares.share_out(lot, {own[0].pk: 1, other.pk: 1}, None)
    assert not LotShare.objects.exists()


def test_shares_are_set_once_and_before_the_first_sale():
    lot = world.a_lot([1, 2])
    two = world.households(lot.variant.product.team, 2)
    with pytest.raises(Conflict):
        shares.share_out(lot, {h.pk: 1 for h in two}, None)
    late = shelves.a_lot(lot.variant, level=Lot.Level.SHARED, units_available=99, units_reserved=1)
    with pytest.raises(Conflict):
        shares.share_out(late, {h.pk: 1 for h in two}, None)
    assert LotShare.objects.count() == 2


def test_only_a_manager_of_the_team_shares_its_lots_out():
    manager = shelves.a_person()
    team = shelves.a_team(manager=manager)
    lot = shelves.a_lot(shelves.a_variant(shelves.a_product(team)), level=Lot.Level.SHARED)
    two = {h.pk: 140_000 for h in world.households(team, 2)}  # 100 units of 2.8 kg
    with pytest.raises(NotAllowed):
        shares.share_out(lot, two, shelves.a_person())
    shares.share_out(lot, two, manager)
    assert LotShare.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "kilograms", "can_be"),
    [
        ("fresh", 187.5, False), ("fresh", 300, False), ("fresh", 14, False), ("fresh", 30, True), ("fresh", 17.5, True),
        ("fresh", 60, True), ("dry", 187.5, True), ("dry", 451, False), ("dry", 5, False), ("processed", 8, True),
    ],
)  # fmt: skip
def test_what_people_weigh_in_has_to_be_able_to_be_true(kind, kilograms, can_be):
    """A point in the wrong place would be final: 30 units of one kilogram do not come from 187.5."""
    manager = shelves.a_person()
    product = shelves.a_product(shelves.a_team(manager=manager), kind=kind)
    lot = shelves.a_lot(shelves.a_variant(product, weight_grams=1000), level=Lot.Level.SINGLE, units=30)
    (family,) = world.households(product.team, 1)
    if can_be:
        shares.share_out(lot, {family.pk: int(kilograms * 1000)}, manager)
    else:
        with pytest.raises(Invalid) as refused:
            shares.share_out(lot, {family.pk: int(kilograms * 1000)}, manager)
        assert refused.value.field == ("grams",)
        assert f"合计 {kilograms:g} 公斤" in str(refused.value) and "约 30 公斤" in str(refused.value)
    assert LotShare.objects.count() == LotTally.objects.count() == int(can_be)
