"""Inside WeChat's browser a page that is everybody's is signed for a card, by one ticket that all share; elsewhere nothing is."""

import json
import logging
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from secrets import token_hex
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings as here
from django.core.cache import cache
from django.test import Client

from accounts.actions import wechat_share
from local.wechat.server import DESK, INSIDE, SCRIPT, Stand
from tests.figures import full, in_full_alone
from tests.live import LiveShop
from tests.web.conftest import a_shelf
from tests.web.test_wechat import A_DESK, NO_WECHAT, PHONE

SECRET = "planted-7b02e5d1c4"
SIGN = "/in-wechat/"


@pytest.fixture
def stand(settings: Any) -> Iterator[Stand]:
    """WeChat's stand-in, and a shop whose app it knows; nothing is kept of another test's."""
    apps = {INSIDE: (f"wx{token_hex(8)}", SECRET), DESK: ("wxdesk", SECRET + "desk")}
    with Stand(apps) as standing:
        at = {"pages": standing.url, "api": standing.url, "scripts": standing.url}
        options = {"apps": {"inside": apps[INSIDE], "desk": apps[DESK]}, **at}
        settings.WECHAT = {"adapter": "accounts.wechat.https.Https", "options": options}
        yield standing


@pytest.fixture
def product(shelf: Any) -> str:
    return f"/zh/p/{shelf.product.slug}/"


def by(name: str) -> Client:
    return Client(HTTP_USER_AGENT=name)


def signed(path: str, client: Client | None = None) -> Any:
    return (client or by(PHONE)).get(SIGN, {"url": f"{here.SITE_URL}{path}"})


def scripts_of(answer: Any) -> str:
    """What the page's policy lets run."""
    (found,) = (one for one in answer["Content-Security-Policy"].split("; ") if one.startswith("script-src"))
    return found.removeprefix("script-src ")


def key(stand: Stand) -> str:
    return f"wechat-ticket:{stand.apps[INSIDE][0]}"


def seconds_left(key: str) -> int:
    """How long the cache keeps it."""
    client: Any = cache._cache.get_client()  # type: ignore[attr-defined]
    return int(client.ttl(cache.make_key(key)))


def test_the_signature_is_that_of_wechats_own_example() -> None:
    ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    page = "http://mp.weixin.qq.com?params=value"
    made = wechat_share.signature_of(ticket, "Wm3WZYTPz0wzccnW", 1414587457, page)
    assert made == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"


@pytest.mark.django_db
def test_inside_wechat_a_public_page_is_signed_as_wechat_checks_it(stand: Stand, product: str) -> None:
    inside = by(PHONE)
    for _ in range(2):  # made, and kept for all guests
        answer = inside.get(product)
        assert f'data-in-wechat="{SIGN}"' in answer.content.decode()
        assert scripts_of(answer) == f"'self' {stand.url}{SCRIPT}"
    nonces = set()
    for path in (product, f"{product}?utm=%E4%B8%AD&from=singlemessage", "/en/", "/zh/shop/?category=fruit"):
        answer = signed(path, inside)
        told = answer.json()
        assert told.pop("script") == f"{stand.url}{SCRIPT}" and answer["Cache-Control"] == "private, no-store"
        assert stand.is_signed(f"{here.SITE_URL}{path}", told) and abs(told["timestamp"] - time.time()) < 60
        assert not stand.is_signed(f"{here.SITE_URL}{path}#share", told)
        nonces.add(told["nonceStr"])
    assert len(nonces) == 4 and len(stand.queries) == 2, "one token, one ticket"


@pytest.mark.django_db
def test_everywhere_else_there_is_nothing_of_it(stand: Stand, product: str, settings: Any) -> None:
    for name in (A_DESK, NO_WECHAT):
        assert scripts_of(by(name).get(product)) == "'self'"
        assert signed(product, by(name)).status_code == 404
    # Nor on what is somebody's own, or nowhere, inside WeChat either.
    for path in ("/zh/cart/", "/zh/sign-in/", "/zh/p/nothing/", "/zh/shop/?query=tea", "/zh/nowhere/"):
        answer = by(PHONE).get(path)
        assert "data-in-wechat" not in answer.content.decode()
        assert path.startswith("/zh/shop/") or scripts_of(answer) == "'self'", path
    assert stand.queries == []
    apps = {"inside": ("", ""), "desk": stand.apps[DESK]}
    settings.WECHAT = {**settings.WECHAT, "options": {**settings.WECHAT["options"], "apps": apps}}
    assert scripts_of(by(PHONE).get("/zh/help/")) == "'self'" and signed("/zh/help/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(
    "url",
    [
        *("", "/zh/", "https://elsewhere.example/zh/", f"{here.SITE_URL}.elsewhere.example/zh/"),
        *(f"{here.SITE_URL}@elsewhere.example/zh/", f"{here.SITE_URL}/zh/#cart", f"{here.SITE_URL}//zh/"),
        *(
            f"{here.SITE_URL}{path}"
            for path in ("/zh/cart/", "/zh/order/X/", "/do/act/", "/graphql", "/nowhere")
        ),
        f"{here.SITE_URL}/zh/?{'x' * 1000}",
    ],
)
def test_no_other_address_is_signed(stand: Stand, url: str) -> None:
    assert by(PHONE).get(SIGN, {"url": url}).status_code == 404
    assert by(PHONE).post(SIGN, {"url": f"{here.SITE_URL}/zh/"}).status_code == 405
    assert stand.queries == []


@pytest.mark.django_db
def test_the_ticket_is_kept_sealed_till_shortly_before_its_end_and_then_had_anew(
    stand: Stand, product: str, settings: Any
) -> None:
    assert signed(product).status_code == 200
    kept = cache.get(key(stand))
    assert stand.ticket not in kept and 6800 < seconds_left(key(stand)) <= 6900
    stand.ticket = token_hex(32)
    cache.delete_many([key(stand), f"{key(stand)}:asked"])
    assert stand.is_signed(f"{here.SITE_URL}{product}", signed(product).json()) and len(stand.queries) == 4
    # Of a key that is no more: as if there were none.
    settings.SECRET_KEY = "another secret, which has sealed nothing"
    cache.delete(f"{key(stand)}:asked")
    assert signed(product).status_code == 200 and len(stand.queries) == 6


@pytest.mark.django_db
@pytest.mark.parametrize("errcode", [-1, 40164, 45009])
def test_where_wechat_refuses_a_bare_link_is_shared_and_it_is_left_alone_for_a_minute(
    stand: Stand, product: str, errcode: int, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    said = json.dumps({"errcode": errcode, "errmsg": f"{SECRET} rid"})
    stand.trouble = lambda: (200, said)
    assert [signed(product).status_code for _ in range(5)] == [404] * 5 and len(stand.queries) == 1
    assert by(PHONE).get(product).status_code == 200
    assert 50 < seconds_left(f"{key(stand)}:asked") <= 60
    assert ("see its keys" in caplog.text) is (errcode == 40164) and f"errcode {errcode}" in caplog.text
    stand.trouble = None
    cache.delete(f"{key(stand)}:asked")
    assert signed(product).status_code == 200


@pytest.mark.django_db
def test_neither_secret_nor_token_nor_ticket_is_in_a_page_an_answer_or_a_log(
    stand: Stand, product: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    inside = by(PHONE)
    told = inside.get(product).content + signed(product, inside).content + inside.get("/zh/").content
    assert any(SECRET in sent for sent in stand.queries) and any(
        stand.token in sent for sent in stand.queries
    )
    for planted in (SECRET, stand.token, stand.ticket):
        assert planted not in told.decode() and planted not in caplog.text


def asked_at_once(stand: Stand, many: int) -> list[bool]:
    """Whether each of so many that come at once is signed, while WeChat takes its time."""
    stand.trouble = lambda: time.sleep(0.2)
    cache.delete_many([key(stand), f"{key(stand)}:asked"])
    stand.queries.clear()
    with ThreadPoolExecutor(many) as threads:
        return list(threads.map(lambda _: bool(wechat_share.sign(f"{here.SITE_URL}/zh/")), range(many)))


def test_of_many_at_once_one_asks_wechat_and_nobody_waits_for_it(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = full(200, otherwise=20)
    is_signed = asked_at_once(stand, many)
    assert len(stand.queries) == 2 and any(is_signed)
    # The control: where nobody keeps the others back, more than one asks.
    open_to_all = SimpleNamespace(get=cache.get, set=cache.set, add=lambda *_: True)
    monkeypatch.setattr(wechat_share, "cache", open_to_all)
    asked_at_once(stand, 20)
    assert len(stand.queries) > 2


@in_full_alone("starts a shop of its own; what it signs is checked above")
def test_in_the_browser_the_port_is_told_the_card_of_the_page(browser: Any, django_db_blocker: Any) -> None:
    apps = {INSIDE: ("wxinside", SECRET), DESK: ("wxdesk", SECRET + "desk")}
    with (
        ExitStack() as stack,
        Stand(apps) as stand,
        tempfile.TemporaryDirectory(prefix="sheaf-chat-") as folder,
    ):
        keys = {"WECHAT_APP_ID": "wxinside", "WECHAT_APP_SECRET": SECRET, "WECHAT_BASE": stand.url}
        shop = LiveShop(Path(folder), f"chat_{token_hex(4)}", **keys)
        shop.open(stack)
        with django_db_blocker.unblock(), shop.database():
            product = a_shelf().product
        address = f"{shop.url}/zh/p/{product.slug}/?from=chat"
        for name, is_told in ((PHONE, True), (NO_WECHAT, False)):
            context = browser.new_context(viewport={"width": 390, "height": 844}, user_agent=name)
            page = context.new_page()
            loud: list[str] = []
            page.on("console", lambda said, loud=loud: loud.append(said.text))
            page.goto(f"{address}#share")
            page.wait_for_load_state("networkidle")
            told = page.evaluate("() => window.wx?.seen ?? null")
            assert (told is not None) is is_told and loud == []
            if is_told:
                assert stand.is_signed(address, told["config"])
                assert (
                    told["chat"]
                    == told["timeline"]
                    == {
                        "title": product.name_zh,
                        "desc": page.get_attribute('meta[name="description"]', "content"),
                        "link": f"{shop.url}/zh/p/{product.slug}/",
                        "imgUrl": f"{shop.url}/cards/zh/product/{product.slug}.png",
                    }
                )
            context.close()
        assert len(stand.queries) == 2
