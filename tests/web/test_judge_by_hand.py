"""In a browser: a judge accepts what she is appointed to, names her ties, marks, seals, and after the opening sees how all marks
lie; whoever keeps the contest sees meanwhile which sheets are missing."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.actions import role_invitation
from accounts.models import Appointment, Person
from accounts.places import Place
from contest.actions.sheet import open_due
from contest.models import RoundPlan, Sheet
from core import clock
from tests.accounts.world import a_person
from tests.catalog.world import a_team
from tests.contest import committee
from tests.figures import full
from tests.web.hand import EVERY_WAY, Hand, Reader

pytestmark = pytest.mark.proof
# Where the least helps: on a phone, without scripts.
READERS: list[Reader] = full(EVERY_WAY, [("zh", 390, False)])
MARKS = {f"mark.{key}": 80 for key in committee.KEYS}


@pytest.fixture
def judged(live_shop: Any, django_db_blocker: Any) -> Any:
    """A round of four teams; one of its organisers, and one who is invited to judge it."""
    with django_db_blocker.unblock():
        with live_shop.database():
            teams = [a_team() for _ in range(4)]
            round_ = committee.a_judged_round(*teams)
            committee.far_away()
            organiser, person = a_person(("organiser",)), a_person(name="示例")
            at = Place(subject=round_.edition.uid)
            role_invitation.send(person.email, Appointment.Role.JUDGE, at, organiser)
        yield SimpleNamespace(round=round_, teams=teams, organiser=organiser, person=person)


def accepts_and_declares(her: Hand, judged: Any) -> None:
    """From what waits in her account to her desk. She has bought of one team, and names another herself."""
    her.comes("account/")
    her.goes("/role/?token=")
    her.acts("accept_role")
    with her.shop.database():
        assert Appointment.objects.filter(person=judged.person, role="judge").exists()
        committee.buys(judged.person, judged.teams[0])
    her.opens("office/")
    her.goes("/judge/")
    her.goes("/provincial/")
    assert not her.page.locator("main a[href*='/judge/entry/']").count()
    her.page.select_option("[name=province]", "430000")
    her.page.locator("main form:has([name=province]) button").first.click()
    her.acts("declare_ties", county="430181", ties=judged.teams[1].code, isComplete="true")


@pytest.mark.parametrize("reader", READERS, ids=str)
def test_a_judge_goes_from_her_invitation_to_how_the_marks_lie(live_shop, browser, judged, reader):
    with live_shop.database():
        her = Hand.of(judged.person, live_shop, browser, reader)
        keeper = Hand.of(Person.objects.get(pk=judged.organiser.pk), live_shop, browser, reader)
    accepts_and_declares(her, judged)
    entries = her.page.locator("main p.line a[href*='/judge/entry/']")
    assert entries.count() == 2, "an entry that ties her does not exist for her"
    assert not any(team.code in her.reads() for team in judged.teams[2:])
    entries.first.click()
    her.acts("write_sheet", press=her.say("提交并密封", "Submit and seal"), comment="可靠", **MARKS)
    with live_shop.database():
        sheet = Sheet.objects.get(judge__person=judged.person)
        assert sheet.state == "submitted"
    assert sheet.sha256 in her.reads() and "可靠" not in her.reads()
    keeper.comes(f"organiser/{judged.round.edition.slug}/provincial/judging/")
    assert her.say("已交 1 份, 还差 1 份", "One sheet given, 1 to give") in keeper.reads()
    if reader[2]:
        wide = her.page.evaluate("document.documentElement.scrollWidth")
        assert wide <= her.page.viewport_size["width"]
    with live_shop.database():
        RoundPlan.objects.filter(round=judged.round).update(
            judging_closes_at=clock.now() - timedelta(seconds=1)
        )
        assert open_due() == 1
    her.page.reload()
    assert "可靠" in her.reads() and not her.has("write_sheet")
    assert "80" in her.page.locator("main table").inner_text()
