"""The stand-in for Stripe, asked through the official SDK over real HTTP."""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import stripe

from shop.dev.stripe.control import Control, ControlError
from shop.dev.stripe.forms import parse
from shop.dev.stripe.server import Stand
from tests.dev.stripe_world import CANCEL, SECRET, Ear, World, until


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    ear = Ear()
    with Stand(webhook_url=ear.url, webhook_secret=SECRET) as stand:
        yield World(stand.url, ear)
    ear.close()


@pytest.fixture
def world(shared: World) -> World:
    """An empty account whose notices are heard."""
    shared.ear.answers.clear()
    shared.control.trouble("none")
    assert shared.control.wait()
    shared.control.reset()
    shared.ear.heard.clear()
    shared.ear.refused = 0
    return shared


def refused(deed: Callable[[], Any], kind: type[stripe.StripeError] = stripe.InvalidRequestError) -> Any:
    """The error a deed meets."""
    with pytest.raises(kind) as caught:
        deed()
    return caught.value


# -- parameters


def test_nested_form_parameters() -> None:
    raw = "a[b][0][c]=1&a[b][1][c]=2&l[]=x&l[]=y&e=&m[order]=7"
    assert parse(raw) == {
        "a": {"b": [{"c": "1"}, {"c": "2"}]},
        "l": ["x", "y"],
        "e": "",
        "m": {"order": "7"},
    }


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        ({"amount": 0}, "amount", "parameter_invalid_integer"),
        ({"amount": -5}, "amount", "parameter_invalid_integer"),
        ({"amount": "12.5"}, "amount", "parameter_invalid_integer"),
        ({"amount": ""}, "amount", "parameter_missing"),
        ({"amount": 100_000_000}, "amount", "amount_too_large"),
        ({"currency": "xyz"}, "currency", None),
        ({"currency": ""}, "currency", "parameter_missing"),
        ({"colour": "red"}, "colour", "parameter_unknown"),
        ({"metadata": {"k" * 41: "v"}}, f"metadata[{'k' * 41}]", None),
        ({"metadata": {"k": "v" * 501}}, "metadata[k]", None),
        ({"metadata": {f"k{n}": "v" for n in range(51)}}, "metadata", None),
        ({"receipt_email": "nobody"}, "receipt_email", "email_invalid"),
        ({"customer": "cus_none"}, "customer", "resource_missing"),
        ({"payment_method": "alipay"}, "payment_method", "resource_missing"),
        ({"payment_method_types": ["card"]}, "payment_method_types", "payment_method_types_no_longer_supported"),
    ],
)  # fmt: skip
def test_wrong_parameters_are_refused_by_name(
    world: World, change: dict[str, Any], param: str, code: str | None
) -> None:
    error = refused(lambda: world.intent(**{"method": None, **change}))
    assert (error.param, error.code) == (param, code)
    assert world.v1.payment_intents.list().data == []


def test_only_test_keys_are_let_in(world: World) -> None:
    for key in ("sk_live_1", "pk_test_1"):
        client = stripe.StripeClient(key, base_addresses={"api": world.url})
        refused(lambda client=client: client.v1.payment_intents.list(), stripe.AuthenticationError)
    assert requests.get(world.url + "/v1/events").status_code == 401
    assert requests.get(world.url + "/v1/events", auth=("sk_test_1", "")).status_code == 200
    missing = requests.get(world.url + "/v1/nothing", auth=("sk_test_1", ""))
    assert missing.status_code == 404 and "Unrecognized request URL" in missing.json()["error"]["message"]


# -- idempotency


def test_a_key_replays_the_first_answer(world: World) -> None:
    params: Any = {"amount": 700, "currency": "cny", "metadata": {"order": "1"}}
    first = world.v1.payment_intents.create(params, {"idempotency_key": "k"})
    again = world.v1.payment_intents.create(params, {"idempotency_key": "k"})
    assert again.id == first.id and len(world.v1.payment_intents.list().data) == 1
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    other = refused(
        lambda: world.v1.payment_intents.create({**params, "amount": 701}, {"idempotency_key": "k"}),
        stripe.IdempotencyError,
    )
    assert other.http_status == 400 and "same parameters" in str(other)
    refused(
        lambda: world.v1.customers.create({"name": "x"}, {"idempotency_key": "k"}), stripe.IdempotencyError
    )


def test_a_key_is_forgotten_after_a_day(world: World) -> None:
    params: Any = {"amount": 700, "currency": "cny"}
    first = world.v1.payment_intents.create(params, {"idempotency_key": "k"})
    world.control.advance(23 * 3600)
    assert world.v1.payment_intents.create(params, {"idempotency_key": "k"}).id == first.id
    world.control.advance(3601)
    assert world.v1.payment_intents.create(params, {"idempotency_key": "k"}).id != first.id


def test_a_decline_is_kept_under_its_key_and_a_wrong_parameter_is_not(world: World) -> None:
    def declined() -> Any:
        params: Any = {"amount": 1, "currency": "cny", "payment_method": "pm_card_chargeDeclined"}
        params |= {"confirm": True, "allowed_payment_method_types": ["card"]}
        return world.v1.payment_intents.create(params, {"idempotency_key": "d"})

    one, two = refused(declined, stripe.CardError), refused(declined, stripe.CardError)
    assert one.error.payment_intent.id == two.error.payment_intent.id
    assert len(world.v1.charges.list().data) == 1
    refused(
        lambda: world.v1.payment_intents.create({"amount": 0, "currency": "cny"}, {"idempotency_key": "v"})
    )
    world.v1.payment_intents.create({"amount": 1, "currency": "cny"}, {"idempotency_key": "v"})


def test_many_at_once_with_one_key_charge_once(world: World) -> None:
    ids, told = [], []

    def create() -> None:
        try:
            made = world.v1.payment_intents.create(
                {"amount": 5, "currency": "cny"}, {"idempotency_key": "storm", "max_network_retries": 0}
            )
            ids.append(made.id)
        except stripe.APIError as error:
            told.append(error.http_status)

    threads = [threading.Thread(target=create) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 1 and len(ids) + len(told) == 20 and set(told) <= {409}
    assert len(world.v1.payment_intents.list({"limit": 100}).data) == 1


def test_a_lost_answer_is_found_again_by_its_key(world: World) -> None:
    world.control.trouble("lose_answer", path="/v1/refunds")
    paid = world.intent(900)
    params: Any = {"payment_intent": paid.id, "amount": 300}
    refused(
        lambda: world.v1.refunds.create(params, {"idempotency_key": "r", "max_network_retries": 0}),
        stripe.APIConnectionError,
    )
    found = world.v1.refunds.create(params, {"idempotency_key": "r"})
    assert [one.id for one in world.v1.refunds.list().data] == [found.id]
    for mode, kind in (
        ("fail", stripe.APIError),
        ("rate_limit", stripe.RateLimitError),
        ("drop", stripe.APIConnectionError),
    ):
        world.control.trouble(mode)
        refused(lambda: world.v1.events.list(), kind)
    assert world.v1.events.list().data


# -- PaymentIntents


def test_a_card_is_charged(world: World) -> None:
    made = world.v1.payment_intents.create(
        {
            "amount": 3690,
            "currency": "CNY",
            "payment_method": "pm_card_visa",
            "confirm": True,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
            "metadata": {"order": "o-1"},
            "expand": ["latest_charge.balance_transaction", "payment_method"],
        }
    )
    charge: Any = made.latest_charge
    assert (made.status, made.amount_received, made.currency) == ("succeeded", 3690, "cny")
    assert (charge.captured, charge.amount_captured, charge.amount_refunded) == (True, 3690, 0)
    assert charge.payment_method_details.card.last4 == "4242" and charge.metadata.order == "o-1"
    assert charge.balance_transaction.net == 3690 - charge.balance_transaction.fee > 0
    assert made.payment_method.card.brand == "visa" and '"_number"' not in json.dumps(made.to_dict())
    assert world.control.wait()
    assert world.ear.count() == {
        "payment_intent.created": 1,
        "charge.succeeded": 1,
        "payment_intent.succeeded": 1,
    }


@pytest.mark.parametrize(
    ("token", "code", "decline_code"),
    [
        ("pm_card_visa_chargeDeclined", "card_declined", "generic_decline"),
        ("pm_card_chargeDeclinedInsufficientFunds", "card_declined", "insufficient_funds"),
        ("pm_card_chargeDeclinedExpiredCard", "expired_card", None),
        ("pm_card_chargeDeclinedProcessingError", "processing_error", None),
    ],
)
def test_declines(world: World, token: str, code: str, decline_code: str | None) -> None:
    error = refused(lambda: world.intent(method=token), stripe.CardError)
    assert (error.http_status, error.code, error.error.decline_code) == (402, code, decline_code)
    told = error.error.payment_intent
    assert told.status == "requires_payment_method" and told.last_payment_error.code == code
    kept = world.v1.payment_intents.retrieve(told.id, {"expand": ["latest_charge"]})
    assert kept.latest_charge.status == "failed" and kept.latest_charge.failure_code == code  # type: ignore[union-attr]
    paid = world.v1.payment_intents.confirm(told.id, {"payment_method": "pm_card_visa"})
    assert paid.status == "succeeded" and paid.last_payment_error is None
    assert world.control.wait()
    assert world.ear.count()["payment_intent.payment_failed"] == world.ear.count()["charge.failed"] == 1


def test_card_numbers_are_only_test_cards(world: World) -> None:
    def method(number: str, year: int = 2034) -> Any:
        card: Any = {"number": number, "exp_month": 12, "exp_year": year, "cvc": "123"}
        return world.v1.payment_methods.create({"type": "card", "card": card})

    poor = method("4000 0000 0000 9995")
    assert (poor.card.last4, poor.card.brand) == ("9995", "visa")
    assert refused(lambda: world.intent(method=poor.id), stripe.CardError).error.decline_code == (
        "insufficient_funds"
    )
    assert refused(lambda: method("4242424242424241"), stripe.CardError).code == "incorrect_number"
    live = refused(lambda: method("4539578763621486"), stripe.CardError)
    assert live.error.decline_code == "test_mode_live_card"
    assert refused(lambda: method("4242424242424242", 2020), stripe.CardError).code == "invalid_expiry_year"


def test_three_d_secure(world: World) -> None:
    made = world.intent(method="pm_card_threeDSecure2Required", return_url="http://shop.test/back?order=7")
    assert made.status == "requires_action" and made.next_action.type == "redirect_to_url"
    page = made.next_action.redirect_to_url.url
    assert "Authorise" in world.browser.get(page, headers={"Accept-Language": "en"}).text
    gone = world.submit(page, answer="authorise", attempt="1")
    assert gone.headers["Location"].startswith("http://shop.test/back?order=7&payment_intent=" + made.id)
    assert gone.headers["Location"].endswith("redirect_status=succeeded")
    assert world.v1.payment_intents.retrieve(made.id).status == "succeeded"

    declined = world.intent(
        method="pm_card_threeDSecureRequiredChargeDeclined", return_url="http://shop.test/back"
    )
    world.submit(declined.next_action.redirect_to_url.url, answer="authorise")
    assert world.v1.payment_intents.retrieve(declined.id).last_payment_error.code == "card_declined"  # type: ignore[union-attr]
    offline = refused(
        lambda: world.intent(method="pm_card_threeDSecure2Required", off_session=True), stripe.CardError
    )
    assert offline.code == "authentication_required"


@pytest.mark.parametrize("kind", ["alipay", "wechat_pay"])
def test_wallets_redirect_and_then_pay_fail_or_step_back(world: World, kind: str) -> None:
    def page(made: Any) -> str:
        action = made.next_action
        if kind == "alipay":
            return str(action.alipay_handle_redirect.url)
        return str(action.wechat_pay_display_qr_code.hosted_instructions_url)

    made = world.wallet(kind)
    assert made.status == "requires_action"
    world.submit(page(made), answer="fail")
    failed = world.v1.payment_intents.retrieve(made.id)
    assert failed.last_payment_error.code == "payment_intent_payment_attempt_failed"  # type: ignore[union-attr]
    made = world.wallet(kind)
    world.submit(page(made), answer="cancel")
    assert world.v1.payment_intents.retrieve(made.id).last_payment_error is None
    made = world.wallet(kind)
    assert world.submit(page(made), answer="authorise").status_code == 303
    paid: Any = world.v1.payment_intents.retrieve(made.id, {"expand": ["latest_charge"]})
    assert paid.status == "succeeded" and paid.latest_charge.payment_method_details.type == kind
    assert world.submit(page(made), answer="authorise").status_code == 409
    assert len(world.v1.charges.list({"payment_intent": made.id}).data) == 1


def test_wallets_need_what_stripe_needs(world: World) -> None:
    made = world.v1.payment_intents.create({"amount": 5, "currency": "cny"})
    assert made.payment_method_types == ["card", "alipay", "wechat_pay"]
    confirm = world.v1.payment_intents.confirm
    assert "return_url" in str(refused(lambda: confirm(made.id, {"payment_method": "pm_card_visa"})))
    client = refused(
        lambda: confirm(
            made.id, {"payment_method_data": {"type": "wechat_pay"}, "return_url": "http://shop.test/"}
        )
    )
    assert client.param == "payment_method_options[wechat_pay][client]"
    held = world.v1.payment_intents.create({"amount": 5, "currency": "cny", "capture_method": "manual"})
    assert held.payment_method_types == ["card"]


def test_manual_capture(world: World) -> None:
    held = world.intent(2000, capture_method="manual")
    assert (held.status, held.amount_capturable, held.amount_received) == ("requires_capture", 2000, 0)
    too_much = refused(lambda: world.v1.payment_intents.capture(held.id, {"amount_to_capture": 2001}))
    assert too_much.code == "amount_too_large"
    taken: Any = world.v1.payment_intents.capture(
        held.id, {"amount_to_capture": 1500, "expand": ["latest_charge"]}
    )
    assert (taken.status, taken.amount_received) == ("succeeded", 1500)
    assert (taken.latest_charge.amount_captured, taken.latest_charge.amount_refunded) == (1500, 500)
    again = refused(lambda: world.v1.payment_intents.capture(held.id))
    assert again.code == "payment_intent_unexpected_state"
    assert world.v1.refunds.create({"payment_intent": held.id}).amount == 1500
    world.ear.wait_for("charge.captured")
    world.ear.wait_for("payment_intent.amount_capturable_updated")


def test_cancel_and_the_lapse_of_a_hold(world: World) -> None:
    open_one = world.intent(method=None)
    cancelled = world.v1.payment_intents.cancel(open_one.id, {"cancellation_reason": "abandoned"})
    assert (cancelled.status, cancelled.cancellation_reason) == ("canceled", "abandoned")
    for id in (open_one.id, world.intent().id):
        error = refused(lambda id=id: world.v1.payment_intents.cancel(id))
        assert error.code == "payment_intent_unexpected_state" and "may be canceled" in str(error)
    released = world.v1.payment_intents.cancel(
        world.intent(capture_method="manual").id, {"expand": ["latest_charge"]}
    )
    assert released.latest_charge.refunded  # type: ignore[union-attr]
    held = world.intent(capture_method="manual")
    world.control.advance(7 * 86_400 + 1)
    lapsed = world.v1.payment_intents.retrieve(held.id)
    assert (lapsed.status, lapsed.cancellation_reason) == ("canceled", "automatic")
    world.ear.wait_for("charge.expired")


def test_no_second_payment_of_one_intent(world: World) -> None:
    paid = world.intent()
    error = refused(lambda: world.v1.payment_intents.confirm(paid.id, {"payment_method": "pm_card_visa"}))
    assert error.code == "payment_intent_unexpected_state"
    changed = refused(lambda: world.v1.payment_intents.update(paid.id, {"amount": 1}))
    assert changed.code == "payment_intent_unexpected_state"
    kept = world.v1.payment_intents.update(paid.id, {"metadata": {"note": "x"}, "description": "d"})
    assert kept.metadata.note == "x" and kept.amount == 1000  # type: ignore[union-attr]
    kept = world.v1.payment_intents.update(paid.id, {"metadata": {"note": ""}})
    assert kept.metadata.to_dict() == {}  # type: ignore[union-attr]


# -- Checkout


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


# -- the pay page


def test_the_pay_page_speaks_both_languages_without_a_script(world: World) -> None:
    chinese = world.browser.get(world.session(locale="zh").url)
    assert chinese.status_code == 200 and '<html lang="zh-CN">' in chinese.text
    for words in (
        "演示支付 / demo payment, no real money",
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
        assert "演示支付 / demo payment, no real money" in page.text
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


# -- refunds


def test_refunds_stay_within_what_was_paid(world: World) -> None:
    paid = world.intent(1000)
    first = world.v1.refunds.create(
        {"payment_intent": paid.id, "amount": 300, "metadata": {"refund": "r1"}, "expand": ["charge"]}
    )
    assert first.status == "succeeded" and first.charge.amount_refunded == 300  # type: ignore[union-attr]
    too_much = refused(lambda: world.v1.refunds.create({"payment_intent": paid.id, "amount": 701}))
    assert too_much.param == "amount" and "greater than unrefunded amount" in str(too_much)
    assert refused(lambda: world.v1.refunds.create({"payment_intent": paid.id, "amount": 0})).param == (
        "amount"
    )
    assert world.v1.refunds.create({"charge": paid.latest_charge}).amount == 700
    done = refused(lambda: world.v1.refunds.create({"payment_intent": paid.id}))
    assert done.code == "charge_already_refunded"
    charge: Any = world.v1.charges.retrieve(paid.latest_charge, {"expand": ["refunds"]})
    assert charge.refunded and [one.amount for one in charge.refunds.data] == [700, 300]
    unpaid = refused(lambda: world.v1.refunds.create({"payment_intent": world.intent(method=None).id}))
    assert unpaid.code == "payment_intent_unexpected_state"
    nets = [one.net for one in world.v1.balance_transactions.list().data]
    assert nets == [-700, -300, 1000 - 59]
    world.ear.wait_for("charge.refunded", 2)
    assert world.ear.count()["refund.created"] == 2 and not world.ear.count()["refund.updated"]


def test_a_pending_refund_arrives_later(world: World) -> None:
    world.control.refund_mode("pending", after=0.3)
    paid = world.intent(1000)
    made = world.v1.refunds.create({"payment_intent": paid.id, "amount": 400})
    assert (made.status, made.pending_reason) == ("pending", "processing")
    left = refused(lambda: world.v1.refunds.create({"payment_intent": paid.id, "amount": 601}))
    assert left.param == "amount"
    told = world.ear.wait_for("refund.updated")
    assert told["data"]["object"]["status"] == "succeeded"
    assert told["data"]["previous_attributes"]["status"] == "pending"
    assert world.v1.refunds.retrieve(made.id).status == "succeeded"


def test_a_refund_that_fails_later_gives_the_money_back_to_us(world: World) -> None:
    world.control.refund_mode("fail_later", after=None, methods=["alipay"])
    card = world.intent(1000)
    assert world.v1.refunds.create({"payment_intent": card.id}).status == "succeeded"
    wallet = world.wallet("alipay", metadata={"demo_refund": "fail_later"})
    world.submit(wallet.next_action.alipay_handle_redirect.url, answer="authorise")
    made = world.v1.refunds.create({"payment_intent": wallet.id})
    assert made.status == "pending"
    world.control.settle_refund(made.id, "failed")
    failed = world.v1.refunds.retrieve(made.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_reason) == ("failed", "unknown")
    assert failed.failure_balance_transaction.amount == 1000  # type: ignore[union-attr]
    assert world.ear.wait_for("refund.failed")["data"]["object"]["id"] == made.id
    again = world.v1.refunds.create({"payment_intent": wallet.id, "metadata": {"demo_refund": "succeed"}})
    assert (again.status, again.amount) == ("succeeded", 1000)


def test_the_test_cards_for_refunds(world: World) -> None:
    world.control.refund_mode("succeed", after=0.2)
    failing, pending = world.intent(method="pm_card_refundFail"), world.intent(method="pm_card_pendingRefund")
    assert world.v1.refunds.create({"payment_intent": failing.id}).status == "succeeded"
    assert world.v1.refunds.create({"payment_intent": pending.id}).status == "pending"
    world.ear.wait_for("refund.failed")
    world.ear.wait_for("refund.updated", 2)
    assert [one.status for one in world.v1.refunds.list({"payment_intent": failing.id}).data] == ["failed"]


# -- disputes


def test_a_dispute_won_and_a_dispute_lost(world: World) -> None:
    won, lost = world.intent(1000), world.intent(2000)
    opened = world.control.dispute(charge=won.latest_charge, reason="product_not_received")
    world.control.dispute(payment_intent=lost.id)
    assert world.v1.disputes.retrieve(opened["id"]).status == "needs_response"
    assert refused(lambda: world.v1.refunds.create({"payment_intent": won.id})).code == "charge_disputed"
    answered = world.v1.disputes.update(
        opened["id"], {"evidence": {"shipping_tracking_number": "SF1"}, "submit": True}
    )
    assert answered.status == "under_review"
    assert world.control.close_dispute("won", dispute=opened["id"])["status"] == "won"
    assert world.control.close_dispute("lost", charge=lost.latest_charge)["status"] == "lost"
    world.ear.wait_for("charge.dispute.closed", 2)
    world.ear.wait_for("charge.dispute.funds_reinstated")
    counted = world.ear.count()
    assert counted["charge.dispute.created"] == counted["charge.dispute.funds_withdrawn"] == 2
    assert counted["charge.dispute.funds_reinstated"] == 1
    assert world.v1.refunds.create({"payment_intent": won.id}).status == "succeeded"
    refused(lambda: world.v1.refunds.create({"payment_intent": lost.id}))
    with pytest.raises(ControlError):
        world.control.close_dispute("won", charge=lost.latest_charge)
    by_card = world.intent(method="pm_card_createDispute")
    assert len(world.v1.disputes.list({"payment_intent": by_card.id}).data) == 1


# -- events and notices


def test_events_are_listed_filtered_and_paged(world: World) -> None:
    start = int(time.time())
    for amount in range(1, 6):
        world.intent(amount)
    every = list(world.v1.events.list({"limit": 4}).auto_paging_iter())
    assert len(every) == 15 and len({one.id for one in every}) == 15
    paid = world.v1.events.list({"type": "payment_intent.succeeded", "created": {"gte": start}, "limit": 2})
    assert paid.has_more and [one.data.object["amount"] for one in paid.data] == [5, 4]
    older = world.v1.events.list({"type": "payment_intent.*", "ending_before": every[-1].id, "limit": 1})
    assert older.data[0].data.object["amount"] == 1
    both = world.v1.events.list({"types": ["charge.succeeded", "payment_intent.created"], "limit": 100})
    assert len(both.data) == 10
    assert world.v1.events.list({"created": {"gt": start + 3600}}).data == []
    one = world.v1.events.retrieve(every[0].id)
    assert one.request and one.request.id and not one.livemode
    assert refused(lambda: world.v1.events.retrieve("evt_none")).code == "resource_missing"
    assert refused(lambda: world.v1.events.list({"limit": 101})).param == "limit"


def test_notices_are_signed_on_the_raw_body(world: World) -> None:
    world.intent()
    world.ear.wait_for("payment_intent.succeeded")
    notice = world.ear.heard[0]
    stamp, given = (part.split("=")[1] for part in notice.signature.split(","))
    assert abs(time.time() - int(stamp)) < 5
    wanted = hmac.new(SECRET.encode(), stamp.encode() + b"." + notice.body, hashlib.sha256).hexdigest()
    assert given == wanted
    rewritten = json.dumps(json.loads(notice.body)).encode()
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(rewritten, notice.signature, SECRET)  # type: ignore[no-untyped-call]
    assert notice.event["api_version"] == stripe.api_version


def test_the_signature_keeps_real_time_when_the_clock_is_moved(world: World) -> None:
    world.control.advance(3 * 86_400)
    world.intent()
    event = world.ear.wait_for("payment_intent.succeeded")
    assert event["created"] > time.time() + 2 * 86_400


def test_a_notice_is_sent_again_until_it_is_taken(world: World) -> None:
    world.ear.answers = [500, 302]
    world.intent(method=None)
    world.ear.wait_for("payment_intent.created")
    assert world.ear.refused == 2 and world.control.wait()
    (row,) = world.control.deliveries()
    assert (row["state"], row["tries"], row["status"]) == ("delivered", 3, 200)
    assert world.v1.events.retrieve(row["event"]).pending_webhooks == 0


def test_notices_held_released_resent(world: World) -> None:
    world.control.hold()
    paid = world.intent()
    time.sleep(0.15)
    assert world.ear.heard == []
    event = world.v1.events.list({"type": "payment_intent.succeeded"}).data[0]
    assert event.pending_webhooks == 1
    assert world.control.release(event=event.id, keep=True) == 1
    world.ear.wait_for("payment_intent.succeeded")
    assert len(world.ear.heard) == 1
    assert world.control.release(order="reverse", gap=0.05) == 2
    world.ear.wait_for("payment_intent.created")
    assert world.ear.kinds() == ["payment_intent.succeeded", "charge.succeeded", "payment_intent.created"]
    assert world.control.resend(event.id, times=3) == 3
    world.ear.wait_for("payment_intent.succeeded", 4)
    assert world.ear.about(paid.id).count("payment_intent.succeeded") == 4


def test_notices_dropped_duplicated_shuffled_delayed(world: World) -> None:
    world.control.notices("drop", types=["payment_intent.*"])
    world.intent()
    world.ear.wait_for("charge.succeeded")
    assert world.control.wait() and world.ear.kinds() == ["charge.succeeded"]
    world.control.notices("duplicate", copies=3)
    world.intent()
    world.ear.wait_for("payment_intent.succeeded", 3)
    world.control.notices("shuffle")
    for _ in range(4):
        world.intent(method=None)
    world.ear.wait_for("payment_intent.created", 7)
    world.control.notices("deliver", delay=0.3)
    before = time.monotonic()
    world.intent(method=None)
    world.ear.wait_for("payment_intent.created", 8)
    assert time.monotonic() - before >= 0.28


def test_webhook_endpoints(world: World) -> None:
    made = world.v1.webhook_endpoints.create({"url": world.ear.url, "enabled_events": ["charge.refunded"]})
    assert made.secret.startswith("whsec_")  # type: ignore[union-attr]
    assert not hasattr(world.v1.webhook_endpoints.retrieve(made.id), "secret")
    assert len(world.v1.webhook_endpoints.list().data) == 2
    off = world.v1.webhook_endpoints.update(made.id, {"disabled": True})
    assert off.status == "disabled"
    assert world.v1.webhook_endpoints.delete(made.id).deleted
    assert refused(lambda: world.v1.webhook_endpoints.retrieve(made.id)).code == "resource_missing"


def test_customers(world: World) -> None:
    made = world.v1.customers.create({"email": "a@example.com", "metadata": {"person": "p"}})
    assert world.v1.customers.update(made.id, {"name": "某"}).name == "某"
    assert world.intent(customer=made.id).customer == made.id
    assert [one.id for one in world.v1.customers.list({"email": "a@example.com"}).data] == [made.id]
    assert world.v1.customers.delete(made.id).deleted
    assert refused(lambda: world.v1.customers.retrieve(made.id)).code == "resource_missing"


# -- controls and the import


def test_controls_refuse_web_pages_and_nonsense(world: World) -> None:
    url = world.url + "/_control/reset"
    assert requests.post(url, headers={"Origin": "http://evil.test"}).status_code == 403
    for name, wish in (("nothing", {}), ("notices", {"mode": "x"}), ("refund_mode", {"mode": "x"})):
        with pytest.raises(ControlError):
            world.control.call(name, **wish)
    answer = requests.post(world.url + "/_control/refund_mode?mode=pending&after=1")
    assert answer.json() == {"mode": "pending", "after": 1.0, "methods": None}


def test_paying_by_control(world: World) -> None:
    session = world.session()
    declined = world.control.pay(session.id, number="4000000000000002")
    assert declined["status"] == "declined" and declined["error"]["code"] == "card_declined"
    assert world.control.pay(session.id, "alipay", fail=True)["status"] == "requires_payment_method"
    assert world.control.pay(session.id, "alipay")["status"] == "succeeded"
    with pytest.raises(ControlError):
        world.control.pay(session.id)


def test_thousands_of_past_payments_are_imported_once(world: World) -> None:
    yesterday = int(time.time()) - 86_400
    rows: list[dict[str, Any]] = [
        {
            "type": "payment",
            "id": f"pi_demo{n:05d}",
            "amount": 1000 + n,
            "created": yesterday - n,
            "method": ("card", "alipay", "wechat_pay")[n % 3],
            "metadata": {"order": f"o-{n}"},
        }
        for n in range(3000)
    ]
    rows += [
        {"type": "refund", "id": "re_demo1", "payment_intent": "pi_demo00001", "amount": 1, "created": yesterday}
    ]  # fmt: skip
    begun = time.monotonic()
    assert world.control.import_payments(rows) == {"payments": 3000, "refunds": 1, "skipped": 0}
    assert time.monotonic() - begun < 3
    assert world.control.import_payments(rows) == {"payments": 0, "refunds": 0, "skipped": 3001}
    paid: Any = world.v1.payment_intents.retrieve("pi_demo00001", {"expand": ["latest_charge"]})
    assert (paid.status, paid.amount_received, paid.metadata.order) == ("succeeded", 1001, "o-1")
    assert paid.created == yesterday - 1 and paid.latest_charge.amount_refunded == 1
    assert paid.latest_charge.payment_method_details.type == "alipay"
    assert world.v1.refunds.create({"payment_intent": paid.id}).amount == 1000
    assert world.v1.payment_intents.list({"limit": 1}).data[0].id == "pi_demo00000"
    world.ear.wait_for("charge.refunded")
    world.ear.wait_for("refund.created")
    assert len(world.ear.heard) == 2
    before = len(world.v1.payment_intents.list({"limit": 100, "created": {"gte": yesterday + 1}}).data)
    with pytest.raises(ControlError, match="Line 2"):
        world.control.import_payments(
            [{"id": "pi_new1", "amount": 5, "created": yesterday + 9}, {"id": "pi_new2", "amount": -5, "created": 1}]
        )  # fmt: skip
    after = len(world.v1.payment_intents.list({"limit": 100, "created": {"gte": yesterday + 1}}).data)
    assert before == after == 0


# -- the process


class Run:
    """The stand-in as `make run` starts it: a process with a file."""

    def __init__(self, state: Path, ear: Ear) -> None:
        words = ["--state", str(state), "--webhook-url", ear.url, "--webhook-secret", SECRET]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "shop.dev.stripe", "--port", "0", *words],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )
        assert self.process.stdout
        url = self.process.stdout.readline().split()[-1]
        self.world = World(url, ear)

    def end(self, how: int) -> int:
        self.process.send_signal(how)
        code = self.process.wait(10)
        assert self.process.stdout
        self.process.stdout.close()
        return code


def test_everything_survives_kill_nine_and_a_restart(tmp_path: Path) -> None:
    ear, state = Ear(), tmp_path / "run" / "stripe.db"
    first = Run(state, ear)
    world = first.world
    params: Any = {"amount": 700, "currency": "cny"}
    keyed = world.v1.payment_intents.create(params, {"idempotency_key": "k"})
    session = world.session(expires_at=int(time.time()) + 1800)
    world.control.refund_mode("pending", after=0.2)
    world.control.wait()
    world.control.hold()
    ear.heard.clear()
    paid = world.intent(900)
    pending = world.v1.refunds.create({"payment_intent": paid.id, "amount": 100})
    first.end(signal.SIGKILL)

    second = Run(state, ear)
    world = second.world
    assert world.v1.payment_intents.create(params, {"idempotency_key": "k"}).id == keyed.id
    assert world.v1.payment_intents.retrieve(paid.id).status == "succeeded"
    until(lambda: world.v1.refunds.retrieve(pending.id).status == "succeeded", "the pending refund")
    assert ear.heard == [] and world.control.release() >= 5
    ear.wait_for("payment_intent.succeeded")
    ear.wait_for("refund.updated")
    world.control.advance(1801)
    assert world.seen(session).status == "expired"
    assert second.end(signal.SIGTERM) == 0
    ear.close()


def test_notices_on_their_way_at_a_kill_come_after_it(tmp_path: Path) -> None:
    ear, state = Ear(), tmp_path / "stripe.db"
    with Stand(state, webhook_url="http://127.0.0.1:9/", webhook_secret=SECRET) as stand:
        World(stand.url, ear).intent(method=None)
    with Stand(state, webhook_url=ear.url, webhook_secret=SECRET) as stand:
        ear.wait_for("payment_intent.created")
        assert Control(stand.url).wait()
    ear.close()
