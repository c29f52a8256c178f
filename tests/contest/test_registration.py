"""A team's way into a round: it applies, its county checks, the organiser approves; and each of the ways out."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from accounts.models import Appointment
from contest.actions.entry import enter
from contest.models import Registration, RegistrationAppeal, RoundPlan
from contest.reads import board as boards
from contest.reads.outcome import entries_of, out_of
from contest.verify import verify
from core import clock
from core.deliveries import drain
from core.refusals import Conflict
from impact.models import Entry, Standing
from tests.accounts.world import Asker, a_person, holds
from tests.catalog import world as shelves
from tests.contest.registering import (
    HUBEI,
    WUHAN,
    YICHANG,
    ZIGUI,
    a_registering_round,
    a_team_with,
    apply,
    id_of,
    key_of,
    registered,
    somebody,
)  # fmt: skip
from tests.impact import world

pytestmark = pytest.mark.django_db
State = Registration.State


def out(round_):
    """Who does not compete, and why, by the entry's key."""
    return {entry.pk: out_of(entry)[0] for entry in entries_of(round_) if out_of(entry)[0]}


@pytest.fixture
def round_():
    return a_registering_round()


@pytest.fixture
def village(round_):
    return a_team_with()


@pytest.fixture
def county():
    return somebody("county_verifier", ZIGUI)


@pytest.fixture
def organiser():
    return somebody("organiser", HUBEI)


@pytest.fixture
def live(round_, village, county, organiser):
    """The village takes part."""
    apply(village, round_)
    id = id_of(registered(village.team))
    county.asks.done("registrationCheck", id=id)
    organiser.asks.done("registrationApprove", id=id)
    return registered(village.team)


def codes(answer):
    return [(e["code"], *e["field"]) for e in answer["errors"]]


def test_a_team_applies_its_county_checks_it_and_the_organiser_lets_it_in(round_, village, county, organiser):
    assert apply(village, round_)["registration"]["state"] == "APPLIED"
    row = registered(village.team)
    assert (row.goal_zh, row.goal_en, row.applied_by) == ("示例目标", "A goal of the demo", village.person)
    assert organiser.asks.refused("registrationApprove", id=id_of(row)) == "CONFLICT"
    assert not Entry.objects.exists()
    county.asks.done("registrationCheck", id=id_of(row))
    organiser.asks.done("registrationApprove", id=id_of(row))
    row.refresh_from_db()
    assert (row.state, row.checked_by, row.approved_by) == (State.LIVE, county.person, organiser.person)
    assert row.entry.approved_at and row.entry.number == village.team.code
    assert Standing.objects.get(entry=row.entry).net_minor == 0
    assert list(verify()) == []


def test_whoever_applied_is_an_entrant_and_never_judges_in_that_edition(live, village, round_):
    held = Appointment.objects.get(person=village.person, role="entrant")
    assert held.subject == round_.edition.uid
    from accounts.actions import appointment
    from accounts.places import Place

    with pytest.raises(Conflict):
        appointment.appoint(village.person, "judge", Place(subject=round_.edition.uid))


def test_a_judge_of_the_edition_cannot_apply(round_, village):
    from accounts.places import Place

    holds(village.person, "judge", Place(subject=round_.edition.uid))
    assert codes(apply(village, round_)) == [("CONFLICT",)]
    assert not Registration.objects.exists()


def test_what_a_team_must_bring(round_):
    few = a_team_with(9)
    assert codes(apply(few, round_)) == [("INVALID", "teams")]
    assert codes(apply(a_team_with(), round_, goalZh=" ")) == [("INVALID", "goalZh")]
    hunan = a_team_with(county=_far_away())
    assert codes(apply(hunan, round_)) == [("CONFLICT",)]
    assert not Registration.objects.exists()


def _far_away():
    from tests.contest.committee import far_away

    return far_away()


def test_registration_is_open_from_its_first_moment_and_not_at_its_last(round_, village):
    plan = RoundPlan.objects.get(round=round_)
    clock.stand_at(plan.registration_opens_at - timedelta(seconds=1))
    assert codes(apply(village, round_)) == [("TOO_LATE",)]
    clock.stand_at(plan.registration_closes_at)
    assert codes(apply(village, round_)) == [("TOO_LATE",)]
    clock.stand_at(plan.registration_closes_at - timedelta(seconds=2))
    assert codes(apply(village, round_)) == []


def test_who_was_invited_applies_until_the_round_opens(round_, village, organiser):
    team = village.asks.ask("{ contestDesk { rounds { id } } }")["contestDesk"]["rounds"]
    assert [one["id"] for one in team] == [key_of(round_)]
    from core.api.ids import global_id

    organiser.asks.done("registrationInvite", round=key_of(round_), team=global_id("Team", village.team.uid))
    RoundPlan.objects.filter(round=round_).update(registration_opens_at=None, registration_closes_at=None)
    assert codes(apply(a_team_with(), round_)) == [("TOO_LATE",)], "nobody invited it"
    drain()
    assert [(m.to, "Invited" in m.subject or "已邀请" in m.subject) for m in mail.outbox] == [
        ([village.person.email], True)
    ]
    assert codes(apply(village, round_)) == []
    assert registered(village.team).state == State.APPLIED


def test_an_officer_sees_and_checks_her_subtree_and_no_more(round_):
    mine = a_team_with()
    wuhan = shelves.a_region(WUHAN, "武汉市", "Wuhan", 2, round_.region)
    other = a_team_with(county=shelves.a_region("420116", "黄陂区", "Huangpi", 3, wuhan))
    apply(mine, round_), apply(other, round_)
    for where, role in ((YICHANG, "city_officer"), (ZIGUI, "county_verifier")):
        officer = somebody(role, where)
        seen = officer.asks.ask(
            "{ registrationOffice { registrations(first: 9) { nodes { id allowedActions } } } }"
        )
        assert seen["registrationOffice"]["registrations"]["nodes"] == [
            {"id": id_of(registered(mine.team)), "allowedActions": ["CHECK", "DECLINE"]}
        ]
        assert officer.asks.refused("registrationCheck", id=id_of(registered(other.team))) == "NOT_FOUND"
        assert registered(other.team).state == State.APPLIED
    waits = somebody("city_officer", WUHAN).asks.ask("{ office { waiting { kind count path } } }")
    assert waits["office"]["waiting"] == [
        {"kind": "REGISTRATIONS", "count": 1, "path": "office/registrations/?state=APPLIED"}
    ]
    # Who checks nothing has no such desk.
    assert (
        somebody("observer", HUBEI).asks.ask("{ registrationOffice { __typename } }")["registrationOffice"]
        is None
    )


def test_nobody_decides_about_a_team_of_her_own_nor_checks_and_approves(round_, village, county):
    apply(village, round_)
    id = id_of(registered(village.team))
    shelves.works_at(village.team, county.person, "packer")
    assert county.asks.refused("registrationCheck", id=id) == "NOT_ALLOWED"
    both = a_person()
    from accounts.places import Place

    for role in ("county_verifier", "organiser"):
        holds(both, role, Place(region=HUBEI))
    asks = Asker(both)
    asks.done("registrationCheck", id=id)
    assert asks.refused("registrationApprove", id=id) == "NOT_ALLOWED"
    assert registered(village.team).state == State.CHECKED and not Entry.objects.exists()


def test_declined_with_words_it_applies_again(round_, village, county):
    apply(village, round_)
    id = id_of(registered(village.team))
    assert [
        (e["code"], *e["field"]) for e in county.asks.do("registrationDecline", id=id, reason="")["errors"]
    ] == [("INVALID", "reason")]
    county.asks.done("registrationDecline", id=id, reason="缺检测报告")
    drain()
    assert "缺检测报告" in mail.outbox[-1].body and mail.outbox[-1].to == [village.person.email]
    seen = village.asks.ask("{ contestDesk { registrations { state reason allowedActions } rounds { id } } }")
    assert seen["contestDesk"]["registrations"] == [
        {"state": "DECLINED", "reason": "缺检测报告", "allowedActions": []}
    ]
    assert [one["id"] for one in seen["contestDesk"]["rounds"]] == [key_of(round_)]
    assert codes(apply(village, round_)) == []
    row = registered(village.team)
    assert (row.state, row.reason, row.decided_by) == (State.APPLIED, "", None)


def test_a_team_withdraws_before_anything_was_bought_and_is_out(live, village):
    village.asks.done("registrationWithdraw", id=id_of(live))
    live.refresh_from_db()
    assert live.state == State.WITHDRAWN and live.entry.approved_at is None
    assert list(verify()) == []


@pytest.fixture
def sold():
    """Three entries of an open round, the first two of which sold something: 200 and 100 yuan's worth."""
    lots = [world.a_lot() for _ in range(3)]
    teams = [lot.variant.product.team for lot in lots]
    made = world.a_round(*teams)
    for lot, units in zip(lots[:2], (2, 1), strict=True):
        world.pay(world.an_order((lot, units)))
    world.standing(teams[0])
    for team in teams:
        shelves.works_at(team, a_person())
    return made, teams


def test_once_something_was_bought_its_figures_stay_and_it_has_no_rank(sold):
    round_, (first, second, third) = sold
    before = boards.totals(round_)
    manager = Asker(first.members.first().person)
    manager.done("registrationWithdraw", id=id_of(registered(first)), reason="家里有事")
    row = registered(first)
    assert row.state == State.WITHDRAWN and row.entry.approved_at is not None
    assert boards.totals(round_).net_minor == before.net_minor > 0
    seen = Asker().ask("{ board { rows { rank out entry { number } figures { net { minor } } } } }")
    rows = [(r["rank"], r["entry"]["number"], r["out"]) for r in seen["board"]["rows"]]
    assert rows == [(1, second.code, None), (2, third.code, None), (None, first.code, "Withdrawn")]
    assert (
        seen["board"]["rows"][2]["figures"]["net"]["minor"]
        == 2 * seen["board"]["rows"][0]["figures"]["net"]["minor"]
    )
    assert out(round_) == {row.entry_id: "withdrawn"}
    assert list(verify()) == []


def test_suspended_disqualified_appealed_and_back(sold):
    round_, (first, _, _) = sold
    chief, deputy = (a_person(("organiser",)) for _ in range(2))
    manager = Asker(first.members.first().person)
    id = id_of(registered(first))
    asks = Asker(chief)
    asks.done("registrationSuspend", id=id, reason="核查中")
    assert out(round_) == {registered(first).entry_id: "suspended"}
    asks.done("registrationResume", id=id)
    assert registered(first).state == State.LIVE
    asks.done("registrationDisqualify", id=id, reason="刷单")
    drain()
    assert "刷单" in mail.outbox[-1].body
    filed = manager.done("registrationAppealFile", "appeal { id }", id=id, words="那是真订单")["appeal"]["id"]
    assert manager.refused("registrationAppealFile", id=id, words="再说一次") == "CONFLICT"
    given = {"appeal": filed, "granted": True, "answer": "核实无误"}
    assert asks.refused("registrationAppealAnswer", **given) == "NOT_ALLOWED", (
        "whoever decided does not answer"
    )
    assert RegistrationAppeal.objects.get().answered_at is None
    Asker(deputy).done("registrationAppealAnswer", **given)
    drain()
    assert "核实无误" in mail.outbox[-1].body
    assert registered(first).state == State.LIVE and out(round_) == {}
    assert manager.refused("registrationAppealFile", id=id, words="还要说") == "CONFLICT"


def test_an_appeal_comes_within_three_days(sold):
    _, (first, _, _) = sold
    Asker(a_person(("organiser",))).done("registrationSuspend", id=id_of(registered(first)), reason="核查中")
    Registration.objects.filter(team=first).update(decided_at=timezone.now() - timedelta(days=3))
    manager = Asker(first.members.first().person)
    assert manager.refused("registrationAppealFile", id=id_of(registered(first)), words="晚了") == "TOO_LATE"
    assert not RegistrationAppeal.objects.exists()


def test_the_board_by_number_of_teams_sums_to_all_that_take_part():
    hubei = shelves.a_county().parent.parent
    teams = []
    for n, size in enumerate((5, 3, 1)):
        division = shelves.a_region(f"42090{n}", f"示例{n}州", f"Demo {n}", 2, hubei)
        place = shelves.a_region(f"42091{n}", f"示例{n}县", f"Demo county {n}", 3, division)
        teams += [shelves.a_team(county=place) for _ in range(size)]
    round_ = world.a_round(*teams)
    counts = "{ board(by: DIVISION, sort: ENTRIES) { rows { rank figures { entries } } } contest { totals { entries } } }"
    seen = Asker().ask(counts)
    assert [(r["rank"], r["figures"]["entries"]) for r in seen["board"]["rows"]] == [(1, 5), (2, 3), (3, 1)]
    assert seen["contest"]["totals"]["entries"] == 9
    Asker(a_person(("organiser",))).done(
        "registrationDisqualify", id=id_of(registered(teams[0])), reason="示例"
    )
    assert sum(r.figures.entries for r in boards.board(round_, boards.By.DIVISION).rows) == 8


def test_whoever_was_let_in_without_applying_is_registered(round_):
    village = a_team_with()
    enter(round_, [village.team])
    assert registered(village.team).state == State.LIVE
