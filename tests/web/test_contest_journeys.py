"""The journeys of a judge and of an organiser by pages alone, in Chinese: each form as its page shows it, each next step from
the page one stands on."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import Person
from accounts.places import Place
from contest.models import Registration, Result, Sheet
from core import clock
from impact.models import Round
from tests.accounts.world import a_person, holds
from tests.catalog import world as shelves
from tests.contest.rounds import a_field
from tests.contest.whole import strike
from tests.impact import world
from tests.web.conftest import signed_in
from tests.web.office import gone
from tests.web.test_pages import fields, unfolded, words

pytestmark = pytest.mark.django_db
HUBEI = "420000"
MARKS = ("benefit", "feasible", "participation")


def send(client: Client, page: str, act: str, item: str = "", **given: Any) -> str:
    """Fill in the form that this page has for an act, press, and press again where one looks once more; what is shown then."""
    found, address = fields(unfolded(client, page, item or act), act), ""
    for _ in range(2):
        reply = client.post(f"/do/{act}/", {**found, **given})
        assert reply.status_code == 302, (act, reply.status_code)
        address = reply["Location"]
        shown = words(client.get(address))
        if 'name="seen"' not in shown or f'action="/do/{act}/"' not in shown:
            return shown
        found = fields(shown, act)
    return shown


def moment(days: float) -> str:
    """So many days from now, as a form writes it."""
    return f"{clock.now() + timedelta(days=days):%Y-%m-%dT%H:%M}"


def link(page: str, ends: str) -> str:
    """Where a link of this page leads whose address ends so, maybe with its province behind it."""
    found = re.search(rf'href="(/zh[^"]*{ends}(?:\?[^"#]*)?)(?:#[^"]*)?"', page)
    assert found, ends
    return found[1].replace("&amp;", "&")


def option(page: str, words_: str) -> str:
    """The value of the choice that says so."""
    found = re.search(rf'<option value="([^"]*)"[^>]*>[^<]*{words_}', page)
    assert found, words_
    return found[1]


class Contest:
    """An organiser with an edition that she makes by pages, and a committee that judges in it."""

    def __init__(self) -> None:
        shelves.a_county()
        self.teams = [shelves.a_team(story_zh=f"第{n}队的橙子", manager=shelves.a_person()) for n in range(3)]
        for team in self.teams:
            world.households(team, 10)
        self.organiser = signed_in(a_person(("organiser",)))

    def create(self) -> None:
        """From the office to an edition with two rounds; the first leads to the second."""
        her = self.organiser
        home = link(words(her.get("/zh/office/")), "/organiser/")
        names = {"ordinal": "5", "slug": "journey", "nameZh": "示例大赛", "nameEn": "Demo contest"}
        send(her, home, "create_edition", **names)
        times = {"opensAt": moment(2), "closesAt": moment(12), "freezesAt": moment(19)}
        send(her, home, "create_round", level="PROVINCIAL", region=HUBEI, **times)
        times = {"opensAt": moment(30), "closesAt": moment(60), "freezesAt": moment(67)}
        page = send(her, home, "create_round", level="NATIONAL", region="", **times)
        self.calendar = link(page, "/journey/provincial/calendar/")
        page = words(her.get(self.calendar))
        self.tabs = {
            name: link(page, f"/journey/provincial/{name}/")
            for name in ("rules", "entries", "judging", "results", "imports")
        }
        self.tabs["integrity"] = link(words(her.get(self.tabs["imports"])), "/journey/provincial/integrity/")
        asked = unfolded(her, self.calendar, "arrange_round")
        send(
            her, self.calendar, "arrange_round", judgingClosesAt=moment(15), objectionsCloseAt=moment(24),
            advances="1", picks="0", into=option(asked, "全国"),
        )  # fmt: skip

    def prepare(self) -> None:
        """Its rules are frozen, and three teams are in."""
        send(self.organiser, self.tabs["rules"], "draft_rulebook")
        page = send(self.organiser, self.tabs["rules"], "freeze_rulebook")
        assert "已冻结" in page and "freeze_rulebook" not in page
        for _ in self.teams:
            send(self.organiser, self.tabs["entries"], "let_in_entry")
        self.round = Round.objects.get(edition__slug="journey", level="provincial")
        assert self.round.entries.count() == 3

    def invite(self, email: str) -> Client:
        """A judge is invited, and accepts by the link of her letter."""
        person = shelves.a_person(email=email, email_verified_at=timezone.now(), language="zh")
        mail.outbox.clear()
        page = send(self.organiser, self.tabs["judging"], "send_role_invitation", email=email)
        assert email in page
        strike()
        (letter,) = [one for one in mail.outbox if one.to == [email]]
        there = re.search(r"https?://[^/\s]+(/zh/\S*role/\?token=\S+)", letter.body)[1]
        send(signed_in(person), there, "accept_role")
        return signed_in(Person.objects.get(pk=person.pk))


@pytest.fixture
def contest() -> Contest:
    made = Contest()
    made.create()
    made.prepare()
    return made


def passes(until: datetime) -> None:
    """That moment has passed, and beat has struck."""
    clock.stand_at(until + timedelta(minutes=1))
    strike()


def declared(browser: Client, ties: str = "") -> str:
    """She opens her desk and says what ties her; the desk's address."""
    desk = link(
        words(browser.get(link(words(browser.get("/zh/office/")), "/judge/"))), "/journey/provincial/"
    )
    there = f"{desk}{'&' if '?' in desk else '?'}province=430000"
    shelves.a_region("430181", "浏阳市", "Liuyang", 3, shelves.a_region("430100", "长沙市", "Changsha", 2,
                     shelves.a_region("430000", "湖南省", "Hunan", 1)))  # fmt: skip
    send(browser, there, "declare_ties", county="430181", ties=ties, isComplete="on")
    return desk


def mark_all(browser: Client, desk: str, points: int) -> list[str]:
    """She gives each entry of her queue a sheet; where they are."""
    entries = list(dict.fromkeys(re.findall(r'href="(/zh/judge/entry/[^"/]+/)', words(browser.get(desk)))))
    for n, entry in enumerate(entries):
        given = {f"mark.{name}": str(points + n) for name in MARKS}
        send(browser, entry, "write_sheet", comment="可靠", isFinal="true", **given)
    return entries


def test_a_judge_from_her_letter_to_how_the_marks_lie(contest):
    browser = contest.invite("judge@example.com")
    tied = contest.teams[0]
    desk = declared(browser, tied.name_zh)
    page = words(browser.get(desk))
    assert page.count("/judge/entry/") >= 2 and not any(team.code in page for team in contest.teams)
    passes(contest.round.closes_at)
    others = [contest.invite(f"other{n}@example.com") for n in range(3)]
    entries = mark_all(browser, desk, 80)
    assert len(entries) == 2, "the entry that she is tied to does not exist for her"
    mine = Sheet.objects.filter(judge__person__email="judge@example.com")
    assert {sheet.state for sheet in mine} == {"submitted"}
    page = words(browser.get(entries[0]))
    assert any(sheet.sha256 in page for sheet in mine)
    assert "可靠" not in page and "write_sheet" not in page
    for n, other in enumerate(others):
        mark_all(other, declared(other), 60 + 10 * n)
    passes(contest.round.closes_at + timedelta(days=4))
    page = words(browser.get(entries[0]))
    assert "可靠" in page and "write_sheet" not in page
    before = list(mine.order_by("pk").values())
    browser.post(
        "/do/write_sheet/", {"entry": entries[0].split("/")[-2], "isFinal": "true", "mark.benefit": "1"}
    )
    assert list(mine.order_by("pk").values()) == before


def test_an_organiser_from_the_edition_to_the_award(contest):
    her, tabs = contest.organiser, contest.tabs
    judges = [contest.invite(f"judge{n}@example.com") for n in range(3)]
    passes(contest.round.closes_at)
    for n, judge in enumerate(judges):
        mark_all(judge, declared(judge), 70 + n)
    assert "publish_result" not in words(her.get(tabs["results"]))
    passes(contest.round.freezes_at)
    page = send(her, tabs["results"], "publish_result")
    assert "第 1 版" in page
    passes(contest.round.freezes_at + timedelta(days=6))
    page = words(her.get(tabs["results"]))
    assert Result.objects.get().state == "final" and "晋级" in page
    bulletin = her.get(link(page, r"\.csv"))
    sheet = bulletin.content.decode("utf-8-sig").strip().splitlines()
    assert len(sheet) == 4 and sheet[1].startswith("1,")
    best = sheet[1].split(",")[1]
    sent = Registration.objects.get(round__level="national")
    assert (sent.state, sent.advanced_from.number) == ("live", best)
    given = {"titleZh": "示例一等奖", "titleEn": "First prize", "money": "5000"}
    page = send(her, tabs["results"], "propose_award", number=best, **given)
    assert "示例一等奖" in page and "approve_award" not in page
    other = signed_in(a_person(("organiser",)))
    send(other, tabs["results"], "approve_award")
    send(her, tabs["results"], "note_award", words="已向财务申请")
    page = send(her, tabs["results"], "deliver_award", evidence="回单 0001")
    assert "已向财务申请" in page and "回单 0001" in page
    assert "示例大赛" in words(Client().get("/zh/contest/journey/"))
    assert gone(signed_in(shelves.a_person()), *tabs.values())


def test_who_keeps_one_province_is_told_who_invites_judges(contest):
    province = a_person()
    holds(province, "organiser", Place(region=HUBEI))
    page = words(signed_in(province).get(contest.tabs["judging"]))
    assert "由管理整届的主办方邀请" in page and "send_role_invitation" not in page
    assert "send_role_invitation" in unfolded(
        contest.organiser, contest.tabs["judging"], "send_role_invitation"
    )


def test_a_stranger_finds_within_two_taps_why_the_fourth_is_behind_the_third(monkeypatch):
    """From the contest's own page, by links alone: at once from the row, or by the entry's page."""
    field = a_field(monkeypatch, teams=5, advances=2)
    field.scoring((90, 90), (80, 80), (70, 60), (60, 65), (10, 10))
    field.freeze()
    field.publish()
    third, fourth = (field.entries[n].number for n in (2, 3))
    stranger, ends = Client(), rf"compare/\?a={third}&amp;b={fourth}"
    home = words(stranger.get("/zh/contest/"))
    (row,) = [one for one in home.split("<tr>") if f"/{fourth}/" in one and "为什么在第 3 名之后" in one]
    by_entry = words(stranger.get(link(row, rf"/{fourth}/")))
    assert link(row, ends) == link(by_entry, ends)
    page = words(stranger.get(link(row, ends)))
    better, worse = (Result.objects.get().rows.get(entry__number=number) for number in (third, fourth))
    names = [row.entry.team.name_zh for row in (better, worse)]
    assert f"为什么 {names[0]} 在 {names[1]} 前面" in page
    assert f"总分高 {better.total - worse.total} 分：{better.total} 对 {worse.total}。" in page
    # What parts them, and what speaks for the other, each by its weight.
    by = {key: (Decimal(better.values[key]) - Decimal(worse.values[key])) / 2 for key in better.values}
    assert by["welfare"] > 0 > by["amount"]
    values = f"{better.values['welfare']} 对 {worse.values['welfare']}"
    assert f"：{values}，乘以权重后多 {by['welfare']:.4f} 分。" in page
    assert f"反过来，{names[1]} 多 {-by['amount']:.4f} 分。" in page
