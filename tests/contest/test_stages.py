"""A round in stages: frozen figures say who comes before the panel, the panel who is through."""

import csv
import io
from datetime import timedelta

import pytest
from django.db.models.signals import post_init
from django.test import Client

from contest.actions import result as results
from contest.actions import sheet as sheets
from contest.actions import stage_list
from contest.models import Registration, RoundPlan, Stage, StageList, StagePlace
from contest.reads import judging
from contest.scoring.ranking import Placed, drawn
from contest.scoring.stages import Listed, Staged
from contest.tasks import move_rounds
from contest.verify import judging as seals
from contest.verify import result as of_results
from contest.verify import stage as of_stages
from core import clock
from core.refusals import Conflict, Invalid, NotFound, TooLate
from tests.accounts.world import Asker, a_person
from tests.catalog import world as shelves
from tests.contest.committee import a_judge, give
from tests.contest.registering import a_registering_round, key_of
from tests.contest.rounds import a_field, order_of
from tests.web.conftest import signed_in
from tests.web.test_pages import words
from tests.web.test_registering_pages import press

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("noon")]
DAY = timedelta(days=1)
HALVES = [(90, 90), (85, 85), (80, 80), (75, 75), (70, 70), (48, 52), (50, 50), (48, 52), (40, 40), (30, 30)]


@pytest.fixture
def field(monkeypatch):
    """Ten entries; the best four by score come before the panel, which picks two; three could go on. By score E07, E06 and
    E08 come to 50 alike: E07 by a higher P, the others by the draw."""
    made = a_field(monkeypatch, teams=10, advances=3)
    made.scoring(*HALVES)
    sixth, eighth = made.entries[5], made.entries[7]
    eighth.approved_at = sixth.approved_at
    eighth.save(update_fields=["approved_at"])
    frozen = made.round.freezes_at
    for number, kind, picks, opens_at in (
        (1, "score", 4, made.round.opens_at),
        (2, "panel", 2, frozen + 2 * DAY),
    ):
        names = {"name_zh": ("线上", "路演")[number - 1], "name_en": ("Online", "Roadshow")[number - 1]}
        Stage.objects.create(
            round=made.round,
            number=number,
            kind=kind,
            picks=picks,
            opens_at=opens_at,
            closes_at=opens_at + DAY,
            **names,
        )
    RoundPlan.objects.filter(round=made.round).update(judging_closes_at=frozen + 3 * DAY)
    return made


@pytest.fixture
def cut(field):
    """It is frozen, three are out of competition, and the list of the first stage is told."""
    field.freeze()
    for n, state in ((2, "withdrawn"), (4, "disqualified"), (5, "suspended")):
        field.out(n, state)
    return stage_list.draw(field.round, 1, field.organiser)


def verify() -> list:
    return [*of_stages.verify(), *of_results.verify(), *seals.verify()]


def goes_on(found: StageList) -> list[str]:
    return list(found.places.filter(goes_on=True).order_by("rank").values_list("entry__number", flat=True))


def panel_begins(field) -> None:
    clock.stand_at(field.round.stages.get(number=2).opens_at)


def judged(field, *marks: tuple[int, int]) -> None:
    """Three judges give the n-th entry so many points; the sheets are opened when judging closes."""
    for person in [a_judge(field.round) for _ in range(3)]:
        for n, points in marks:
            give(person, field.entries[n - 1], points)
    clock.stand_at(RoundPlan.objects.get(round=field.round).judging_closes_at)
    sheets.open_due()
    field.plan(objections_close_at=clock.now() + 3 * DAY)


def test_a_tie_at_the_cut_is_parted_by_the_rules_and_whoever_is_out_takes_no_place(field, cut):
    seed = cut.snapshot.sha256
    sixth, eighth = sorted(("E06", "E08"), key=lambda number: drawn(seed, number))
    assert goes_on(cut) == ["E01", "E03", "E07", sixth]
    told = {place.entry.number: place for place in cut.places.select_related("entry")}
    assert [told[number].rank for number in ("E01", "E03", "E07", sixth, eighth, "E09", "E10")] == [
        *range(1, 8)
    ]
    assert (told[sixth].decided_by, told[eighth].decided_by, told["E07"].decided_by) == (
        "draw",
        "draw",
        "welfare",
    )
    assert [str(told[number].points) for number in ("E01", sixth, eighth)] == [
        "90.0000",
        "50.0000",
        "50.0000",
    ]
    for number, why in (("E02", "withdrawn"), ("E04", "disqualified"), ("E05", "suspended")):
        assert (told[number].rank, told[number].points, told[number].goes_on, told[number].out) == (
            None,
            None,
            False,
            why,
        )
    assert verify() == []


def test_until_the_panel_begins_the_next_one_moves_up_and_whoever_came_back_is_in(field, cut):
    field.entries[4].registration.move_to(Registration.State.LIVE, reason="")
    field.out(3, "withdrawn")
    again = stage_list.draw(field.round, 1, field.organiser)
    assert (again.version, goes_on(again)[:3]) == (2, ["E01", "E05", "E07"])
    assert goes_on(cut)[1] == "E03", "what was told before stays as it was"
    panel_begins(field)
    with pytest.raises(TooLate):
        stage_list.draw(field.round, 1, field.organiser)
    assert StageList.objects.count() == 2 and verify() == []


def test_only_those_let_on_exist_for_the_panels_judges(field, cut):
    judge = a_judge(field.round)
    with pytest.raises(TooLate):
        give(judge, field.entries[0], 80)  # the panel has not begun
    panel_begins(field)
    hers = judging.queue(judging.judge_of(judge, field.round.edition_id), field.round)
    assert sorted(entry.number for entry in hers) == sorted(goes_on(cut))
    give(judge, field.entries[0], 80)
    with pytest.raises(NotFound):
        give(judge, field.entries[8], 80)


@pytest.fixture
def out(field, cut):
    """The panel has judged: E01 70, E03 and E07 90 alike; whoever was drawn to be the fourth has left in the meantime."""
    fourth = field.entries[int(goes_on(cut)[3][1:]) - 1]
    panel_begins(field)
    judged(field, (1, 70), (3, 90), (7, 90))
    with pytest.raises(Conflict) as no:
        field.publish()
    assert no.value.facts["entries"] == [fourth.number]
    fourth.registration.move_to("withdrawn", reason="ill")
    return field.publish()


def test_whoever_came_farther_stands_before_and_only_they_go_on(field, cut, out):
    left = goes_on(cut)[3]
    other = ({"E06", "E08"} - {left}).pop()
    order = ["E03", "E07", "E01", other, "E09", "E10"]
    assert [(rank, number) for rank, number in order_of(out) if rank] == [*enumerate(order, start=1)]
    rows = {row.entry.number: row for row in out.rows.select_related("entry")}
    assert [(rows[n].passed, rows[n].mark and str(rows[n].mark)) for n in order] == [
        (2, "90.0000"),
        (2, "90.0000"),
        (1, "70.0000"),
        *[(0, None)] * 3,
    ]
    assert [rows[number].decided_by for number in ("E03", "E07", "E01")] == ["before", "before", "panel"]
    assert str(rows["E01"].total) == "90.0000", "the panel's mark is no part of a score"
    # Three could go on, and two are through.
    assert [number for number in order if rows[number].advances] == ["E03", "E07"]
    assert (rows[left].rank, rows[left].passed, rows[left].out) == (None, None, "withdrawn")
    field.window_over()
    assert results.finalise_due() == 1
    sent = Registration.objects.filter(round=field.into).order_by("entry__pk")
    assert [one.advanced_from.number for one in sent] == ["E03", "E07"]
    assert verify() == []


def test_the_committee_picks_among_those_who_are_through_alone(field, request):
    field.plan(advances=2, picks=1)
    cut = request.getfixturevalue("cut")
    panel_begins(field)
    judged(field, *((int(number[1:]), 60 + n) for n, number in enumerate(goes_on(cut))))
    result = field.publish()
    through = [row.entry.number for row in result.rows.filter(passed=2).order_by("rank")]
    assert [row.entry.number for row in result.rows.filter(advances=True)] == through[:1]
    with pytest.raises(Invalid):
        results.pick(field.round, "E01", field.organiser, "We like it")
    assert results.pick(field.round, through[1], field.organiser, "We like it").picked.count() == 1


def test_a_page_the_api_and_the_bulletin_say_how_far_each_came(field, cut, out):
    where = f"/en/contest/{field.round.edition.slug}/provincial/"
    page = words(Client().get(where))
    assert "picked by “Roadshow”" in page and "as far as “Online”" in page and "90.0000" in page
    lines = list(csv.DictReader(io.StringIO(Client().get(f"{where}result.csv").content.decode("utf-8-sig"))))
    assert [line["How far it came"] for line in lines][:4] == [
        *["picked by “Roadshow”"] * 2,
        "as far as “Roadshow”",
        "as far as “Online”",
    ]
    assert [line["Mark of the last stage"] for line in lines][:4] == ["90.0000", "90.0000", "70.0000", ""]
    compared = Asker().ask(
        """query($e: String!) { scoreCompared(edition: $e, a: "E01", b: "E07") { ahead { entry { number } } decidedBy } }""",
        e=field.round.edition.slug,
    )
    assert compared["scoreCompared"] == {
        "ahead": {"entry": {"number": "E07"}},
        "decidedBy": "whoever came farther",
    }


def test_a_team_reads_how_far_it_came_at_its_own_desk(field, cut, out):
    manager = a_person()
    shelves.works_at(field.entries[0].team, manager)
    shown = words(signed_in(manager).get("/en/desk/results/"))
    assert "as far as “Roadshow”" in shown and "70.0000" in shown


TOLD = """query($e: String!) {
  contest(edition: $e, level: PROVINCIAL) { round { stages { name kind picks goesOn } } result { version } }
  board(edition: $e, level: PROVINCIAL) { rows { stage entry { number } } } }"""


def test_before_the_result_numbers_alone_are_told(field, cut):
    told = Asker().ask(TOLD, e=field.round.edition.slug)
    assert told["contest"]["result"] is None
    assert told["contest"]["round"]["stages"] == [
        {"name": "Online", "kind": "SCORE", "picks": 4, "goesOn": sorted(goes_on(cut))},
        {"name": "Roadshow", "kind": "PANEL", "picks": 2, "goesOn": []},
    ]
    on = {row["entry"]["number"] for row in told["board"]["rows"] if row["stage"] == "on to “Roadshow”"}
    assert on == set(goes_on(cut))
    page = words(Client().get(f"/en/contest/{field.round.edition.slug}/provincial/"))
    assert "on to “Roadshow”" in page and "50.0000" not in page


def test_where_nobody_has_drawn_the_list_the_clock_does(field):
    with pytest.raises(TooLate):
        stage_list.draw(field.round, 1, field.organiser)
    field.freeze()
    assert move_rounds() == 0 and not StageList.objects.exists()
    with pytest.raises(Conflict):
        field.publish()  # nobody has come before the panel yet
    with pytest.raises(Invalid):
        stage_list.draw(field.round, 2, field.organiser)
    panel_begins(field)
    assert (move_rounds(), move_rounds()) == (1, 0)
    made = StageList.objects.get()
    assert made.drawn_by is None and goes_on(made) == ["E01", "E02", "E03", "E04"]


def test_the_organiser_draws_it_up_on_a_page(field):
    field.freeze()
    browser = signed_in(a_person(("organiser",)))
    page = f"/en/organiser/{field.round.edition.slug}/provincial/calendar/"
    press(browser, page, "draw_stage_list", item="1", number="1", round=key_of(field.round))
    assert goes_on(StageList.objects.get()) == ["E01", "E02", "E03", "E04"]
    shown = words(browser.get(page))
    assert "90.0000" in shown and "Version 1" in shown
    assert "Who goes on from “Online”" not in words(browser.get(page.replace("calendar", "results"))), (
        "nothing lacks any more"
    )


def test_verify_names_a_list_that_is_not_what_the_figures_say(field, cut):
    def changed(sender, instance, **_):
        """As if somebody had gone past the database's own rights."""
        if instance.rank == 5:
            instance.goes_on = True

    post_init.connect(changed, sender=StagePlace)
    try:
        found = {(one.rule, one.noun) for one in verify()}
    finally:
        post_init.disconnect(changed, sender=StagePlace)
    assert {("INV-12", "StagePlace"), ("INV-13", "StageList")} <= found


def test_a_panel_is_last_begins_after_the_freeze_and_judging_closes_with_it():
    round_ = a_registering_round()
    asks, id = Asker(a_person(("organiser",))), key_of(round_)
    first = {"number": 1, "kind": "SCORE", "nameZh": "线上", "nameEn": "Online", "picks": 30}
    second = {"number": 2, "kind": "PANEL", "nameZh": "路演", "nameEn": "Roadshow", "picks": 20}

    def when(opens, closes):
        return {"opensAt": opens.isoformat(), "closesAt": closes.isoformat()}

    asks.done("stageSave", round=id, **first, **when(round_.opens_at, round_.closes_at))
    early = when(round_.closes_at, round_.freezes_at)
    assert asks.refused("stageSave", round=id, **second, **early) == "INVALID"
    begins = round_.freezes_at + DAY
    asks.done("stageSave", round=id, **second, **when(begins, begins + DAY))
    third = {**first, "number": 3, "picks": 10, **when(begins + 2 * DAY, begins + 3 * DAY)}
    assert asks.refused("stageSave", round=id, **third) == "INVALID"
    plan = RoundPlan.objects.get(round=round_)
    assert plan.judging_closes_at == begins + DAY
    later = {"judgingClosesAt": (begins + 5 * DAY).isoformat()}
    asks.done("roundArrange", round=id, **later)
    assert round_.stages.get(number=2).closes_at == begins + 5 * DAY
    early = {"judgingClosesAt": begins.isoformat()}
    assert asks.refused("roundArrange", round=id, **early) == "INVALID"
    assert asks.refused("stageDraw", round=id, number=1) == "TOO_LATE"


def test_whoever_comes_back_after_a_list_stands_behind_all_of_it():
    scored = [Placed(entry, n, "score") for n, entry in enumerate((7, 1, 2, 3, 4), start=1)]
    listed = [
        Listed(entry, goes_on, "score")
        for entry, goes_on in ((9, True), (1, True), (2, True), (3, False), (4, False))
    ]
    stood = Staged([listed], picks=1).places(scored, scored)
    assert [(one.place.entry_id, one.place.rank, one.passed) for one in stood] == [
        (1, 1, 2),
        (2, 2, 1),
        (3, 3, 0),
        (4, 4, 0),
        (7, 5, 0),
    ]
