"""A judge's desk and the committee's tab, by pages alone: from the invitation to how the marks lie."""

import re
from decimal import Decimal

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import RoleInvitation
from contest.actions.sheet import open_due
from contest.models import Conflict, Judge, Sheet
from contest.reads import judging
from core.api.ids import global_id
from tests.catalog import world as shelves
from tests.contest import committee
from tests.contest.committee import a_judge, entry_of, give
from tests.web.conftest import signed_in
from tests.web.office import gone, id_of, twice
from tests.web.test_pages import post, words

pytestmark = pytest.mark.django_db
MARKS = {"mark.benefit": "80", "mark.feasible": "70", "mark.participation": "60"}


@pytest.fixture
def team():
    return shelves.a_team(story_zh="示例队的橙子")


@pytest.fixture
def round_(team):
    return committee.a_judged_round(team, shelves.a_team(), shelves.a_team())


def desk_of(round_, who="judge"):
    tail = "judging/" if who == "organiser" else ""
    return f"/en/{who}/{round_.edition.slug}/provincial/{tail}"


def entry_page(entry):
    return f"/en/judge/entry/{global_id('JudgedEntry', entry.uid)}/"


def test_from_the_invitation_to_how_the_marks_lie(round_, team, run_deliveries):
    """J6: accept, declare, queue, dossier, sheet, seal, opening, distribution."""
    organiser = signed_in(committee.an_organiser())
    tab = desk_of(round_, "organiser")
    edition = global_id("Edition", round_.edition.uid)
    post(
        organiser, "send_role_invitation", email="judge@example.com", role="JUDGE", subject=edition, back=tab
    )
    assert "judge@example.com" in words(organiser.get(tab))
    person = shelves.a_person(email="judge@example.com", email_verified_at=timezone.now())
    browser = signed_in(person)
    token = re.search(r'role/\?token=([^"]+)"', words(browser.get("/en/account/")))[1]
    post(browser, "accept_role", token=token)
    browser = signed_in(person)
    assert Judge.objects.get().person == person and RoleInvitation.objects.get().used_at

    work = words(browser.get("/en/office/"))
    assert "Ties to name" in work and 'href="/en/judge/"' in work
    assert "First, name your ties" in words(browser.get("/en/judge/"))
    desk = desk_of(round_)
    assert "/judge/entry/" not in words(browser.get(desk)) and gone(browser, entry_page(entry_of(team)))
    county = committee.far_away().code
    there = f"{desk}?province=430000"
    post(browser, "declare_ties", edition=round_.edition.slug, county=county, isComplete="on", back=there)
    page = words(browser.get(desk))
    assert page.count("/judge/entry/") == 1 + 3 and "3 sheets to give" in page
    assert team.name_en not in page and team.code not in page

    entry = entry_of(team)
    here = entry_page(entry)
    page = words(browser.get(here))
    assert "橙子" in page and team.name_zh not in page and 'name="mark.benefit"' in page
    given = {"entry": global_id("JudgedEntry", entry.uid), "back": here}
    post(browser, "write_sheet", **given, **MARKS, comment="先记下", isFinal="")
    assert Sheet.objects.get().state == "draft" and 'value="70"' in words(browser.get(here))
    looked = words(browser.get(post(browser, "write_sheet", **given, **MARKS, isFinal="true").url))
    assert "Press again and it is done" in looked and Sheet.objects.get().state == "draft"
    twice(browser, "write_sheet", **given, **MARKS, comment="可靠", isFinal="true")
    seal = Sheet.objects.get().sha256
    page = words(browser.get(here))
    assert seal in page and "可靠" not in page and ">80<" not in page
    assert seal in words(Client().get(f"/en/contest/{round_.edition.slug}/provincial/seals/"))
    page = words(organiser.get(tab))
    assert "One sheet given" in page and "2 to give" in page and seal not in page

    for points in (85, 90, 95):
        give(a_judge(round_), entry, points)
    committee.close_judging()
    run_deliveries()
    page = words(browser.get(here))
    assert "80, 85, 90, 95" in page and "可靠" in page and 'name="mark.benefit"' not in page
    assert "write_sheet" not in page
    post(browser, "write_sheet", **given, **MARKS, isFinal="")
    assert judging.means_of(round_)[entry.pk] == Decimal("87.5")
    page = words(organiser.get(tab))
    assert "87.5000" in page and "Too few sheets" in page
    told = {
        letter.to[0]: letter.body
        for letter in mail.outbox
        if "sheets" in letter.body or "评分表" in letter.body
    }
    assert "judge@example.com" in told


def test_ties_are_confirmed_or_waived_by_page_and_everybody_reads_why(round_, team):
    organiser = signed_in(committee.an_organiser())
    tab, public = desk_of(round_, "organiser"), f"/en/contest/{round_.edition.slug}/provincial/seals/"
    first, second = a_judge(round_), a_judge(round_)
    for judge in (first, second):
        committee.buys(judge, team)
    open_due()
    assert "Has bought" in words(organiser.get(tab))
    assert "Ties to decide" in words(organiser.get("/en/office/"))
    waived, confirmed = Conflict.objects.order_by("pk")
    post(organiser, "waive_conflict", conflict=id_of("JudgeConflict", waived), words="一次小额购买", back=tab)
    its = id_of("JudgeConflict", confirmed)
    twice(organiser, "confirm_conflict", item=its, conflict=its, back=tab)
    assert [c.state for c in Conflict.objects.order_by("pk")] == ["waived", "confirmed"]
    assert "一次小额购买" in words(Client().get(public))
    assert signed_in(first).get(entry_page(entry_of(team))).status_code == 200
    assert gone(signed_in(second), entry_page(entry_of(team)))


def test_a_judge_who_finds_a_tie_recuses_herself(round_, team):
    judge = a_judge(round_)
    browser, here = signed_in(judge), entry_page(entry_of(team))
    assert "recuse_myself" in words(browser.get(here))
    entry = global_id("JudgedEntry", entry_of(team).uid)
    twice(browser, "recuse_myself", entry=entry, back=here)
    assert gone(browser, here) and Conflict.objects.get().state == "confirmed"
    assert words(browser.get(desk_of(round_))).count("/judge/entry/") == 1 + 2


def test_nobody_else_has_a_judges_desk(round_, team):
    for who in (shelves.a_person(), committee.an_organiser(), shelves.an_operator()):
        assert gone(signed_in(who), "/en/judge/", desk_of(round_), entry_page(entry_of(team)))
    assert gone(signed_in(a_judge(round_)), desk_of(round_, "organiser"))
