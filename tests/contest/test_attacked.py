"""What was tried to win by: between two versions of a result, at the last second, after it, and by those of a team."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog.models import TeamMember
from contest.actions import approval, ceremony, leaving, reexamination, rulebook, twins
from contest.actions import award as awards
from contest.actions import case as cases
from contest.actions import entry as entries
from contest.actions import objection as objections
from contest.actions import result as results
from contest.actions import round as rounds
from contest.actions.tally import retally
from contest.models import Case, Ceremony, OutsideTally, ReExamination, Registration, Result
from contest.reads.award import held_because
from contest.reads.channels import channels
from contest.reads.outside import accepted
from contest.reads.result import published
from contest.verify.outside import verify
from contest.verify.result import verify as verify_results
from core import clock
from core.refusals import Conflict, Invalid, NotAllowed, TooLate
from shop.web.sheet import sheet
from tests.accounts.world import a_person
from tests.catalog import world as shelves
from tests.contest import outside
from tests.contest.rounds import a_field, by_a_rulebook
from tests.impact import world

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
Live = Registration.State.LIVE


@pytest.fixture
def field(monkeypatch):
    made = a_field(monkeypatch, teams=4, advances=2)
    made.scoring((80, 60), (50, 40), (90, 70), (20, 20))
    return made


@pytest.fixture
def out(field):
    field.freeze()
    return field.publish()


def in_the_next(field) -> dict[str, str]:
    rows = Registration.objects.filter(round=field.into)
    return {one.advanced_from.number: one.state for one in rows}


def a_manager(entry):
    person = shelves.a_person()
    shelves.works_at(entry.team, person)
    return person


def test_whom_the_committee_picked_goes_on_by_the_next_version_too(field):
    field.plan(picks=1)
    field.freeze()
    field.publish()
    results.pick(field.round, "E04", field.organiser, "A place that nobody else tells of.")
    field.window_over()
    results.finalise_due()
    second = results.supersede(field.round, field.organiser, "A sum was wrong.")
    assert list(second.picked.values_list("entry__number", "words")) == [
        ("E04", "A place that nobody else tells of.")
    ]
    assert in_the_next(field) == {"E03": Live, "E04": Live}
    field.scoring(
        (80, 60), (50, 40), (90, 70), (95, 95)
    )  # it goes on by its own rank: nothing is left to pick
    third = results.supersede(field.round, field.organiser, "Another.")
    assert not third.picked.exists() and in_the_next(field) == {"E03": "withdrawn", "E04": Live}


def test_whom_one_version_left_out_and_the_next_sends_on_takes_part_again(field, out):
    field.window_over()
    results.finalise_due()
    field.scoring((80, 60), (95, 95), (10, 10), (20, 20))
    results.supersede(field.round, field.organiser, "Entry 3 gave it back.")
    assert in_the_next(field) == {"E03": "withdrawn", "E01": Live, "E02": Live}
    field.scoring((80, 60), (50, 40), (90, 70), (20, 20))
    results.supersede(field.round, field.organiser, "It had not.")
    assert in_the_next(field) == {"E03": Live, "E01": Live, "E02": "withdrawn"}
    taking_part = field.into.entries.filter(approved_at__isnull=False)
    assert set(taking_part.values_list("team", flat=True)) == {
        field.entries[2].team_id,
        field.entries[0].team_id,
    }


def test_what_is_upheld_after_another_version_is_answered_by_one_more(field, out):
    made = objections.file(field.entries[1], a_manager(field.entries[1]), "The sum is wrong.")
    results.supersede(field.round, field.organiser, "For another reason.")
    objections.answer(made, field.organiser, True, "It is.")
    field.window_over()
    assert results.finalise_due() == 0
    with pytest.raises(Conflict):
        results.finalise(field.round)
    results.supersede(field.round, field.organiser, "The sum of entry 2 is right now.")
    field.window_over()
    assert results.finalise_due() == 1


def test_whoever_objects_holds_what_makes_the_result_final(field, out):
    with CaptureQueriesContext(
        connection,
    ) as said:
        objections.file(field.entries[1], a_manager(field.entries[1]), "At the last second.")
    locks = [
        n for n, one in enumerate(said) if "contest_roundplan" in one["sql"] and "FOR UPDATE" in one["sql"]
    ]
    reads = [
        n for n, one in enumerate(said) if one["sql"].startswith("SELECT") and "contest_result" in one["sql"]
    ]
    assert len(locks) == 1 and locks[0] < min(reads)


def test_who_is_out_since_does_not_go_on_by_what_was_dismissed_before(field, out):
    field.out(1, "suspended")
    field.window_over()
    assert results.finalise_due() == 0
    for opened in ReExamination.objects.all():
        reexamination.dismiss(opened, field.organiser, "It only rests.")
    field.out(1, "disqualified")
    assert results.finalise_due() == 0 and published(field.round).state == Result.State.PROVISIONAL
    with pytest.raises(Conflict):
        results.finalise(field.round)
    results.supersede(field.round, field.organiser, "Entry 1 is disqualified.")
    field.window_over()
    assert results.finalise_due() == 1 and in_the_next(field) == {"E03": Live, "E02": Live}


def test_an_award_of_whom_was_disqualified_since_is_held(field, out):
    field.window_over()
    results.finalise_due()
    other = shelves.an_operator()
    award = awards.propose(field.entries[2], field.organiser, ("一等奖", "First"), 100)
    awards.approve(award, other)
    assert held_because(award) is None
    field.out(3, "disqualified")
    with pytest.raises(Conflict):
        awards.deliver(award, field.organiser, "receipt 1")


def test_an_appeal_in_a_case_lifts_no_disqualification_for_another_reason(field):
    entry, judge, another = field.entries[0], field.organiser, shelves.an_operator()
    field.out(1, "disqualified")
    case = Case.objects.create(
        round=field.round,
        entry=entry,
        rule="F3",
        subject="s",
        effect="exclude",
        evidence={},
        opened_at=clock.now(),
    )
    cases.decide(case, "disqualified", Case.REASONS[Case.Decision.DISQUALIFIED][0], judge)
    cases.appeal(case, "It was not so.", a_manager(entry))
    cases.answer(case, "cleared", Case.REASONS[Case.Decision.CLEARED][0], another)
    registration = Registration.objects.get(entry=entry)
    assert (registration.state, registration.reason) == ("disqualified", "because 1")


def test_nobody_of_a_team_says_that_its_sale_elsewhere_is_another(field):
    twin, importer = outside.a_twin(outside.a_source(), field.entries[0]), a_person(("importer",))
    ended_at = clock.now() - timedelta(days=1)
    part = TeamMember.objects.create(team=field.entries[0].team, person=importer, ended_at=ended_at)
    with pytest.raises(NotAllowed):
        twins.decide(twin, importer, False)
    twin.refresh_from_db()
    assert twin.state == "open"
    part.delete()
    assert twins.decide(twin, importer, False).state == "different"


def test_nobody_enters_a_round_that_has_closed(field, out):
    field.window_over()
    results.finalise_due()
    clock.stand_at(field.into.freezes_at + timedelta(seconds=1))
    field.scoring((80, 60), (95, 95), (10, 10), (20, 20))
    results.supersede(field.round, field.organiser, "Entry 3 gave it back.")
    assert in_the_next(field) == {"E03": "withdrawn", "E01": Live, "E02": "invited"}
    assert field.into.entries.count() == 2  # as many as its figures are taken down of


def test_a_round_opens_once_what_leads_to_it_is_frozen(field):
    into, frozen_at = field.into, field.round.freezes_at
    with pytest.raises(Invalid) as no:
        rounds.set_times(
            into, frozen_at - timedelta(seconds=1), into.closes_at, into.freezes_at, field.organiser
        )
    assert no.value.field == ("opens_at",)
    assert (
        rounds.set_times(into, frozen_at, into.closes_at, into.freezes_at, field.organiser).opens_at
        == frozen_at
    )
    by_a_rulebook(into)
    launch = Ceremony.objects.create(edition=into.edition, title_zh="开赛", begins_at=clock.now(), opens=into)
    with pytest.raises(Invalid):
        ceremony.open_it(launch, field.organiser)
    into.refresh_from_db()
    assert (into.opens_at, launch.opened_at) == (frozen_at, None)


def test_rules_that_can_still_change_are_not_chosen_as_a_round_opens(field):
    book, into = by_a_rulebook(field.into), field.into
    another = rulebook.draft(into, field.organiser, like=book)
    clock.stand_at(into.opens_at - timedelta(minutes=1))
    with pytest.raises(TooLate):
        rulebook.choose(another, into, field.organiser)
    into.plan.refresh_from_db()
    assert into.plan.rulebook == book


def test_a_sum_below_zero_is_a_number_in_each_file():
    written = sheet("sums", ["A"], [[-50], ["-50"], ["=cmd|' /C calc'!A0"]], "csv").content.decode(
        "utf-8-sig"
    )
    assert [line.split(",")[0] for line in written.splitlines()] == [
        "A",
        "-50",
        "'-50",
        "'=cmd|' /C calc'!A0",
    ]


def test_what_is_rolled_back_after_the_freeze_moves_nothing_that_was_told():
    round_ = world.a_round(shelves.a_team(), days=(-20, 1, 8))
    entry, source = round_.entries.get(), outside.a_source()
    outside.a_mapping(source, entry)
    statement = outside.a_statement(source, round_, ("o1", 100_00))
    retally(round_, source)
    clock.stand_at(round_.freezes_at + timedelta(seconds=1))
    approval.roll_back(statement, a_person(("import_approver",)), "Sent twice.")
    assert [sale.net_minor for sale in accepted(round_, round_.freezes_at)] == [100_00]
    assert channels(entry).outside_minor == 100_00
    assert not list(verify())


def test_who_is_taken_out_and_let_in_again_has_what_platforms_brought_it_all_the_same():
    round_ = world.a_round(shelves.a_team(), days=(-20, 1, 8))
    entry, source, operator = round_.entries.get(), outside.a_source(), shelves.an_operator()
    outside.a_mapping(source, entry)
    outside.a_statement(source, round_, ("o1", 100_00))
    retally(round_, source)
    entries.take_out(entry, operator, "By mistake.")
    assert not OutsideTally.objects.exists() and not list(verify())
    world.households(entry.team, 10)
    entries.let_in(round_, entry.team, operator)
    assert OutsideTally.objects.get(entry=entry).net_minor == 100_00 and not list(verify())


def test_a_team_that_declined_is_not_entered_by_a_later_version(field, out):
    for household in field.entries[2].team.households.all()[:1]:
        household.state = "withdrawn"
        household.save(update_fields=["state"])
    field.window_over()
    results.finalise_due()
    way = Registration.objects.get(round=field.into, team=field.entries[2].team)
    leaving.withdraw(way, a_manager(field.entries[2]), "We rest.")
    field.entries[2].team.households.filter(state="withdrawn").update(state="verified")
    results.supersede(field.round, field.organiser, "Another.")
    way.refresh_from_db()
    assert (way.state, way.entry_id, way.reason) == ("withdrawn", None, "We rest.")


def test_nobody_is_taken_out_of_figures_that_are_frozen(field, out):
    with pytest.raises(Conflict):
        entries.take_out(field.entries[3], field.organiser, "Nothing was bought for it.")
    field.entries[3].refresh_from_db()
    assert field.entries[3].approved_at is not None and not list(verify_results())


def test_whoever_is_of_a_team_in_the_round_decides_nothing_about_its_rivals(field, out):
    rival, organiser = field.entries[1], field.organiser
    made = objections.file(rival, a_manager(rival), "A sum is missing.")
    opened = reexamination.open_(rival, ReExamination.Cause.QUALITY, 1)
    shelves.works_at(field.entries[0].team, organiser)
    for deed in (
        lambda: objections.answer(made, organiser, False, "It is not."),
        lambda: reexamination.dismiss(opened, organiser, "It is nothing."),
        lambda: leaving.disqualify(rival.registration, organiser, "Because."),
        lambda: entries.take_out(rival, organiser, "Because."),
        lambda: results.supersede(field.round, organiser, "Otherwise."),
    ):
        with pytest.raises(NotAllowed, match="本赛段有您的团队"):
            deed()
