"""The stand-in for Stripe: PaymentIntents by card and by wallet, and whose they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
import stripe

from tests.local.stripe_world import World, refused


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


def test_customers(world: World) -> None:
    made = world.v1.customers.create({"email": "a@example.com", "metadata": {"person": "p"}})
    assert world.v1.customers.update(made.id, {"name": "某"}).name == "某"
    assert world.intent(customer=made.id).customer == made.id
    assert [one.id for one in world.v1.customers.list({"email": "a@example.com"}).data] == [made.id]
    assert world.v1.customers.delete(made.id).deleted
    assert refused(lambda: world.v1.customers.retrieve(made.id)).code == "resource_missing"
