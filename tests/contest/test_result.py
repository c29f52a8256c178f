"""A round's result: published from the snapshot, objected to, final by the clock, superseded with reasons."""

from datetime import timedelta

import pytest

from catalog.models import TeamMember
from contest.actions import objection as objections
from contest.actions import reexamination
from contest.actions import result as results
from contest.models import Objection, ReExamination, Registration, Result, RoundPlan
from contest.reads.result import published
from contest.verify.result import verify
from core import clock
from core.refusals import Conflict, Invalid, NotAllowed, TooLate
from impact.models import Entry, Standing
from tests.catalog import world as shelves
from tests.contest.rounds import a_field, order_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
State = Result.State


@pytest.fixture
def field(monkeypatch):
    made = a_field(monkeypatch, teams=4, advances=2)
    made.scoring((80, 60), (50, 40), (90, 70), (20, 20))
    return made


@pytest.fixture
def out(field):
    """The provisional result is out."""
    field.freeze()
    return field.publish()


def objecting(entry):
    """One more who manages its team."""
    person = shelves.a_person()
    shelves.works_at(entry.team, person)
    return person


def test_it_is_published_from_the_snapshot_by_the_rulebook(field):
    snapshot = field.freeze()
    field.scoring((1, 1), (1, 1), (1, 1), (1, 1))  # what is known since is not in it
    result = field.publish()
    assert order_of(result) == [(1, "E03"), (2, "E01"), (3, "E02"), (4, "E04")]
    rows = {row.entry.number: row for row in result.rows.select_related("entry")}
    assert str(rows["E03"].total) == "80.0000"
    assert rows["E03"].values == {"welfare": "90.0000", "amount": "70.0000"}
    assert [number for number, row in rows.items() if row.advances] == ["E03", "E01"]
    assert (result.version, result.state, result.seed) == (1, State.PROVISIONAL, snapshot.sha256)
    assert RoundPlan.objects.get(round=field.round).state == RoundPlan.State.PROVISIONAL
    field.scoring((80, 60), (50, 40), (90, 70), (20, 20))
    assert list(verify()) == []


def test_there_is_none_before_the_freeze_and_not_two(field):
    with pytest.raises(TooLate):
        field.publish()
    assert published(field.round) is None
    field.freeze()
    field.publish()
    with pytest.raises(Conflict):
        field.publish()
    assert Result.objects.count() == 1


def test_objections_have_a_day_at_least(field):
    field.freeze()
    field.plan(objections_close_at=clock.now() + timedelta(hours=23))
    with pytest.raises(Invalid) as no:
        field.publish()
    assert no.value.field == ("objections_close_at",)
    assert not Result.objects.exists()


def test_nobody_publishes_the_result_of_a_team_of_her_own(field):
    field.freeze()
    TeamMember.objects.create(team=field.entries[3].team, person=field.organiser)
    with pytest.raises(NotAllowed):
        field.publish()


def test_where_the_committees_mark_has_weight_each_has_one(field, monkeypatch):
    field.freeze()
    book = RoundPlan.objects.get(round=field.round).rulebook
    monkeypatch.setattr("contest.reads.outcome.needs_judges", lambda parameters: True)
    with pytest.raises(Conflict) as no:
        field.publish()
    assert no.value.facts["entries"] == ["E01", "E02", "E03", "E04"]
    field.out(4, "withdrawn")
    with pytest.raises(Conflict) as no:
        field.publish()
    assert no.value.facts["entries"] == ["E01", "E02", "E03"]
    assert book.is_frozen


def test_by_the_clock_it_is_final_and_the_best_begin_anew(field, out):
    assert results.finalise_due() == 0
    with pytest.raises(TooLate):
        results.finalise(field.round)
    before = list(Standing.objects.filter(entry__round=field.round).values())
    field.window_over()
    assert results.finalise_due() == 1
    assert published(field.round).state == State.FINAL
    assert RoundPlan.objects.get(round=field.round).state == RoundPlan.State.FINAL
    sent = Registration.objects.filter(round=field.into).order_by("entry__pk")
    assert [one.advanced_from.number for one in sent] == ["E03", "E01"]
    assert {one.state for one in sent} == {Registration.State.LIVE}
    fresh = Standing.objects.filter(entry__round=field.into)
    assert [(one.number, one.net_minor, one.people) for one in fresh] == [(0, 0, 0)] * 2
    assert list(Standing.objects.filter(entry__round=field.round).values()) == before
    assert results.finalise_due() == 0
    assert list(verify()) == []


def test_an_open_objection_keeps_it_provisional_and_is_answered_with_words(field, out):
    entry = field.entries[1]
    made = objections.file(entry, objecting(entry), "Our purchases of May are missing.")
    with pytest.raises(Conflict):
        objections.file(entry, objecting(entry), "And of June.")
    field.window_over()
    assert results.finalise_due() == 0
    with pytest.raises(Conflict):
        results.finalise(field.round)
    with pytest.raises(TooLate):
        objections.file(field.entries[2], objecting(field.entries[2]), "Too late")
    objections.answer(made, field.organiser, False, "They were refunded in June.")
    assert results.finalise_due() == 1
    made.refresh_from_db()
    assert (made.state, made.answer) == (Objection.State.DISMISSED, "They were refunded in June.")


def test_only_a_manager_objects_and_no_one_of_the_team_answers(field, out):
    entry = field.entries[1]
    for stranger in (field.organiser, objecting(field.entries[2])):
        with pytest.raises(NotAllowed):
            objections.file(entry, stranger, "Ours!")
    made = objections.file(entry, objecting(entry), "Ours!")
    TeamMember.objects.create(team=entry.team, person=field.organiser, ended_at=clock.now())
    with pytest.raises(NotAllowed):
        objections.answer(made, field.organiser, True, "Yes")
    made.refresh_from_db()
    assert made.state == Objection.State.OPEN


def test_what_is_upheld_is_answered_by_a_new_version_first(field, out):
    entry = field.entries[1]
    made = objections.file(entry, objecting(entry), "The sum is wrong.")
    objections.answer(made, field.organiser, True, "It is.")
    field.window_over()
    assert results.finalise_due() == 0
    field.scoring((80, 60), (99, 99), (90, 70), (20, 20))
    second = results.supersede(field.round, field.organiser, "Purchases of May were left out.")
    assert (second.version, second.state) == (2, State.PROVISIONAL)
    # Of a new version too objections can be filed for a day.
    assert results.finalise_due() == 0
    field.window_over()
    assert results.finalise_due() == 1
    assert order_of(second)[0] == (1, "E02")


def test_a_new_version_takes_the_place_of_the_final_one_which_stays_readable(field, out):
    field.window_over()
    results.finalise_due()
    first = published(field.round)
    hashed, rows = first.sha256, order_of(first)
    field.scoring((80, 60), (95, 95), (10, 10), (20, 20))
    with pytest.raises(Invalid):
        results.supersede(field.round, field.organiser, " ")
    second = results.supersede(field.round, field.organiser, "Entry 3 gave most of it back.")
    first.refresh_from_db()
    assert (first.state, first.sha256, order_of(first)) == (State.SUPERSEDED, hashed, rows)
    assert (second.version, second.state, second.reason) == (2, State.FINAL, "Entry 3 gave most of it back.")
    assert order_of(second)[:2] == [(1, "E02"), (2, "E01")]
    states = {r.advanced_from.number: r.state for r in Registration.objects.filter(round=field.into)}
    assert states == {"E03": "withdrawn", "E01": "live", "E02": "live"}
    assert Entry.objects.filter(round=field.into, approved_at__isnull=False).count() == 2
    offences = [one.words for one in verify()]
    assert all("v2" not in words for words in offences)


def test_a_reexamination_waits_for_words_or_a_new_version(field, out):
    opened = reexamination.open_(field.entries[0], ReExamination.Cause.REFUNDS, 100)
    assert reexamination.open_(field.entries[0], ReExamination.Cause.REFUNDS, 200) is None
    field.window_over()
    assert results.finalise_due() == 0
    reexamination.dismiss(opened, field.organiser, "Ranks stay as they are.")
    assert reexamination.open_(field.entries[0], ReExamination.Cause.REFUNDS, 100) is None
    again = reexamination.open_(field.entries[0], ReExamination.Cause.REFUNDS, 200)
    second = results.supersede(field.round, field.organiser, "Less what was given back.")
    again.refresh_from_db()
    assert (again.state, again.result, again.words) == ("superseded", second, "Less what was given back.")
    field.window_over()
    assert results.finalise_due() == 1


def test_where_others_would_go_on_by_now_it_is_looked_at_once_more_instead(field, out):
    field.out(1, "withdrawn")  # the second best, after the publication
    field.window_over()
    assert results.finalise_due() == 0
    opened = ReExamination.objects.all()
    assert {(one.entry.number, one.cause) for one in opened} == {("E01", "recomputed"), ("E02", "recomputed")}
    second = results.supersede(field.round, field.organiser, "One has withdrawn.")
    assert order_of(second) == [(1, "E03"), (2, "E02"), (3, "E04"), (None, "E01")]
    field.window_over()
    assert results.finalise_due() == 1
    assert Registration.objects.filter(round=field.into).count() == 2


def test_a_team_under_ten_households_is_invited_and_not_entered(field, out):
    for household in field.entries[2].team.households.all()[:1]:
        household.state = "withdrawn"
        household.save(update_fields=["state"])
    field.window_over()
    assert results.finalise_due() == 1
    sent = {
        r.advanced_from.number: (r.state, r.entry_id) for r in Registration.objects.filter(round=field.into)
    }
    assert sent["E03"] == ("invited", None)
    assert sent["E01"][0] == "live"


def test_the_committee_picks_as_many_as_the_plan_leaves_to_it(field):
    field.plan(picks=1)
    field.freeze()
    result = field.publish()
    assert [row.entry.number for row in result.rows.filter(advances=True)] == ["E03"]
    with pytest.raises(Invalid):
        results.pick(field.round, "E03", field.organiser, "It goes on anyway.")
    results.pick(field.round, "E04", field.organiser, "A place that nobody else tells of.")
    with pytest.raises(Conflict):
        results.pick(field.round, "E02", field.organiser, "One more.")
    field.window_over()
    results.finalise_due()
    assert {r.advanced_from.number for r in Registration.objects.filter(round=field.into)} == {"E03", "E04"}
    with pytest.raises(TooLate):
        results.pick(field.round, "E02", field.organiser, "Late.")
    assert list(verify()) == []
