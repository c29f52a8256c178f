"""A committee judges under seal: opened together, without whoever is tied to an entry."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection

from accounts.models import Membership
from contest import sealing
from contest.actions import conflict as conflicts
from contest.actions import judge as judges
from contest.actions import sheet as sheets
from contest.models import Conflict, Judge, Opening, RoundPlan, Sheet
from contest.people import erase, export
from contest.reads import judging
from contest.verify.judging import verify
from core import clock
from core.refusals import Conflict as SomeoneElse
from core.refusals import Invalid, NotAllowed, NotFound, TooLate
from impact.actions import calling
from tests.catalog import world as shelves
from tests.contest import committee
from tests.contest.committee import KEYS, a_judge, entry_of, give
from tests.impact import world

pytestmark = pytest.mark.django_db
State, Kind = Conflict.State, Conflict.Kind


@pytest.fixture
def lot():
    return world.a_lot()


@pytest.fixture
def team(lot):
    return lot.variant.product.team


@pytest.fixture
def round_(team):
    return committee.a_judged_round(team, shelves.a_team())


@pytest.fixture
def entry(round_, team):
    return entry_of(team)


def mean(round_, entry):
    """What the committee gives it, as it is printed."""
    found = judging.means_of(round_).get(entry.pk)
    return found and round(found, 4)


def sheets_of_five(round_, entry):
    """80, 82, 84, 90 and J's 95."""
    five = [a_judge(round_) for _ in range(5)]
    for person, points in zip(five, (80, 82, 84, 90, 95), strict=True):
        give(person, entry, points)
    return five


def test_five_sheets_lose_their_highest_and_lowest(round_, entry):
    sheets_of_five(round_, entry)
    assert judging.means_of(round_) == {}, "nothing is told before the sheets are open"
    committee.close_judging()
    assert mean(round_, entry) == Decimal("85.3333")
    assert Opening.objects.get(round=round_).sheets == 5 and not list(verify())


def her_own_order(lot, judge):
    world.pay(world.an_order((lot, 1), person=judge))


def her_household_as_a_guest(lot, judge):
    judge.addresses.create(
        recipient="示例", phone="13800138001", region=committee.far_away(), street="示例路 9 号"
    )
    world.pay(world.an_order((lot, 1), phone="13800138001"))


def somebody_at_her_address(lot, judge):
    home = judge.addresses.create(
        recipient="示例", phone="13800138001", region=committee.far_away(), street="示例路 9 号"
    )
    world.pay(world.an_order((lot, 1), region=home.region, street=home.street))


def her_organisations_group(lot, judge):
    union = world.an_organisation(region=committee.far_away())
    Membership.objects.create(person=judge, organisation=union)
    world.a_group(lot, union)


def the_county_is_corrected_to_hers(lot, judge):
    team = lot.variant.product.team
    team.county = shelves.a_region("430182", "宁乡市", "Ningxiang", 3, committee.far_away().parent)
    team.save()
    Judge.objects.filter(person=judge).update(county=team.county)


def a_referral(lot, judge):
    world.pay(world.an_order((lot, 1), mobiliser_person=judge))


def an_organisation_in_the_county(lot, judge):
    Membership.objects.create(person=judge, organisation=world.an_organisation())


def a_colleague_is_of_the_team(lot, judge):
    union = world.an_organisation(region=committee.far_away())
    colleague = shelves.a_person()
    for person in (judge, colleague):
        Membership.objects.create(person=person, organisation=union)
    lot.variant.product.team.members.create(person=colleague)


def her_organisation_docks_with_the_team(lot, judge):
    union = world.an_organisation(region=committee.far_away())
    Membership.objects.create(person=judge, organisation=union)
    calling.docking_agreed(uuid4(), lot.variant.product.team, union)


TIES = {
    her_own_order: Kind.PURCHASE,
    her_household_as_a_guest: Kind.PURCHASE,
    somebody_at_her_address: Kind.PURCHASE,
    her_organisations_group: Kind.PURCHASE,
    the_county_is_corrected_to_hers: Kind.COUNTY,
    an_organisation_in_the_county: Kind.COUNTY,
    a_referral: Kind.REFERRAL,
    a_colleague_is_of_the_team: Kind.ORGANISATION,
    her_organisation_docks_with_the_team: Kind.DOCKING,
}


@pytest.mark.parametrize("tie", TIES, ids=lambda tie: tie.__name__)
def test_a_judge_who_is_tied_after_submitting_is_not_counted_and_her_seal_stays(round_, entry, lot, tie):
    *_, judge = sheets_of_five(round_, entry)
    seal = Sheet.objects.get(judge__person=judge).sha256
    assert not committee.is_hidden(judge, entry)
    tie(lot, judge)
    assert committee.is_hidden(judge, entry), "at once, before anybody has looked"
    committee.close_judging()
    assert mean(round_, entry) == Decimal("83.0000")
    sheet = Sheet.objects.get(judge__person=judge)
    assert (sheet.state, sheet.excluded_for, sheet.sha256) == ("excluded", "recused", seal)
    assert sheet.marks == dict.fromkeys(KEYS, "95"), "it stays on file"
    found = Conflict.objects.get(judge__person=judge, entry=entry)
    assert (found.kind, found.state) == (TIES[tie], State.SUSPECTED)
    assert not list(verify())


def test_what_is_waived_in_writing_counts(round_, entry, lot):
    *_, judge = sheets_of_five(round_, entry)
    her_own_order(lot, judge)
    conflicts.look_for_ties([committee.part_of(judge, round_)])
    found = Conflict.objects.get(judge__person=judge)
    organiser = committee.an_organiser()
    for empty in ("", "  "):
        with pytest.raises(Invalid):
            conflicts.waive(found, empty, organiser)
    conflicts.waive(found, "金额很小，评审前已公开", organiser)
    assert not committee.is_hidden(judge, entry)
    committee.close_judging()
    assert mean(round_, entry) == Decimal("85.3333") and not list(verify())


def test_a_waiver_names_nobody_and_comes_before_the_opening(round_, entry, lot):
    organiser = committee.an_organiser()
    *_, judge = sheets_of_five(round_, entry)
    judge.name = "张示例"
    judge.save()
    her_own_order(lot, judge)
    conflicts.look_for_ties([committee.part_of(judge, round_)])
    found = Conflict.objects.get(judge__person=judge)
    with pytest.raises(Invalid):
        conflicts.waive(found, "张示例 只买过一次", organiser)
    committee.close_judging()
    with pytest.raises(TooLate):
        conflicts.waive(found, "只买过一次", organiser)
    assert Conflict.objects.get().state == State.SUSPECTED and mean(round_, entry) == Decimal("83.0000")


def test_a_tie_known_to_the_organiser_alone_takes_a_sheet_out_after_the_opening_too(round_, entry):
    *_, judge = sheets_of_five(round_, entry)
    committee.close_judging()
    assert mean(round_, entry) == Decimal("85.3333")
    part, organiser = committee.part_of(judge, round_), committee.an_organiser()
    conflicts.name(part, entry, Kind.KINSHIP, "经核实", organiser)
    assert mean(round_, entry) == Decimal("83.0000") and not list(verify())
    with pytest.raises(SomeoneElse):
        conflicts.name(part, entry, Kind.KINSHIP, "经核实", organiser)


def test_nobody_decides_about_herself_or_a_team_of_hers(round_, entry, lot, team):
    *_, judge = sheets_of_five(round_, entry)
    her_own_order(lot, judge)
    conflicts.look_for_ties([committee.part_of(judge, round_)])
    found = Conflict.objects.get()
    organiser = committee.an_organiser()
    team.members.create(person=organiser)
    for whoever in (organiser, judge, shelves.a_person()):
        with pytest.raises(NotAllowed):
            conflicts.waive(found, "示例", whoever)
        with pytest.raises(NotAllowed):
            conflicts.confirm(found, whoever)
    assert Conflict.objects.get().state == State.SUSPECTED


def test_of_fewer_than_three_sheets_nothing_is_made_and_the_entry_is_named(round_, entry):
    for points in (70, 90):
        give(a_judge(round_), entry, points)
    assert judging.blocked(round_) == []
    committee.close_judging()
    assert judging.means_of(round_) == {}
    assert entry in judging.blocked(round_) and len(judging.blocked(round_)) == 2


def test_sheets_far_apart_are_to_be_looked_at_again(round_, entry):
    for points in (60, 85, 86):
        give(a_judge(round_), entry, points)
    committee.close_judging()
    assert judging.spreads(round_) == {entry.pk: Decimal(26)}


def test_criteria_are_averaged_each_by_itself_and_then_weighted(round_, entry):
    for points in ((80, 60, 70), (90, 70, 50), (70, 80, 90)):
        give(a_judge(round_), entry, points)
    committee.close_judging()
    assert mean(round_, entry) == Decimal("74.0000")  # 0.4·80 + 0.3·70 + 0.3·70


def test_nothing_is_shown_or_given_before_she_has_declared_her_ties(round_, entry):
    judge = committee.seated(round_)
    with pytest.raises(NotFound):
        give(judge, entry, 80)
    with pytest.raises(Invalid):
        judges.declare(round_.edition, judge, committee.far_away().code)
    judges.declare(round_.edition, judge, committee.far_away().code, is_complete=True)
    give(judge, entry, 80)


def test_she_lives_in_a_county_or_in_a_city_that_has_none(round_):
    judge, city = committee.seated(round_), shelves.a_region("441900", "东莞市", "Dongguan", 2, None)
    with pytest.raises(Invalid):
        judges.declare(round_.edition, judge, committee.far_away().parent.code, is_complete=True)
    judges.declare(round_.edition, judge, city.code, is_complete=True)
    assert committee.part_of(judge, round_).county == city


def test_a_team_that_she_names_is_gone_for_good_whether_known_or_not(round_, entry, team):
    by_name, by_code = a_judge(round_, f"不存在的队\n{team.name_zh}"), a_judge(round_, team.code.lower())
    for judge in (by_name, by_code):
        assert committee.is_hidden(judge, entry)
        assert entry not in judging.queue(committee.part_of(judge, round_), round_)
        found = Conflict.objects.get(judge__person=judge)
        assert (found.kind, found.state, found.is_declared) == (Kind.KINSHIP, State.CONFIRMED, True)
    assert committee.part_of(by_name, round_).declared_ties == f"不存在的队\n{team.name_zh}"


def test_a_submitted_sheet_stays_as_it_is(round_, entry):
    judge = a_judge(round_)
    sheets.save(entry.uid, {"benefit": 40}, "先记下", judge)
    with pytest.raises(Invalid):
        sheets.submit(entry.uid, {"benefit": 40}, "", judge)
    give(judge, entry, 80, "可靠")
    before = Sheet.objects.values().get()
    for deed in (sheets.save, sheets.submit):
        with pytest.raises(SomeoneElse):
            deed(entry.uid, committee.marks(90), "", judge)
    assert Sheet.objects.values().get() == before


@pytest.mark.parametrize("wrong", [{"benefit": 101}, {"benefit": -1}, {"benefit": True}, {"luck": 5}])
def test_marks_are_whole_points_of_the_rulebooks_criteria(round_, entry, wrong):
    with pytest.raises(Invalid):
        sheets.save(entry.uid, wrong, "", a_judge(round_))
    assert not Sheet.objects.exists()


def test_the_last_moment_counts_and_the_next_does_not(round_, entry):
    judge, late = a_judge(round_), a_judge(round_)
    plan = RoundPlan.objects.get(round=round_)
    clock.stand_at(plan.judging_closes_at - timedelta(seconds=30))
    give(judge, entry, 80)
    clock.stand_at(plan.judging_closes_at)
    with pytest.raises(TooLate):
        give(late, entry, 80)
    assert Sheet.objects.count() == 1


def test_sheets_are_opened_once_and_drafts_are_left(round_, entry):
    judge = a_judge(round_)
    sheets.save(entry.uid, committee.marks(50), "", judge)
    give(a_judge(round_), entry, 80)
    committee.close_judging()
    assert sheets.open_due() == 0 and Opening.objects.get().sheets == 1
    assert set(Sheet.objects.values_list("state", flat=True)) == {"draft", "counted"}


def test_once_sheets_are_open_no_other_time_lets_anybody_mark_again(round_, entry):
    late = a_judge(round_)
    give(a_judge(round_), entry, 80)
    committee.close_judging()
    RoundPlan.objects.filter(round=round_).update(judging_closes_at=clock.now() + timedelta(days=9))
    for deed in (sheets.save, sheets.submit):
        with pytest.raises(TooLate):
            deed(entry.uid, committee.marks(90), "", late)
    assert Sheet.objects.count() == 1 and sheets.open_due() == 0


def test_a_sheet_under_seal_is_not_read_from_the_database_and_not_found_by_trying(round_, entry):
    give(a_judge(round_), entry, (71, 72, 73), "出色的示范")
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(s)::text FROM contest_sheet s")
        (row,) = cursor.fetchone()
    assert "benefit" not in row and "出色" not in row
    sheet = Sheet.objects.select_related("judge", "entry").get()
    given = sealing.open_up(sheet.sealed)
    assert given["marks"] == {"benefit": "71", "feasible": "72", "participation": "73"}
    assert len(bytes.fromhex(given["nonce"])) * 8 >= 128
    # Whoever knows everything but the nonce, the marks too, does not find the seal.
    assert sealing.sha256_of(sheet.judge.uid, entry.uid, {**given, "nonce": ""}) != sheet.sha256
    assert sealing.sha256_of(sheet.judge.uid, entry.uid, given) == sheet.sha256


def test_the_same_marks_twice_have_two_seals(round_, entry):
    first, second = (give(a_judge(round_), entry, 80) for _ in range(2))
    assert first.sha256 != second.sha256


def test_a_sheet_that_differs_from_its_published_seal_is_refused_and_named(round_, entry):
    *_, judge = sheets_of_five(round_, entry)
    sheet = Sheet.objects.get(judge__person=judge)
    other = sealing.open_up(sheet.sealed) | {"marks": dict.fromkeys(KEYS, "100")}
    Sheet.objects.filter(pk=sheet.pk).update(sealed=sealing.close(other))
    assert [offence.id for offence in verify()] == [sheet.pk]
    committee.close_judging()
    sheet.refresh_from_db()
    assert (sheet.state, sheet.excluded_for) == ("excluded", "altered")
    assert mean(round_, entry) == Decimal("83.0000")


def test_an_opened_sheet_that_is_changed_is_named(round_, entry):
    five = sheets_of_five(round_, entry)
    committee.close_judging()
    sheet = Sheet.objects.get(judge__person=five[0])
    Sheet.objects.filter(pk=sheet.pk).update(marks=dict.fromkeys(KEYS, "99"))
    assert [offence.id for offence in verify()] == [sheet.pk]


def test_a_conflicted_sheet_that_is_counted_is_named(round_, entry):
    *_, judge = sheets_of_five(round_, entry)
    committee.close_judging()
    Conflict.objects.create(judge=committee.part_of(judge, round_), entry=entry, kind=Kind.PURCHASE)
    (offence,) = verify()
    assert offence.rule == "INV-15" and offence.id == Sheet.objects.get(judge__person=judge).pk


def test_whoever_is_no_judge_any_more_when_they_are_opened_is_not_counted(round_, entry):
    from accounts.actions import appointment

    *_, judge = sheets_of_five(round_, entry)
    appointment.end(judge.appointments.get(), None, "示例")
    committee.close_judging()
    assert Sheet.objects.get(judge__person=judge).excluded_for == "left"
    assert mean(round_, entry) == Decimal("83.0000")


def test_the_order_of_a_queue_is_her_own(round_):
    teams = [shelves.a_team() for _ in range(6)]
    other = committee.a_judged_round(*teams)
    orders = {
        tuple(e.pk for e in judging.queue(committee.part_of(a_judge(other), other), other)) for _ in range(4)
    }
    assert len(orders) > 1 and {frozenset(order) for order in orders} == {
        frozenset(entry_of(team).pk for team in teams)
    }


def test_her_own_data_tell_a_judge_nothing_of_what_ties_her_and_are_forgotten_with_her(round_, entry, lot):
    judge = a_judge(round_, "示例甲队")
    give(judge, entry, 91, "出色")
    before = export(judge)
    her_own_order(lot, judge)
    conflicts.look_for_ties([committee.part_of(judge, round_)])
    (told,) = export(judge)["judged"]
    assert told == before["judged"][0] and told["declared_ties"] == "示例甲队"
    assert "marks" not in told["sheets"][0] and "出色" not in str(told)
    committee.close_judging()
    assert export(judge)["judged"][0]["sheets"][0]["marks"] == dict.fromkeys(KEYS, "91")
    erase(judge)
    part = committee.part_of(judge, round_)
    assert (part.county, part.declared_ties) == (None, "") and Sheet.objects.count() == 1


# --- Strict judges and mild ones --------------------------------------------------------------------
