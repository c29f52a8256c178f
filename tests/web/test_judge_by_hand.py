"""In a browser: a judge signs in with password and code, names her ties, marks, seals, and after the opening sees how all marks
lie; on a phone in Chinese, on a desk in English, and without scripts."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from accounts.actions import appointment
from accounts.models import Appointment
from accounts.places import Place
from contest.actions.sheet import open_due
from contest.models import RoundPlan, Sheet
from core import clock
from impact.models import Round
from tests.accounts.world import PASSWORD, a_person
from tests.catalog.world import a_team
from tests.contest import committee
from tests.factor import App

pytestmark = pytest.mark.proof
# (language, width, whether scripts run)
READERS = [("zh", 390, True), ("en", 1280, True), ("zh", 390, False)]


class JudgeAtHand:
    """Somebody who was appointed to judge, in a browser of her own."""

    def __init__(self, shop: Any, browser: Any, round_: Round, reader: tuple[str, int, bool]):
        self.shop, (self.language, width, scripts) = shop, reader
        context = browser.new_context(viewport={"width": width, "height": 844}, java_script_enabled=scripts)
        context.set_default_timeout(10_000)
        self.page = context.new_page()
        with shop.database():
            person = a_person(name="示例", email_verified_at=timezone.now())
            appointment.appoint(person, Appointment.Role.JUDGE, Place(subject=round_.edition.uid))
            self.email, self.app = person.email, App(person)

    def comes(self) -> None:
        """Through the sign-in and the code to what waits, and on to her desk."""
        self.page.goto(f"{self.shop.url}/{self.language}/office/")
        self.page.fill("[name=email]", self.email)
        self.page.fill("[name=password]", PASSWORD)
        self.page.locator("main button[type=submit], main form button").first.click()
        self.page.fill("[name=code]", self.app.code())
        self.press("继续", "Go on")
        self.page.locator("main a[href$='/judge/']").first.click()
        self.page.locator("main a[href*='/provincial/']").first.click()

    def press(self, zh: str, en: str) -> None:
        words = zh if self.language == "zh" else en
        self.page.locator(f"main button:has-text('{words}')").first.click()

    def declares(self) -> None:
        """Province, county, no tie, and that this is all."""
        self.page.select_option("[name=province]", "430000")
        self.page.locator("main form:has([name=province]) button").first.click()
        self.page.select_option("[name=county]", "430181")
        self.page.check("[type=checkbox][name=isComplete]")
        self.page.locator("main form[action='/do/declare_ties/'] button").first.click()

    def marks(self, points: int) -> None:
        """The first entry of her queue, by each criterion, for good."""
        self.page.locator("main a[href*='/judge/entry/']").first.click()
        for key in committee.KEYS:
            self.page.fill(f"[name='mark.{key}']", str(points))
        self.page.fill("[name=comment]", "可靠")
        for _ in range(2):  # and once more, having looked
            self.press("提交并密封", "Submit and seal")


@pytest.mark.parametrize("reader", READERS, ids=str)
def test_a_judge_goes_from_the_sign_in_to_how_the_marks_lie(live_shop, browser, django_db_blocker, reader):
    with django_db_blocker.unblock():
        with live_shop.database():
            round_ = committee.a_judged_round(*(a_team() for _ in range(2)))
            committee.far_away()
        judge = JudgeAtHand(live_shop, browser, round_, reader)
        judge.comes()
        judge.declares()
        judge.marks(80)
        with live_shop.database():
            sheet = Sheet.objects.get(judge__person__email=judge.email)
            assert sheet.state == "submitted"
        assert sheet.sha256 in judge.page.content()
        if reader[2]:
            wide = judge.page.evaluate("document.documentElement.scrollWidth")
            assert wide <= judge.page.viewport_size["width"]
        with live_shop.database():
            RoundPlan.objects.filter(round=round_).update(
                judging_closes_at=clock.now() - timedelta(seconds=1)
            )
            assert open_due() == 1
        judge.page.reload()
        assert "可靠" in judge.page.inner_text("body")
        assert judge.page.locator("[name='mark.benefit']").count() == 0
