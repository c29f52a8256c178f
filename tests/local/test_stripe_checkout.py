"""The stand-in for Stripe: Checkout Sessions, from open to paid or expired."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.local.stripe_world import World, refused


def test_a_session_from_order_to_paid(world: World) -> None:
    made = world.session(
        customer_email="buyer@example.com",
        payment_intent_data={"metadata": {"order": "o-1"}, "description": "Order 1"},
        allowed_payment_method_types=["card", "alipay", "wechat_pay"],
        payment_method_options={"wechat_pay": {"client": "web"}},
        expand=["line_items"],
    )
    assert (made.amount_total, made.status, made.payment_status) == (2500, "open", "unpaid")
    assert made.payment_intent is None and made.expires_at - made.created == 86_400
    assert made.line_items.data[0].description == "宜红茶" and made.line_items.data[0].quantity == 2
    gone = world.pay_by_card(made)
    assert (gone.status_code, gone.headers["Location"]) == (303, f"http://shop.test/paid?session={made.id}")
    paid = world.seen(made, "payment_intent.latest_charge")
    assert (paid.status, paid.payment_status, paid.url) == ("complete", "paid", None)
    assert paid.payment_intent.metadata.order == "o-1" and paid.payment_intent.latest_charge.amount == 2500
    assert paid.customer_details.email == "buyer@example.com" and paid.client_reference_id == "payment-1"
    told = world.ear.wait_for("checkout.session.completed")
    assert (
        told["data"]["object"]["id"] == made.id
        and told["data"]["object"]["payment_intent"] == paid.payment_intent.id
    )
    listed = world.v1.checkout.sessions.list({"payment_intent": paid.payment_intent.id}).data
    assert [one.id for one in listed] == [made.id]
    refused(lambda: world.v1.payment_intents.cancel(paid.payment_intent.id))


@pytest.mark.parametrize(
    ("seconds", "message"),
    [(29 * 60, "at least 30 minutes"), (25 * 3600, "less than 24 hours"), (-5, "at least 30 minutes")],
)
def test_a_session_lives_between_half_an_hour_and_a_day(world: World, seconds: int, message: str) -> None:
    error = refused(lambda: world.session(expires_at=int(time.time()) + seconds))
    assert (error.http_status, error.param) == (400, "expires_at") and message in str(error)


def test_sessions_refuse_what_stripe_refuses(world: World) -> None:
    price = {"currency": "cny", "unit_amount": 0, "product_data": {"name": "x"}}
    wrong: list[tuple[dict[str, Any], str | None]] = [
        ({"line_items": []}, "line_items"),
        ({"line_items": [{"price_data": price, "quantity": 1}]}, "line_items"),
        (
            {"line_items": [{"price_data": {**price, "product_data": {}}, "quantity": 1}]},
            "line_items[0][price_data][product_data]",
        ),
        (
            {"line_items": [{"price_data": {**price, "unit_amount": -1}, "quantity": 1}]},
            "line_items[0][price_data][unit_amount]",
        ),
        ({"line_items": [{"price_data": price, "quantity": 0}]}, "line_items[0][quantity]"),
        ({"success_url": "/paid"}, "success_url"),
        ({"client_reference_id": "x" * 201}, "client_reference_id"),
        ({"customer_email": "nobody"}, "customer_email"),
        ({"locale": "xx"}, "locale"),
        ({"mode": "subscription"}, "mode"),
        ({"payment_method_types": ["card"]}, "payment_method_types"),
        ({"payment_intent_data": {"metadat": {}, "x": "1"}}, "payment_intent_data[x]"),
        (
            {"allowed_payment_method_types": ["wechat_pay"]},
            "payment_method_options[wechat_pay][client]",
        ),
        ({"expand": ["nonsense"]}, "expand"),
    ]
    for change, param in wrong:
        assert refused(lambda change=change: world.session(**change)).param == param, change
    assert world.v1.checkout.sessions.list().data == []


def test_a_session_expires_by_call_and_by_time(world: World) -> None:
    by_call, by_time = world.session(), world.session(expires_at=int(time.time()) + 1800)
    assert world.v1.checkout.sessions.expire(by_call.id).status == "expired"
    again = refused(lambda: world.v1.checkout.sessions.expire(by_call.id))
    assert "status of `expired`" in str(again)
    assert world.seen(by_time).status == "open"
    world.control.advance(1801)
    assert world.seen(by_time).status == "expired"
    world.ear.wait_for("checkout.session.expired", 2)
    for session in (by_call, by_time):
        assert world.pay_by_card(session).status_code == 410
        assert "expired" in world.browser.get(session.url, params={"locale": "en"}).text
    assert world.v1.charges.list().data == []


def test_a_paid_session_is_neither_paid_again_nor_expired(world: World) -> None:
    session = world.session()
    world.pay_by_card(session)
    second = world.pay_by_card(session)
    assert second.status_code == 200 and "not be charged again" in second.text
    refused(lambda: world.v1.checkout.sessions.expire(session.id))
    assert len(world.v1.charges.list().data) == 1


def test_two_tabs_of_one_session_charge_once_and_two_sessions_twice(world: World) -> None:
    session = world.session()
    wallet = world.follow(world.submit(session.url, method="alipay", locale="en"))
    world.pay_by_card(session)
    late = world.submit(wallet.url, answer="authorise")
    assert late.status_code == 409 and f"/pay/{session.id}" in late.text
    assert len(world.v1.charges.list().data) == 1
    other = world.session()
    world.pay_by_card(other)
    assert len(world.v1.charges.list().data) == 2 and world.seen(other).payment_status == "paid"


def test_expiring_while_the_buyer_is_in_the_wallet(world: World) -> None:
    session = world.session()
    wallet = world.follow(world.submit(session.url, method="alipay", locale="en"))
    world.v1.checkout.sessions.expire(session.id)
    assert world.submit(wallet.url, answer="authorise").status_code == 409
    assert world.seen(session, "payment_intent").payment_intent.status == "canceled"


def test_a_session_with_a_hold(world: World) -> None:
    session = world.session(payment_intent_data={"capture_method": "manual"})
    assert session.payment_method_types == ["card"]
    world.pay_by_card(session)
    held = world.seen(session)
    assert (held.status, held.payment_status) == ("complete", "unpaid")
    world.v1.payment_intents.capture(held.payment_intent)
    assert world.seen(session).payment_status == "paid"


def test_shipping_is_added(world: World) -> None:
    rate = {
        "display_name": "冷链",
        "type": "fixed_amount",
        "fixed_amount": {"amount": 800, "currency": "cny"},
    }
    session = world.session(shipping_options=[{"shipping_rate_data": rate}])
    assert (session.amount_subtotal, session.amount_total) == (2500, 3300)
    assert "¥8.00" in world.browser.get(session.url).text
