"""In a browser: each department signs in with password and code, meets what waits for her, and does her one job."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Organisation
from accounts.places import Place
from catalog.models import DepartmentCheck, Leader, Team
from impact.models import Household
from tests.accounts.world import PASSWORD, a_person, an_organisation, holds
from tests.catalog.world import a_county, a_lot, a_product, a_team, a_variant
from tests.factor import App
from tests.figures import full
from tests.web.conftest import a_shelf
from tests.web.office import proposed

pytestmark = pytest.mark.proof
# Once in the suite; in a full run also as an English reader sees it on a desk.
READERS = full([("zh", 390), ("en", 1280)], [("zh", 390)])


@pytest.fixture(scope="module")
def place(live_shop: Any, django_db_blocker: Any) -> SimpleNamespace:
    """A county with a team that sells, and with something for each department to see to."""
    with django_db_blocker.unblock(), live_shop.database():
        shelf = a_shelf()
        Leader.objects.filter(team=shelf.team).update(is_woman=True)
    return shelf


class Officer:
    """Somebody of a department in a browser of her own, by pages alone."""

    def __init__(self, shop: Any, browser: Any, role: str, reader: tuple[str, int]):
        self.shop, (self.language, width) = shop, reader
        self.context = browser.new_context(viewport={"width": width, "height": 844})
        self.context.set_default_timeout(10_000)
        self.page = self.context.new_page()
        with shop.database():
            person = a_person(name="示例", email_verified_at=timezone.now())
            holds(person, role, Place(region=a_county().code))
            self.email, self.app = person.email, App(person)

    def say(self, zh: str, en: str) -> str:
        return zh if self.language == "zh" else en

    def comes(self) -> None:
        """From the address of her work through the sign-in and the code to what waits."""
        self.page.goto(f"{self.shop.url}/{self.language}/office/")
        self.page.fill("[name=email]", self.email)
        self.page.fill("[name=password]", PASSWORD)
        self.press(self.say("登录", "Sign in"))
        self.page.fill("[name=code]", self.app.code())
        self.press(self.say("继续", "Go on"))
        assert self.page.url == f"{self.shop.url}/{self.language}/office/", self.page.url

    def goes(self, zh: str, en: str) -> None:
        self.page.locator("main").get_by_role("link", name=self.say(zh, en), exact=True).first.click()

    def press(self, words: str) -> None:
        self.page.locator(f"main button:has-text('{words}')").first.click()

    def reads(self) -> str:
        return str(self.page.inner_text("body"))


def agriculture(officer: Officer, place: SimpleNamespace) -> bool:
    officer.goes("等检查的商品", "Products to check")
    officer.goes("写检查结果", "Write down what you found")
    officer.page.select_option("[name=isFine]", "false")
    officer.page.fill("[name=words]", "检测报告缺农残项")
    officer.press(officer.say("记下", "Write it down"))
    assert "检测报告缺农残项" in officer.reads()
    with officer.shop.database():
        return DepartmentCheck.objects.filter(kind="quality", by__email=officer.email).exists()


def commerce(officer: Officer, place: SimpleNamespace) -> bool:
    officer.goes("还没看过怎么发货的团队", "Teams whose sending nobody has looked at")
    officer.goes("写检查结果", "Write down what you found")
    officer.page.select_option("[name=isFine]", "true")
    officer.press(officer.say("记下", "Write it down"))
    with officer.shop.database():
        return DepartmentCheck.objects.filter(kind="logistics", by__email=officer.email).exists()


def women(officer: Officer, place: SimpleNamespace) -> bool:
    officer.goes("女性带头的团队", "Teams led by women")
    return officer.say(place.team.name_zh, place.team.name_en) in officer.reads()


def county(officer: Officer, place: SimpleNamespace) -> bool:
    officer.goes("等核实的农户", "Households to verify")
    officer.page.locator("main a.code").last.click()
    code = officer.page.inner_text("h1")
    officer.press(officer.say("情况属实", "It is as was told"))
    officer.press(officer.say("情况属实", "It is as was told"))
    assert f"{code} {officer.say('已核实', 'is verified')}" in officer.reads()
    with officer.shop.database():
        return Household.objects.filter(verified_by__email=officer.email, state="verified").exists()


def media(officer: Officer, place: SimpleNamespace) -> bool:
    officer.goes("团队的故事", "The teams’ stories")
    officer.goes("写故事", "Write its story")
    officer.page.fill("[name=storyZh]", f"江边的{officer.language}茶园")
    officer.press(officer.say("发布", "Publish"))
    with officer.shop.database():
        return Team.objects.filter(story_zh=f"江边的{officer.language}茶园").exists()


def unions(officer: Officer, place: SimpleNamespace) -> bool:
    officer.goes("等核实的组织", "Organisations to verify")
    officer.page.locator("main p.line a").first.click()
    officer.press(officer.say("确有其单位", "They are who they say"))
    with officer.shop.database():
        return Organisation.objects.filter(verified_by__email=officer.email, state="verified").exists()


def observers(officer: Officer, place: SimpleNamespace) -> bool:
    officer.goes("数字", "Figures")
    return officer.say("晚发的包裹", "Late parcels") in officer.reads()


JOBS = {
    "quality_checker": agriculture,
    "logistics_checker": commerce,
    "womens_officer": women,
    "county_verifier": county,
    "media_officer": media,
    "union_verifier": unions,
    "observer": observers,
}


# In the suite the one on whose word money is shared out; tests/web/test_departments.py has them all, without a browser.
SEEN_AT_WORK = full([*JOBS], ["county_verifier"])


@pytest.mark.parametrize("reader", READERS, ids=str)
def test_each_department_signs_in_meets_what_waits_and_does_its_one_job(
    live_shop, browser, django_db_blocker, place, reader
):
    with django_db_blocker.unblock():
        with live_shop.database():
            a_team()
            proposed(place.team)
            an_organisation(state="proposed", region_id=a_county().code)
            handed_in = a_product(place.team, state="submitted", submitted_at=timezone.now())
            a_lot(a_variant(handed_in))
        done = {}
        for role in SEEN_AT_WORK:
            officer = Officer(live_shop, browser, role, reader)
            officer.comes()
            done[role] = JOBS[role](officer, place)
            officer.context.close()
    assert done == dict.fromkeys(SEEN_AT_WORK, True)
