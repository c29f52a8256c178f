"""The stand-in for Stripe: the page a buyer pays at."""

from __future__ import annotations

from collections.abc import Callable

import requests

from tests.local.stripe_world import CANCEL, World


def test_the_pay_page_speaks_both_languages_without_a_script(world: World) -> None:
    chinese = world.browser.get(world.session(locale="zh").url)
    assert chinese.status_code == 200 and '<html lang="zh-CN">' in chinese.text
    for words in (
        "支付替身，不动真钱 / stand-in, no real money",
        "支付宝",
        "微信支付",
        "¥25.00",
        "宜红茶 × 2",
        CANCEL,
    ):
        assert words in chinese.text
    english = world.browser.get(world.session(locale="zh").url, params={"locale": "en"})
    assert '<html lang="en">' in english.text and "Pay ¥25.00 with Alipay" in english.text
    for page in (chinese, english):
        assert "支付替身，不动真钱 / stand-in, no real money" in page.text
        assert "<script" not in page.text and 'name="viewport"' in page.text
        assert 'value="4242 4242 4242 4242"' in page.text
        assert "default-src 'none'" in page.headers["Content-Security-Policy"]
    refill = world.browser.get(english.url, params={"number": "4000000000000002"})
    assert 'value="4000 0000 0000 0002"' in refill.text
    assert world.browser.get(world.url + "/pay/cs_test_none").status_code == 404


def test_a_declined_card_says_why_and_the_session_stays_payable(world: World) -> None:
    session = world.session()
    for number, words in (
        ("4000000000000002", "Your card was declined."),
        ("4000 0000 0000 9995", "insufficient funds"),
        ("4242 4242 4242 4241", "card number is not correct"),
        ("4539578763621486", "Only test cards"),
    ):
        told = world.follow(world.pay_by_card(session, number))
        assert words in told.text and 'role="alert"' in told.text and world.seen(session).status == "open"
    assert "过去" in world.follow(world.pay_by_card(session, expiry="01/20", locale="zh")).text
    paid = world.follow(world.pay_by_card(session, "4000002500003155"))
    assert "Your bank asks you to confirm" in paid.text
    world.submit(paid.url, answer="authorise")
    assert world.seen(session).payment_status == "paid"
    assert len({one.payment_intent for one in world.v1.charges.list().data}) == 1


def test_a_wallet_fails_then_is_left_then_pays(world: World) -> None:
    session = world.session()
    choose: Callable[[], requests.Response] = lambda: world.follow(  # noqa: E731
        world.submit(session.url, method="wechat_pay", locale="zh")
    )
    page = choose()
    assert "在微信支付中确认付款" in page.text and "¥25.00" in page.text
    failed = world.follow(world.submit(page.url, answer="fail", locale="zh"))
    assert "付款没有成功" in failed.text
    left = world.follow(world.submit(choose().url, answer="cancel", locale="zh"))
    assert 'role="alert"' not in left.text and world.seen(session).status == "open"
    assert (
        world.submit(choose().url, answer="authorise").headers["Location"].startswith("http://shop.test/paid")
    )
    paid = world.seen(session, "payment_intent.latest_charge")
    assert paid.payment_intent.latest_charge.payment_method_details.type == "wechat_pay"


def test_what_was_bought_cannot_break_the_page(world: World) -> None:
    price = {"currency": "cny", "unit_amount": 5, "product_data": {"name": "<script>alert(1)</script>"}}
    session = world.session(
        line_items=[{"price_data": price, "quantity": 1}], cancel_url='http://shop.test/"><b>'
    )
    page = world.browser.get(session.url, params={"number": '"><script>'}).text
    assert "<script" not in page and '"><b>' not in page
