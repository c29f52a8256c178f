"""WeChat's HTTP as documented, asked of the stand-in: the adapter understands each answer, and nothing tells its secret."""

import io
import json
import logging
import time
from collections.abc import Iterator
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from django.test import RequestFactory
from django.views.debug import ExceptionReporter

from accounts.wechat.https import Https
from accounts.wechat.port import Answer, Away, NoCode, NoKeys, Ticket, Where
from local.wechat.people import PLAYERS
from local.wechat.server import DESK, INSIDE, REDEEM, TICKET, TOKEN, Stand

SECRET = "planted-3f9c81d2a7"
APPS = {INSIDE: ("wxinside", SECRET), DESK: ("wxdesk", SECRET + "desk")}
BACK = "https://shop.example/zh/wechat/"


@pytest.fixture
def stand() -> Iterator[Stand]:
    now = [time.time()]
    with Stand(APPS, clock=lambda: now[0]) as standing:
        standing.now = now  # type: ignore[attr-defined]
        yield standing


@pytest.fixture
def house(stand: Stand) -> Https:
    return Https({"inside": APPS[INSIDE], "desk": APPS[DESK]}, stand.url, stand.url)


class Stay(HTTPRedirectHandler):
    def http_error_303(self, req, fp, code, msg, headers):
        return fp


def say_yes(house: Https, where: Where, person: str = "lin", state: str = "s1") -> str:
    """A person says yes at the page to which the shop has sent her; the code with which she comes back."""
    address = house.address(where, BACK, state).partition("#")[0]
    with build_opener(Stay).open(address, urlencode({"person": person}).encode()) as answer:
        back = urlsplit(answer.headers["Location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == BACK
    told = parse_qs(back.query)
    assert told["state"] == [state]
    return told["code"][0]


def test_each_place_has_its_own_page_and_scope_in_the_documented_order(house: Https) -> None:
    inside, desk = (house.address(where, BACK, "abc") for where in (Where.INSIDE, Where.DESK))
    for address, path, app, scope in (
        (inside, INSIDE, "wxinside", "snsapi_userinfo"),
        (desk, DESK, "wxdesk", "snsapi_login"),
    ):
        parts = urlsplit(address)
        assert (parts.path, parts.fragment) == (path, "wechat_redirect")
        names = [pair.partition("=")[0] for pair in parts.query.split("&")]
        assert names == ["appid", "redirect_uri", "response_type", "scope", "state"]
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert asked == {
            "appid": app,
            "redirect_uri": BACK,
            "response_type": "code",
            "scope": scope,
            "state": "abc",
        }
        assert SECRET not in address


def test_a_code_says_who_it_is_once_at_its_own_app_alone(house: Https, stand: Stand) -> None:
    lin = PLAYERS["lin"]
    code = say_yes(house, Where.INSIDE)
    with pytest.raises(NoCode):
        house.redeem(Where.DESK, code)
    assert house.redeem(Where.INSIDE, code) == Answer("wxinside", lin.openid("wxinside"), lin.unionid)
    with pytest.raises(NoCode, match="40163"):
        house.redeem(Where.INSIDE, code)
    # Another id at another app; the same over both.
    desk = house.redeem(Where.DESK, say_yes(house, Where.DESK))
    assert (desk.openid, desk.unionid) == (lin.openid("wxdesk"), lin.unionid)
    assert lin.openid("wxdesk") != lin.openid("wxinside")
    with pytest.raises(NoCode, match="40029"):
        house.redeem(Where.DESK, "made-up")


@pytest.mark.parametrize(("seconds", "is_good"), [(299, True), (301, False)])
def test_a_code_lives_five_minutes(house: Https, stand: Stand, seconds: int, is_good: bool) -> None:
    code = say_yes(house, Where.DESK)
    stand.now[0] += seconds  # type: ignore[attr-defined]
    if is_good:
        assert house.redeem(Where.DESK, code).openid
    else:
        with pytest.raises(NoCode):
            house.redeem(Where.DESK, code)


def test_a_snapshot_pages_account_is_told_as_what_it_is(house: Https) -> None:
    assert house.redeem(Where.INSIDE, say_yes(house, Where.INSIDE, "snapshot")).is_virtual


def test_nothing_of_a_name_or_a_picture_is_asked_for(house: Https, stand: Stand) -> None:
    house.redeem(Where.INSIDE, say_yes(house, Where.INSIDE))
    assert [urlsplit(one).path for one in stand.queries] == ["/sns/oauth2/access_token"]


def test_a_ticket_is_had_by_a_token_and_the_secret_stands_in_no_address(house: Https, stand: Stand) -> None:
    assert house.share_ticket() == Ticket(stand.ticket, 7200)
    token, ticket = stand.queries
    assert token.startswith(f"{TOKEN}{{") and SECRET in token
    assert ticket == f"{TICKET}?access_token={stand.token}&type=jsapi"
    assert stand.ticket not in repr(house.share_ticket())


ANSWERS = {
    "busy": (200, json.dumps({"errcode": -1, "errmsg": f"system error {SECRET}"}), Away),
    "unknown number": (200, json.dumps({"errcode": 99999, "errmsg": SECRET}), Away),
    "wrong secret": (200, json.dumps({"errcode": 40125, "errmsg": SECRET}), NoKeys),
    "used": (200, json.dumps({"errcode": 40163, "errmsg": SECRET}), NoCode),
    "no JSON": (200, f"<html>{SECRET}", Away),
    "not an object": (200, f'["{SECRET}"]', Away),
    "nobody": (200, "{}", Away),
    "a number for an id": (200, '{"openid": 7}', Away),
    "broken": (500, SECRET, Away),
}
# What is asked, and at which address the answer is wrong.
ASKED = {
    REDEEM: lambda house: house.redeem(Where.DESK, "a-code"),
    TOKEN: lambda house: house.share_ticket(),
    TICKET: lambda house: house.share_ticket(),
}
OF_CODES_ALONE = {"used"}


@pytest.mark.parametrize("at", ASKED)
@pytest.mark.parametrize("what", [*ANSWERS, "nobody listens"])
def test_the_secret_is_in_no_log_no_failure_and_no_error_report(
    house: Https, stand: Stand, what: str, at: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Planted, and looked for: in what is logged at its loudest, and in Django's report of the failure, frame by frame."""
    kind: type[Exception] = Away
    if what == "nobody listens":
        house = Https(
            {"inside": APPS[INSIDE], "desk": APPS[DESK]}, "http://127.0.0.1:9", "http://127.0.0.1:9"
        )
    else:
        status, body, kind = ANSWERS[what]
        kind = Away if what in OF_CODES_ALONE and at != REDEEM else kind
        stand.trouble = lambda: (status, body) if stand.queries[-1].startswith(at) else None
    loud = io.StringIO()
    handler = logging.StreamHandler(loud)
    root = logging.getLogger()
    level, root.level = root.level, logging.DEBUG
    root.addHandler(handler)
    try:
        with pytest.raises(kind) as failed:
            ASKED[at](house)
        report = ExceptionReporter(RequestFactory().get("/zh/wechat/"), *_last(failed)).get_traceback_data()
    finally:
        root.removeHandler(handler)
        root.level = level
    if what != "nobody listens":
        assert any(SECRET in sent for sent in stand.queries), "the secret was sent, and so could be told"
    ours = [frame for frame in report["frames"] if "accounts/wechat" in frame["filename"]]
    assert ours
    told = str([frame["vars"] for frame in ours])
    for text in (loud.getvalue(), caplog.text, str(failed.value), repr(failed.value), told):
        assert SECRET not in text and stand.token not in text
    assert failed.value.__cause__ is failed.value.__context__ is None


def _last(failed: pytest.ExceptionInfo) -> tuple:
    return failed.type, failed.value, failed.tb


def test_the_look_for_the_secret_finds_it_where_a_library_logs_addresses(stand: Stand) -> None:
    """A control: asked by urllib3, as most would ask, the secret stands in the log and in what is raised."""
    import urllib3

    loud = io.StringIO()
    handler = logging.StreamHandler(loud)
    logger = logging.getLogger("urllib3")
    level = logger.level
    logger.setLevel(logging.DEBUG)
    logger.addHandler(handler)
    try:
        urllib3.PoolManager(retries=False).request(
            "GET", f"{stand.url}/sns/oauth2/access_token?secret={SECRET}"
        )
        with pytest.raises(Exception, match=SECRET):
            urllib3.PoolManager(retries=1).request("GET", f"http://127.0.0.1:9/?secret={SECRET}")
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    assert SECRET in loud.getvalue()
