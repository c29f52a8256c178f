"""Where she is signed in (decision 0065): told by day and in words, ended one by one, and never more than is hers."""

import re
from datetime import timedelta
from threading import Thread

import pytest
from django.contrib.sessions.exceptions import SessionInterrupted
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import devices, open_sessions
from accounts.actions import export as exports
from accounts.actions import joining
from accounts.models import OpenSession, Person
from accounts.models.open_session import LASTS
from core.api.ids import global_id
from core.language import use
from core.templatetags.sheaf import day as said_as
from shop.sessions import SessionStore
from tests.accounts.test_lost_number import from_a_browser
from tests.accounts.world import PASSWORD, a_person
from tests.web.test_pages import post

pytestmark = pytest.mark.django_db

PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 MicroMessenger/8.0.49(0x18003137) NetType/WIFI Language/zh_CN"
)
DESK = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
PAGE = "/zh/account/devices/"


def a_browser(person: Person, agent: str = DESK, **kwargs) -> Client:
    """Signed in with her password."""
    client = Client(headers={"User-Agent": agent}, **kwargs)
    post(client, "sign_in", email=person.email, password=PASSWORD)
    assert client.session.get("_auth_user_id") == str(person.pk)
    return client


def row_of(client: Client) -> OpenSession:
    return OpenSession.objects.get(session=client.session.session_key)


def ends(client: Client, row: OpenSession, **typed: str) -> None:
    post(client, "end_session", id=global_id("OpenSession", row.uid), back=PAGE, next=PAGE, **typed)


def is_in(client: Client) -> bool:
    return client.get("/zh/account/").status_code == 200


def told(client: Client, page: str = PAGE) -> list[str]:
    return re.findall(
        r'<div class="line">\s*<p class="flush">\s*<b>([^<]*)</b>', client.get(page).content.decode()
    )


@pytest.mark.parametrize(
    ("agent", "zh", "en"),
    [
        (PHONE, "微信（iPhone）", "WeChat on an iPhone"),
        (DESK, "Chrome（Windows 电脑）", "Chrome on Windows"),
        (DESK + " Edg/126.0.0.0", "Edge（Windows 电脑）", "Edge on Windows"),
        (
            "Mozilla/5.0 (Linux; Android 12; HarmonyOS; NOH-AN00) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/114.0.0.0 Mobile Safari/537.36 HuaweiBrowser/15.0.4.300",
            "华为浏览器（鸿蒙设备）",
            "Huawei Browser on HarmonyOS",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/17.4 Safari/605.1.15",
            "Safari（Mac 电脑）",
            "Safari on a Mac",
        ),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0", "火狐（Linux 电脑）", "Firefox on Linux"),
        ("curl/8.5.0", "浏览器（其他设备）", "A browser on some device"),
        ("", "浏览器（其他设备）", "A browser on some device"),
    ],
)  # fmt: skip
def test_a_browser_has_the_name_its_person_would_give_it(agent, zh, en):
    browser, system = open_sessions.named(agent)
    row = OpenSession(browser=browser, system=system)
    with use("zh"):
        assert str(row.name) == zh
    with use("en"):
        assert str(row.name) == en


def test_she_sees_where_she_is_signed_in_by_day_and_which_one_this_is():
    mei, other = a_person(), a_person()
    phone, desk = a_browser(mei, PHONE), a_browser(mei)
    a_browser(other)
    day = timezone.localdate() - timedelta(days=40)
    OpenSession.objects.filter(pk=row_of(phone).pk).update(first_seen_on=day, last_seen_on=day)
    page = desk.get(PAGE).content.decode()
    assert told(desk) == ["Chrome（Windows 电脑）", "微信（iPhone）"]
    assert page.count("这一台") == 1 and page.index("这一台") < page.index("微信（iPhone）")
    with use("zh"):
        assert page.count(said_as(day)) == 2
    # The phone comes by: it was seen today, and since then.
    assert is_in(phone)
    row = row_of(phone)
    assert (row.first_seen_on, row.last_seen_on) == (day, timezone.localdate())


def test_a_session_has_a_last_day_however_often_she_comes_by_and_signing_in_begins_another():
    mei = a_person()
    phone, desk = a_browser(mei, PHONE), a_browser(mei)
    last = timezone.localdate() - LASTS + timedelta(days=1)
    OpenSession.objects.filter(pk=row_of(phone).pk).update(first_seen_on=last, last_seen_on=last)
    assert is_in(phone) and len(told(desk)) == 2
    OpenSession.objects.filter(pk=row_of(phone).pk).update(first_seen_on=last - timedelta(days=1))
    assert told(desk) == ["Chrome（Windows 电脑）"]
    assert not is_in(phone) and is_in(desk)
    post(phone, "sign_in", email=mei.email, password=PASSWORD)
    assert is_in(phone) and row_of(phone).first_seen_on == timezone.localdate()
    # Signed in once more in the same browser before its last day, it begins anew.
    OpenSession.objects.filter(pk=row_of(desk).pk).update(first_seen_on=last)
    post(desk, "sign_in", email=mei.email, password=PASSWORD)
    assert row_of(desk).first_seen_on == timezone.localdate()


def test_no_address_and_no_key_is_told_or_kept_of_a_device():
    mei = a_person()
    desk = a_browser(mei, DESK, REMOTE_ADDR="203.0.113.77")
    row = OpenSession.objects.filter(pk=row_of(desk).pk).values().get()
    assert "203.0.113.77" not in str(row) and "Mozilla" not in str(row)
    assert desk.session.session_key not in desk.get(PAGE).content.decode()
    kept = exports.export(mei)["open_sessions"]
    assert [set(one) for one in kept] == [{"name", "first_seen_on", "last_seen_on"}]


def test_one_is_ended_and_the_others_stay():
    mei, other = a_person(), a_person()
    phone, tablet, desk, hers = a_browser(mei, PHONE), a_browser(mei), a_browser(mei), a_browser(other)
    key = row_of(phone).session_id
    ends(desk, row_of(phone))
    assert not Session.objects.filter(pk=key).exists()
    assert [is_in(client) for client in (phone, tablet, desk)] == [False, True, True]
    # Nobody else's, by whatever id.
    ends(hers, row_of(desk))
    assert is_in(desk) and is_in(hers)
    assert len(told(desk)) == 2


def test_ending_asks_for_the_password_once_signing_in_is_a_while_ago():
    mei = a_person()
    phone, desk = a_browser(mei, PHONE), a_browser(mei)
    session = desk.session
    session["just_proved"] = {}
    session.save()
    ends(desk, row_of(phone))
    assert is_in(phone)
    ends(desk, row_of(phone), ownPassword="wrong-as-can-be")
    assert is_in(phone)
    ends(desk, row_of(phone), ownPassword=PASSWORD)
    assert not is_in(phone) and is_in(desk)


def test_what_a_device_had_shown_is_void_once_it_is_signed_out_from_elsewhere():
    mei = a_person()
    phone, desk = a_browser(mei, PHONE), a_browser(mei)
    cookie = phone.cookies["device"].value
    assert devices.proved_by(from_a_browser(cookie), mei, devices.BY_PASSWORD)
    ends(desk, row_of(phone))
    mei.refresh_from_db()
    assert not devices.proved_by(from_a_browser(cookie), mei, devices.BY_PASSWORD)
    assert not devices.proved(from_a_browser(cookie), mei.email)
    # Signed in there again she has shown her password anew, under another name; the copy of the cookie stays void.
    post(phone, "sign_in", email=mei.email, password=PASSWORD)
    assert devices.proved(from_a_browser(phone.cookies["device"].value), mei.email)
    assert not devices.proved(from_a_browser(cookie), mei.email)


def test_of_more_devices_than_are_counted_none_is_proved_any_more():
    mei = a_person()
    Person.objects.filter(pk=mei.pk).update(ended_devices=[f"{n:032}" for n in range(joining.MOST_ENDED)])
    old, phone, desk = a_browser(mei), a_browser(mei, PHONE), a_browser(mei)
    ends(desk, row_of(phone))
    assert [is_in(client) for client in (old, phone, desk)] == [False, False, True]
    mei.refresh_from_db()
    assert mei.ended_devices == []
    assert not devices.proved(from_a_browser(old.cookies["device"].value), mei.email)
    assert devices.proved(from_a_browser(desk.cookies["device"].value), mei.email)


def test_all_others_are_ended_by_her_by_a_new_password_and_by_nothing_less():
    mei = a_person()
    one, two = a_browser(mei), a_browser(mei, PHONE)
    post(one, "end_other_sessions", back=PAGE, next=PAGE)
    assert (is_in(one), is_in(two)) == (True, False)
    assert told(one) == ["Chrome（Windows 电脑）"]
    since = row_of(one)
    three = a_browser(mei, PHONE)
    new = "another-orange-43"
    post(one, "change_password", currentPassword=PASSWORD, newPassword=new)
    assert (is_in(one), is_in(three)) == (True, False)
    # This one is the same as before, by another key.
    assert told(one) == ["Chrome（Windows 电脑）"] and row_of(one).uid == since.uid


def test_whoever_is_signed_in_here_alone_is_not_offered_to_sign_out_elsewhere():
    mei = a_person()
    one = a_browser(mei)
    offered = "open=end_other_sessions"
    assert offered not in one.get(PAGE).content.decode()
    two = a_browser(mei, PHONE)
    assert offered in one.get(PAGE).content.decode()
    post(two, "sign_out")
    assert offered not in one.get(PAGE).content.decode()


def test_signed_out_or_run_out_it_is_not_told_and_nothing_of_it_stays():
    mei = a_person()
    gone, late, desk = a_browser(mei), a_browser(mei, PHONE), a_browser(mei)
    key = row_of(gone).session_id
    post(gone, "sign_out")
    assert not OpenSession.objects.filter(session=key).exists()
    Session.objects.filter(pk=row_of(late).session_id).update(expire_date=timezone.now())
    assert len(told(desk)) == 1
    Session.objects.all().delete()
    assert not OpenSession.objects.exists()


def test_a_session_from_before_this_was_kept_is_told_once_it_comes_by():
    mei = a_person()
    phone, desk = a_browser(mei, PHONE), a_browser(mei)
    OpenSession.objects.filter(pk=row_of(phone).pk).delete()
    assert len(told(desk)) == 1
    assert is_in(phone)
    assert told(desk) == ["微信（iPhone）", "Chrome（Windows 电脑）"]


def test_more_than_twenty_are_told_to_be_more():
    mei = a_person()
    desk = a_browser(mei)
    for _ in range(open_sessions.MOST):
        Client().force_login(mei)
    page = desk.get(PAGE)
    assert len(told(desk)) == open_sessions.MOST and "最近的 20 台" in page.content.decode()
    with CaptureQueriesContext(connection) as many:
        desk.get(PAGE)
    OpenSession.objects.exclude(pk=row_of(desk).pk).delete()
    with CaptureQueriesContext(connection) as one:
        desk.get(PAGE)
    assert len(many) == len(one) == 4  # session, person, her sessions, what is in her cart


def test_signing_in_costs_one_statement_more_and_a_page_none():
    mei = a_person()
    with CaptureQueriesContext(connection) as asked:
        desk = a_browser(mei)
    assert [q["sql"][:40].strip() for q in asked if "opensession" in q["sql"]][:1] == [
        "INSERT INTO accounts_opensession AS"
    ]
    assert sum("opensession" in q["sql"] and "django_session s LEFT" not in q["sql"] for q in asked) == 1
    with CaptureQueriesContext(connection) as asked:
        desk.get("/zh/account/addresses/")
    assert [q["sql"] for q in asked if "opensession" in q["sql"] and "LEFT JOIN" not in q["sql"]] == []


@pytest.mark.django_db(transaction=True)
def test_one_that_gets_a_new_key_while_it_is_ended_does_not_get_away():
    """A code of her app gives a session another key: at that very moment she ends it from elsewhere."""
    mei = a_person()
    phone = a_browser(mei, PHONE)
    store = SessionStore(phone.session.session_key)
    assert store.seen_on is None and store["_auth_user_id"] == str(mei.pk)
    Session.objects.filter(pk=store.session_key).delete()
    said = []

    def goes_on():
        try:
            store.cycle_key()
        except SessionInterrupted as interrupted:
            said.append(interrupted)
        finally:
            connection.close()

    thread = Thread(target=goes_on)
    thread.start()
    thread.join()
    assert said and not Session.objects.exists()
