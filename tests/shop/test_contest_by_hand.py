"""The organiser's journey in a browser, by pages alone: from an edition that she creates to the award that was handed over, in
a shop in which last year's edition is over. Others do their part at their own pages; what 72 teams, buyers and nine judges do
alike is done for most of them by the same actions."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.actions import appointment
from accounts.models import Appointment, Person
from accounts.places import Place
from catalog.models import Team, Variant
from contest.actions import judge as judges
from contest.actions import registration, sheet
from contest.models import Award, Registration, Result, Sheet
from contest.reads import judging
from core import clock
from impact.models import Entry, Round
from shop.demo import sign_ins
from shop.demo.committee import HOMES, marks
from shop.demo.integrity import Scene
from shop.demo.officials import HUBEI
from tests import live
from tests.contest.outside import HEADS
from tests.contest.whole import strike
from tests.factor import awake
from tests.figures import FULL
from tests.shop.autumn import DAYS, HOME, READER, SLUG, Journey
from tests.web.hand import Hand

# The suite walks the same way by the test client: tests/web/test_contest_journeys.py.
pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not FULL, reason="plays an edition in a browser for minutes: make test-full"),
]


@pytest.fixture(scope="module")
def finished(loaded_demo: Any, django_db_blocker: Any) -> Iterator[Any]:
    """A running shop on a copy of the demo, whose second edition was played to its end; and in how many seconds."""
    with (
        tempfile.TemporaryDirectory(prefix="sheaf-finished-") as folder,
        ExitStack() as stack,
        django_db_blocker.unblock(),
    ):
        shop = live.LiveShop(Path(folder), f"live_finished_{os.getpid()}", loaded_demo.database, DEMO="small")
        shop.open(stack)
        began = time.monotonic()
        shop.manage("demo", "--size", "small", "--finished")
        yield SimpleNamespace(shop=shop, seconds=time.monotonic() - began)


def test_by_one_command_the_open_edition_has_its_final_result_within_two_minutes(finished, browser):
    assert finished.seconds < 120
    stranger = Hand(finished.shop, browser, READER)
    stranger.opens("contest/")
    assert "Final since" in stranger.reads() and "Goes on" in stranger.reads()


@pytest.fixture
def journey(finished: Any, browser: Any, settings: Any) -> Journey:
    settings.DEMO = "small"  # whose people's codes are told
    return Journey(finished.shop, browser)


def test_an_organiser_goes_from_the_edition_to_the_award_by_pages_alone(journey):
    an_edition_is_created_and_its_rules_are_tried_and_frozen(journey)
    training_is_given_and_a_question_answered(journey)
    teams_are_registered(journey)
    a_statement_is_taken_in(journey)
    a_case_is_decided(journey)
    a_committee_judges(journey)
    a_result_is_published_objected_to_and_final(journey)
    awards_are_given(journey)
    assert "Everything holds" in journey.shop.manage("verify")


def an_edition_is_created_and_its_rules_are_tried_and_frozen(on: Journey) -> None:
    her = on.organiser
    her.comes()
    her.goes("/organiser/")
    names = {"nameZh": "示例秋季大赛", "nameEn": "Demo autumn contest"}
    her.acts("create_edition", ordinal=3, slug=SLUG, **names)
    times = {name: on.at(DAYS[name]) for name in ("opensAt", "closesAt", "freezesAt")}
    here = f"#{SLUG}"
    her.acts("create_round", here, level="PROVINCIAL", region=HUBEI, **times)
    later = {name: on.at(days) for name, days in (("opensAt", 60), ("closesAt", 90), ("freezesAt", 97))}
    her.acts("create_round", here, level="NATIONAL", **later)
    her.goes(HOME)
    rest = {name: on.at(days) for name, days in DAYS.items() if name not in times}
    her.acts("arrange_round", advances=6, into="National", **rest)
    her.acts("save_partner", role="ORGANISER", nameZh="示例省会", nameEn="Demo Society")
    her.acts("set_target", kind="TEAMS", goal=72)
    on.tab("rules")
    her.acts("draft_rulebook")
    tries_weights_on_last_year(her)
    her.acts("write_rulebook", textZh="示例秋季大赛规则。", textEn="The rules of the autumn contest.")
    her.acts("freeze_rulebook")
    assert "Nobody can change them any more" in her.reads() and not her.has("write_rulebook")


def tries_weights_on_last_year(her: Hand) -> None:
    """The simulator replays the edition that is over; other weights give other totals, and change nothing."""
    her.page.locator("#simulator form button").last.click()
    choice = her.page.locator(
        "#simulator select[name=of] option:has-text('2nd edition'):has-text('Provincial')"
    )
    her.page.select_option("#simulator [name=of]", choice.get_attribute("value"))
    her.page.locator("#simulator form button").last.click()
    rows = her.page.locator("#simulator tbody tr")
    assert rows.count() == 72 and "By its published result" in her.reads()
    before = rows.all_inner_texts()
    her.page.locator("#simulator summary").first.click()
    weights = her.page.locator("#simulator input[name$='.weightBps']")
    first, second = weights.nth(0), weights.nth(1)
    first.fill(str(float(first.input_value()) - 10))
    second.fill(str(float(second.input_value()) + 10))
    her.page.locator("#simulator form button").last.click()
    after = her.page.locator("#simulator tbody tr").all_inner_texts()
    assert len(after) == 72 and after != before


def training_is_given_and_a_question_answered(on: Journey) -> None:
    her, manager = on.organiser, on.manager
    on.tab("calendar")
    her.goes(f"{HOME}training/")
    her.acts("save_course", titleZh="示例课程", titleEn="How to take part")
    course = "#course-1"
    her.acts("add_lesson", course, titleZh="第一课", titleEn="Lesson one", textZh="正文", textEn="Its text.")
    asked = {"questionZh": "几户？", "questionEn": "How many households?", "optionsZh": "十\n百", "optionsEn": "Ten\nA hundred"}  # fmt: skip
    her.acts("add_quiz_item", course, right=1, **asked)
    her.acts("publish_course", course)
    manager.comes("training/")
    manager.page.locator("main a:has-text('How to take part')").first.click()
    manager.acts("mark_lesson")
    name = manager.page.locator("#quiz input[type=radio]").first.get_attribute("name")
    manager.acts("answer_quiz", **{name: 0})
    assert "Passed on" in manager.reads()
    paper = manager.page.locator("main a[href$='.pdf']").get_attribute("href")
    assert manager.page.request.get(f"{on.shop.url}{paper}").body().startswith(b"%PDF")
    manager.opens(f"contest/{SLUG}/questions/")
    manager.acts("ask_about_edition", words="几户人家可以报名？")
    her.opens("office/")
    her.goes("/office/questions/")
    her.acts("answer_question", words="十户以上。")
    told = {
        "questionZh": "几户可以报名？",
        "answerZh": "十户以上。",
        "questionEn": "How many?",
        "answerEn": "Ten or more.",
    }
    her.goes("all=true")
    her.acts("publish_question", "main article:has-text('几户人家可以报名')", **told)
    on.guest.opens(f"contest/{SLUG}/questions/")
    assert "How many?" in on.guest.reads()


def teams_are_registered(on: Journey) -> None:
    """One applies and is checked by pages, the others as that one did; all 72 are let in by the organiser's page."""
    on.passes(DAYS["registrationOpensAt"])
    on.manager.opens("desk/contest/")
    on.manager.acts(
        "apply_to_round",
        "main section:has-text('autumn contest')",
        goalZh="让乡亲多卖一季",
        goalEn="One more season",
    )
    on.officer.comes()
    on.officer.goes("/office/registrations/")
    on.officer.acts("check_registration", "main section:has-text('One more season')")
    with on.shop.database():
        for team in Team.objects.select_related("county", "division").order_by("code"):
            if on.managers[team.code].email != sign_ins.MANAGER:
                made = registration.apply(on.round(), team, ("目标", "A goal"), on.managers[team.code])
                registration.check(made, on.they.checks(team))
    her = on.organiser
    her.opens(f"organiser/{HOME}calendar/?region={HUBEI}")
    on.tab("entries")
    her.page.select_option("#entries [name=state]", "CHECKED")
    her.page.locator("#entries form[role=search] button").first.click()
    for _ in range(72):
        her.acts("approve_registration")
    assert not her.has("approve_registration")
    with on.shop.database():
        states = Registration.objects.filter(round=on.round()).values_list("state", flat=True)
        assert list(states) == ["live"] * 72


def a_statement_is_taken_in(on: Journey) -> None:
    """While the round is open: a platform's file, whose project a colleague approves, and the file too."""
    on.passes(DAYS["opensAt"])
    on.passes(DAYS["opensAt"] + 20)
    with on.shop.database():
        number = Entry.objects.get(round=on.round(), team__code="HB22").number
        paid = f"{clock.now() - timedelta(days=1):%Y-%m-%d 10:20:30}"
        stated = f"{clock.today():%Y-%m-%d}"
    her, colleague = on.importer, on.approver
    her.comes()
    her.goes("/organiser/")
    her.goes(f"{HOME}imports/")
    names = {"nameZh": "示例秋季平台", "nameEn": "Autumn platform"}
    her.acts("create_outside_source", platform="autumn", adapter="plain", **names)
    her.acts("propose_mapping", source="Autumn platform", project="A1", entry=number, canonical="HERE")
    rows = [f"A1,o{n},1,{paid},100.00,,u{n},湖北" for n in range(12)]
    file = {"name": "autumn.csv", "mimeType": "text/csv", "buffer": "\n".join((HEADS, *rows, "")).encode()}
    signed = {"controlRows": 12, "controlAmountMinor": "1200.00", "controlRefundMinor": "0"}
    her.acts(
        "upload_import", source="Autumn platform", file=file, scope="INCREMENTAL", grade="SIGNED_ORDERS",
        statedOn=stated, **signed,
    )  # fmt: skip
    with on.shop.database():
        strike()
    colleague.comes()
    colleague.goes("/organiser/")
    colleague.goes(f"{HOME}imports/")
    colleague.acts("approve_mapping")
    colleague.page.locator("#imports a:has-text('Autumn platform')").click()
    assert "it would add 12 sales" in colleague.reads()
    colleague.acts("approve_import")
    assert "Counts" in colleague.reads()


def a_case_is_decided(on: Journey) -> None:
    """Twelve accounts had an entry's goods sent to one address; eleven bought of another without a fault."""
    with on.shop.database():
        for code, phone, street in (("HB22", "1391230", "示例大厦 1 号"), ("HB01", "1391231", "")):
            found = Entry.objects.select_related("team", "round__edition")
            entry = found.get(round=on.round(), team__code=code)
            variant = Variant.objects.filter(product__team=entry.team, product__state="published").first()
            scene = Scene(entry, variant, clock.now() - timedelta(days=3), on.managers[code])
            sent = {"street": street} if street else {}
            wants = [
                {"after": timedelta(hours=3 * n), "by": scene.account(), "phone": f"{phone}{n:04}", **sent}
                for n in range(12)
            ]
            scene.buy_each(wants)
        strike()
    her = on.organiser
    on.tab("imports")
    on.tab("integrity")
    here = "main article:has-text('Many accounts, one address')"
    her.acts("decide_case", here, decision="EXCLUDED", reason="CONFIRMED")
    assert "Excluded · The facts are as the rule says" in her.reads()


def a_committee_judges(on: Journey) -> None:
    """One is invited and judges by pages; the others are appointed and mark as she does. Who owes sheets is told."""
    her, judge = on.organiser, on.judge
    on.tab("judging")
    her.acts("send_role_invitation", email=judge.email)
    judge.comes("account/")
    judge.goes("/role/?token=")
    judge.acts("accept_role")
    judge.opens("office/")
    judge.goes("/judge/")
    judge.goes(HOME)
    judge.page.select_option("[name=province]", "430000")
    judge.page.locator("main form:has([name=province]) button").first.click()
    judge.acts("declare_ties", county="430181", isComplete="true")
    with on.shop.database():
        others = on.they.judges[:2]
        for person, home in zip(others, HOMES[1:], strict=False):
            appointment.appoint(person, Appointment.Role.JUDGE, Place(subject=on.round().edition.uid))
            judges.declare(on.round().edition, person, home, "", is_complete=True)
    on.passes(DAYS["closesAt"])
    judge.opens("judge/")
    judge.goes(HOME)
    judge.goes("/judge/entry/")
    given = {f"mark.{key}": 80 for key in ("benefit", "feasible", "participation")}
    judge.acts("write_sheet", press="Submit and seal", comment="可靠", **given)
    on.tab("judging")
    assert "One sheet given, 71 to give" in her.reads()
    with on.shop.database():
        for person in (*others, Person.objects.get(email=judge.email)):
            _marks_the_rest(person, on.round())


def _marks_the_rest(person: Person, round_: Round) -> None:
    part = judging.judge_of(awake(person), round_.edition_id)
    assert part is not None
    given = set(Sheet.objects.filter(judge=part).values_list("entry_id", flat=True))
    for entry in judging.queue(part, round_):
        if entry.pk not in given:
            sheet.submit(entry.uid, marks(person.pk + entry.pk), "示例评语", person)


def a_result_is_published_objected_to_and_final(on: Journey) -> None:
    her, manager, guest = on.organiser, on.manager, on.guest
    on.passes(DAYS["judgingClosesAt"])
    on.passes(DAYS["freezesAt"])
    on.tab("results")
    her.acts("publish_result")
    guest.opens(f"contest/{HOME}")
    assert "Provisional; objections close on" in guest.reads()
    manager.opens("desk/results/")
    manager.acts("file_objection", words="外部平台的销售都算了吗？")
    on.passes(DAYS["objectionsCloseAt"])
    on.tab("results")
    assert "An objection waits for its answer." in her.reads()
    her.acts("answer_objection", isUpheld="false", words="都算了。")
    on.passes(DAYS["objectionsCloseAt"] + 0.01)
    guest.opens(f"contest/{HOME}")
    assert "Final since" in guest.reads() and guest.reads().count("Goes on") == 6
    manager.opens("desk/results/")
    assert "都算了。" in manager.reads()
    with on.shop.database():
        assert Registration.objects.filter(round__edition__slug=SLUG, round__level="national").count() == 6


def awards_are_given(on: Journey) -> None:
    """The bulletin to take along; an award that one proposes, another approves, and that is followed up until handed over."""
    her, second = on.organiser, on.second
    on.tab("results")
    for form, begins in (("csv", b"\xef\xbb\xbf"), ("xlsx", b"PK")):
        file = her.page.locator(f"#result a[href*='result.{form}']").get_attribute("href")
        assert her.page.request.get(f"{on.shop.url}{file}").body().startswith(begins)
    with on.shop.database():
        stands = Result.objects.get(round=on.round())
        best = stands.rows.select_related("entry").get(rank=1).entry.number
    her.acts("propose_award", number=best, titleZh="示例一等奖", titleEn="First prize", money="5000")
    second.comes()
    second.opens(her.page.url.partition(f"/{READER[0]}/")[2].partition("#")[0])
    second.acts("approve_award")
    on.tab("results")
    her.acts("note_award", words="已向财务申请")
    her.acts("deliver_award", evidence="回单 0001")
    assert "回单 0001" in her.reads()
    with on.shop.database():
        assert Award.objects.get(result=stands).state == "delivered"
