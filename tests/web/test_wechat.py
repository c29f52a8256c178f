"""In by WeChat, by pages alone: one code twice, another browser's state, two ids of one person, a consent that ends (N25)."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from django.conf import settings as here
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.models import Consent, Merging, Person, SignInWay, WeChatErrand
from local.wechat.people import PLAYERS
from local.wechat.server import DESK, INSIDE, Stand
from tests.accounts.world import PASSWORD, a_person

pytestmark = pytest.mark.django_db

SECRET = "planted-5e1c7f20bb"
PHONE = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Mobile Safari/537.36 MicroMessenger/8.0.49"
A_DESK = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140 Safari/537.36"
NO_WECHAT = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Mobile/15E148 Safari/604"
LIN = PLAYERS["lin"]


@pytest.fixture
def stand(settings: Any) -> Iterator[Stand]:
    apps = {INSIDE: ("wxinside", SECRET), DESK: ("wxdesk", SECRET + "desk")}
    with Stand(apps) as standing:
        options = {
            "apps": {"inside": apps[INSIDE], "desk": apps[DESK]},
            "pages": standing.url,
            "api": standing.url,
        }
        settings.WECHAT = {"adapter": "accounts.wechat.https.Https", "options": options}
        yield standing


class Stay(HTTPRedirectHandler):
    def http_error_303(self, req, fp, code, msg, headers):
        return fp


class Browser:
    """Somebody's browser, which names itself so."""

    def __init__(self, name: str = A_DESK):
        self.client = Client(HTTP_USER_AGENT=name, HTTP_ACCEPT_LANGUAGE="zh")

    def page(self, path: str) -> str:
        answer = self.client.get(path, follow=True)
        assert answer.status_code == 200
        return answer.content.decode()

    def press(self, act: str, **fields: str) -> Any:
        back = fields.pop("back", "/zh/sign-in/")
        return self.client.post(f"/do/{act}/", {"next": "/zh/account/", "back": back, **fields})

    def sent_to_wechat(self, goes_on_to: str = "/zh/account/") -> str:
        answer = self.press("begin_wechat", goesOnTo=goes_on_to, isAgreed="true")
        assert answer.status_code == 302, answer.content[:300]
        return answer["Location"]

    def says_yes(self, who: str = "lin", goes_on_to: str = "/zh/account/") -> str:
        """The address with which WeChat sends her browser back."""
        address = self.sent_to_wechat(goes_on_to).partition("#")[0]
        with build_opener(Stay).open(address, urlencode({"person": who}).encode()) as answer:
            back = urlsplit(answer.headers["Location"])
        return f"{back.path}?{back.query}"

    def comes_back(self, address: str) -> Any:
        return self.client.get(address)

    def enters(self, who: str = "lin") -> Person:
        self.comes_back(self.says_yes(who))
        return self.person

    @property
    def person(self) -> Person:
        return Person.objects.get(pk=self.client.session["_auth_user_id"])

    @property
    def is_signed_in(self) -> bool:
        return "_auth_user_id" in self.client.session


def test_it_is_shown_only_where_it_works_and_asks_for_her_consent(stand):
    assert "用微信扫码" in Browser(A_DESK).page("/zh/sign-in/")
    inside = Browser(PHONE).page("/zh/sign-in/")
    assert "用微信扫码" not in inside and "用微信" in inside
    assert "用微信" not in Browser(NO_WECHAT).page("/zh/sign-in/")
    browser = Browser()
    answer = browser.press("begin_wechat", goesOnTo="/zh/account/")
    assert urlsplit(answer["Location"]).netloc == ""
    assert not WeChatErrand.objects.exists()
    assert "checked" not in browser.page("/zh/sign-in/").split("isAgreed")[1].split(">")[0]


def test_without_keys_nobody_hears_of_it(settings):
    settings.WECHAT = {
        **settings.WECHAT,
        "options": {**settings.WECHAT["options"], "apps": {"inside": ("", ""), "desk": ("wx", "")}},
    }
    assert "微信" not in Browser(PHONE).page("/zh/sign-in/")
    assert "微信" not in Browser(A_DESK).page("/zh/sign-in/")


def test_she_is_in_has_agreed_and_nothing_but_an_id_is_kept(stand):
    browser = Browser(PHONE)
    answer = browser.comes_back(browser.says_yes(goes_on_to="/zh/account/addresses/"))
    assert answer["Location"] == "/zh/account/addresses/"
    assert answer["Referrer-Policy"] == "no-referrer"
    person = browser.person
    assert (person.email, person.name, person.nickname) == (None, "", "")
    values = set(SignInWay.objects.filter(person=person).values_list("value", flat=True))
    assert values == {f"wxinside:{LIN.openid('wxinside')}", LIN.unionid}
    assert Consent.objects.get(person=person).ended_at is None
    # On a desk, by another app: the same person.
    desk = Browser()
    assert desk.enters() == person
    assert Person.objects.count() == 1


def test_the_same_code_again_three_seconds_later_lands_on_the_same_page_signed_in(stand):
    browser = Browser()
    back = browser.says_yes(goes_on_to="/zh/account/addresses/")
    first = browser.comes_back(back)
    sessions = Session.objects.count()
    time.sleep(3)
    second = browser.comes_back(back)
    assert first["Location"] == second["Location"] == "/zh/account/addresses/"
    assert Session.objects.count() == sessions
    assert len([one for one in stand.queries if "access_token" in one]) == 1
    assert 'role="alert"' not in browser.page("/zh/account/")


def test_a_browser_that_threw_the_first_answer_away_gets_the_same_session(stand):
    """It sends the return address twice and shows the second answer alone: that one has to bring the session."""
    browser = Browser()
    back = browser.says_yes()
    before = browser.client.cookies.copy()
    browser.comes_back(back)
    session = browser.client.session.session_key
    browser.client.cookies = before
    assert browser.comes_back(back)["Location"] == "/zh/account/"
    assert browser.client.session.session_key == session
    assert browser.is_signed_in
    assert Session.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_the_same_code_twice_at_once_is_one_session(stand):
    browser = Browser()
    back = browser.says_yes()
    answers: list[Any] = [None, None]
    barrier = threading.Barrier(2)

    def visit(n: int) -> None:
        client = Client(HTTP_USER_AGENT=A_DESK)
        client.cookies.load({name: morsel.value for name, morsel in browser.client.cookies.items()})
        try:
            barrier.wait(timeout=30)
            answers[n] = client.get(back)
        finally:
            connection.close()

    threads = [threading.Thread(target=visit, args=(n,)) for n in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert [answer["Location"] for answer in answers] == ["/zh/account/", "/zh/account/"]
    keys = {answer.cookies[here.SESSION_COOKIE_NAME].value for answer in answers}
    assert len(keys) == 1 == Session.objects.count()
    assert Person.objects.count() == 1 == len(stand.queries)


def refused(browser: Browser, address: str, words: str) -> None:
    people, ways = Person.objects.count(), SignInWay.objects.count()
    answer = browser.comes_back(address)
    assert answer["Location"] == "/zh/sign-in/"
    assert words in browser.page("/zh/sign-in/")
    assert not browser.is_signed_in
    assert (Person.objects.count(), SignInWay.objects.count()) == (people, ways), "no account is made"


def test_each_state_that_is_not_this_browsers_own_and_fresh_is_refused(stand):
    browser, other = Browser(), Browser()
    back = browser.says_yes()
    code = parse_qs(urlsplit(back).query)["code"][0]
    other.sent_to_wechat()
    refused(other, back, "不是从这个浏览器开始的")
    refused(Browser(), back, "不是从这个浏览器开始的")
    refused(browser, f"/zh/sign-in/wechat/?code={code}", "不是从这个浏览器开始的")
    refused(browser, f"/zh/sign-in/wechat/?code={code}&state={'0' * 64}", "不是从这个浏览器开始的")
    refused(browser, back.replace(code, ""), "不是从这个浏览器开始的")
    assert stand.queries == [], "WeChat is asked about none of these"
    # Used: another code with a state that has come back already.
    used = browser.says_yes("zhou")
    browser.comes_back(used)
    browser.press("sign_out")
    zhous = parse_qs(urlsplit(used).query)["code"][0]
    refused(browser, used.replace(zhous, code), "不是从这个浏览器开始的")
    # Of yesterday, and of six minutes ago.
    for age in (timedelta(days=1), timedelta(minutes=5, seconds=1)):
        late = browser.says_yes()
        WeChatErrand.objects.filter(code_sha256="").update(made_at=timezone.now() - age)
        refused(browser, late, "隔得太久了")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        ((200, '{"errcode": 40029, "errmsg": "invalid code"}'), "授权码无效"),
        ((200, '{"errcode": 42003, "errmsg": "code expired"}'), "授权码无效"),
        ((200, '{"errcode": -1, "errmsg": "system error"}'), "微信没有回答"),
        ((200, '{"errcode": 40125, "errmsg": "invalid appsecret"}'), "微信没有回答"),
        ((500, "oops"), "微信没有回答"),
    ],
)
def test_an_error_inside_a_good_answer_signs_nobody_in_and_is_told_the_same_twice(stand, answer, words):
    browser = Browser()
    back = browser.says_yes()
    stand.trouble = lambda: answer
    refused(browser, back, words)
    refused(browser, back, words)
    assert len(stand.queries) == 1, "a code is brought to WeChat once"


def test_a_snapshot_pages_virtual_account_signs_nobody_in(stand):
    browser = Browser(PHONE)
    refused(browser, browser.says_yes("snapshot"), "快照页")


def bound(stand: Stand, openid: str, unionid: str = "") -> None:
    told = f'{{"openid": "{openid}"' + (f', "unionid": "{unionid}"' if unionid else "") + "}"
    stand.trouble = lambda: (200, told)


def test_two_accounts_of_one_wechat_become_one_only_when_she_says_so(stand):
    """First in WeChat's browser by the app's own id alone, then on a desk by the common id; both exist."""
    phone, desk = Browser(PHONE), Browser()
    bound(stand, LIN.openid("wxinside"))
    first = phone.enters()
    bound(stand, LIN.openid("wxdesk"), LIN.unionid)
    second = desk.enters()
    assert first != second
    # The apps belong together now: the phone brings both ids, and no unique index breaks. She is in as ever, there.
    bound(stand, LIN.openid("wxinside"), LIN.unionid)
    again = Browser(PHONE)
    assert again.enters() == first
    assert not Merging.objects.exists()
    assert "另一个账户也是您的" in again.page("/zh/account/ways/")
    again.press("join_accounts", back="/zh/account/ways/")
    assert Merging.objects.get().lasting == again.person == first
    assert Browser().enters() == first and Browser(PHONE).enters() == first
    assert desk.client.get("/zh/account/").status_code != 200, "what the other account had open is over"


def test_consent_ended_and_given_again(stand):
    browser = Browser()
    person = browser.enters()
    way = person.ways.order_by("id").first()
    ways_page = browser.page("/zh/account/ways/")
    assert "end_way" not in ways_page, "the last way has no button"
    end = {"back": "/zh/account/ways/", "next": "/zh/account/ways/", "id": global_id_of(way)}
    browser.press("end_way", **end)
    assert person.ways.filter(ended_at=None).exists(), "and ends by no other door"
    Person.objects.filter(pk=person.pk).update(email="her@example.com", email_verified_at=timezone.now())
    browser.press("end_way", **end)
    assert [one.kind for one in person.ways.filter(ended_at=None)] == ["email"]
    assert Consent.objects.get().ended_at is not None
    # Given again while she is in: her own account. By whoever is nobody here: a fresh one, not hers.
    browser.comes_back(browser.says_yes(goes_on_to="/zh/account/ways/"))
    assert Consent.objects.filter(ended_at=None).get().person == person
    assert Person.objects.count() == 1


def test_wechat_that_opens_another_account_is_not_added_and_the_two_can_be_joined(stand):
    other = Browser().enters()
    hers = a_person()
    browser = Browser()
    browser.press("sign_in", email=hers.email, password=PASSWORD)
    browser.comes_back(browser.says_yes(goes_on_to="/zh/account/ways/"))
    assert "另一个账户" in browser.page("/zh/account/ways/")
    assert set(SignInWay.objects.filter(kind="wechat").values_list("person", flat=True)) == {other.pk}
    browser.press("join_accounts", back="/zh/account/ways/")
    assert set(SignInWay.objects.filter(kind="wechat").values_list("person", flat=True)) == {hers.pk}
    assert browser.person == hers


def test_two_accounts_are_joined_by_a_fact_of_each(stand):
    hers, other = a_person(), a_person()
    browser = Browser()
    browser.press("sign_in", email=hers.email, password=PASSWORD)
    back = {"back": "/zh/account/ways/"}
    browser.press("join_accounts", **back)
    browser.press("join_accounts", email=other.email, password="not-hers-42", **back)
    browser.press("join_accounts", email=hers.email, password=PASSWORD, **back)
    assert not Merging.objects.exists()
    # Her own fact is old: she has to show herself once more.
    session = browser.client.session
    session["just_proved"] = {pk: [kind, at - 601] for pk, (kind, at) in session["just_proved"].items()}
    session.save()
    browser.press("join_accounts", email=other.email, password=PASSWORD, **back)
    assert not Merging.objects.exists()
    browser.press("join_accounts", email=other.email, password=PASSWORD, ownPassword=PASSWORD, **back)
    assert Merging.objects.get().gone == other
    assert browser.person == hers
    # Both addresses open the one, by its one password.
    again = Browser()
    again.press("sign_in", email=other.email, password=PASSWORD)
    assert again.person == hers


def test_no_page_of_the_way_tells_the_secret(stand):
    browser = Browser()
    seen = [browser.page("/zh/sign-in/"), browser.sent_to_wechat(), browser.says_yes()]
    stand.trouble = lambda: (500, SECRET)
    answer = browser.comes_back(browser.says_yes())
    seen += [str(answer.headers), answer.content.decode(), browser.page("/zh/sign-in/")]
    assert any(SECRET in one for one in stand.queries)
    assert not any(SECRET in one for one in seen)
    rows = [str(row) for model in (WeChatErrand, SignInWay, Session) for row in model.objects.values()]
    assert not any(SECRET in row for row in rows)


def global_id_of(way: SignInWay) -> str:
    from core.api.ids import global_id

    return global_id("SignInWay", way.uid)


def test_signed_out_elsewhere_and_still_in_here(stand):
    hers = a_person()
    one, other = Browser(), Browser()
    for browser in (one, other):
        browser.press("sign_in", email=hers.email, password=PASSWORD)
    one.press("end_other_sessions", back="/zh/account/devices/")
    assert one.client.get("/zh/account/").status_code == 200
    assert other.client.get("/zh/account/").status_code == 302
