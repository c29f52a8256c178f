"""/v1/payment_intents"""

from __future__ import annotations

from . import charging
from .account import Account
from .errors import ApiError, invalid, missing, unexpected_state
from .forms import Params
from .intent_fields import CAPTURE, amount_of, currency_of, decide_types, describe, refuse_explicit_types
from .listing import listed
from .methods import BY_REDIRECT, chosen
from .shapes import intent as new_intent
from .store import Row

CANCELABLE = (
    "requires_payment_method",
    "requires_capture",
    "requires_confirmation",
    "requires_action",
    "processing",
)
DESCRIBED = ("description", "receipt_email", "metadata", "shipping", "transfer_group", "statement_descriptor",
             "statement_descriptor_suffix", "setup_future_usage")  # fmt: skip
METHODS = ("payment_method", "payment_method_data", "payment_method_options", "allowed_payment_method_types",
           "excluded_payment_method_types", "capture_method")  # fmt: skip
ON_CONFIRM = ("return_url", "off_session", "error_on_requires_action", "use_stripe_sdk", "mandate_data")


def create(account: Account, params: Params) -> Row:
    refuse_explicit_types(params)
    params.only("amount", "currency", "customer", "confirm", "confirmation_method", "automatic_payment_methods",
                *DESCRIBED, *METHODS, *ON_CONFIRM)  # fmt: skip
    made = new_intent(account, amount_of(params), currency_of(params), [])
    describe(made, params)
    made["customer"] = _customer(account, params)
    made["capture_method"] = params.choice("capture_method", CAPTURE, "automatic_async")
    decide_types(made, params)
    method = chosen(account, params)
    if method:
        made.update(payment_method=method["id"], status="requires_confirmation")
    account.add(made)
    account.emit("payment_intent.created", made)
    return _confirm(account, made, params) if params.flag("confirm") else made


def retrieve(account: Account, params: Params, id: str) -> Row:
    params.only("client_secret")
    return account.get("payment_intent", id)


def update(account: Account, params: Params, id: str) -> Row:
    refuse_explicit_types(params)
    params.only("amount", "currency", "customer", *DESCRIBED, *METHODS)
    intent = account.get("payment_intent", id)
    if {"amount", "currency", "capture_method"} & set(params.data) and intent[
        "status"
    ] not in charging.CONFIRMABLE:
        message = (
            f"This PaymentIntent's amount could not be updated because it has a status of {intent['status']}."
        )
        raise unexpected_state(message, intent)
    if "amount" in params:
        intent["amount"] = amount_of(params)
    if "currency" in params:
        intent["currency"] = currency_of(params)
    if "customer" in params:
        intent["customer"] = _customer(account, params)
    describe(intent, params)
    method = chosen(account, params)
    if method and intent["status"] in charging.CONFIRMABLE:
        intent.update(payment_method=method["id"], status="requires_confirmation", next_action=None)
    return account.save(intent)


def confirm(account: Account, params: Params, id: str) -> Row:
    refuse_explicit_types(params)
    params.only(*METHODS, *ON_CONFIRM, "receipt_email", "shipping", "setup_future_usage")
    return _confirm(account, account.get("payment_intent", id), params)


def capture(account: Account, params: Params, id: str) -> Row:
    params.only("amount_to_capture", "metadata", "final_capture", "statement_descriptor")
    intent = account.get("payment_intent", id)
    if intent["status"] != "requires_capture":
        message = (
            "This PaymentIntent could not be captured because it has a status of"
            f" {intent['status']}. Only a PaymentIntent with one of the following statuses may be"
            " captured: requires_capture."
        )
        if intent["status"] == "succeeded":
            message = "This PaymentIntent could not be captured because it has already been captured."
        raise unexpected_state(message, intent)
    amount = params.integer("amount_to_capture", intent["amount_capturable"], least=1) or 0
    if amount > intent["amount_capturable"]:
        message = (
            f"The requested capture amount ({amount}) is greater than the amount you can capture"
            f" ({intent['amount_capturable']}) for this PaymentIntent."
        )
        raise ApiError(400, message, code="amount_too_large", param="amount_to_capture")
    intent["metadata"] = params.metadata(intent["metadata"])
    account.forget_timers(id)
    charging.settle(account, intent, account.get("charge", intent["latest_charge"]), amount)
    return intent


def cancel(account: Account, params: Params, id: str) -> Row:
    params.only("cancellation_reason")
    reasons = ("duplicate", "fraudulent", "requested_by_customer", "abandoned")
    reason = params.choice("cancellation_reason", reasons)
    intent = account.get("payment_intent", id)
    if intent["status"] not in CANCELABLE:
        message = (
            f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}. Only a"
            " PaymentIntent with one of the following statuses may be canceled: "
            + ", ".join(CANCELABLE)
            + "."
        )
        raise unexpected_state(message, intent)
    if intent["_session"] and intent["status"] != "requires_capture":
        message = (
            "You cannot cancel the PaymentIntent for a Checkout Session. Expire the Checkout Session instead."
        )
        raise ApiError(400, message, code="payment_intent_unexpected_state")
    return end(account, intent, reason)


def end(account: Account, intent: Row, reason: str | None) -> Row:
    """Cancel, and let go of the money that was held."""
    held = intent["status"] == "requires_capture"
    account.save(
        intent, status="canceled", amount_capturable=0, canceled_at=account.now(), cancellation_reason=reason,
        next_action=None,
    )  # fmt: skip
    account.forget_timers(intent["id"])
    if held:
        made = account.get("charge", intent["latest_charge"])
        account.save(made, amount_refunded=made["amount"], refunded=True)
        account.emit("charge.expired" if reason == "automatic" else "charge.refunded", made)
    account.emit("payment_intent.canceled", intent)
    return intent


def lapse(account: Account, id: str) -> None:
    """A hold that nobody captured in seven days falls away."""
    intent = account.get("payment_intent", id)
    if intent["status"] == "requires_capture":
        end(account, intent, "automatic")


def list_all(account: Account, params: Params) -> Row:
    return listed(account, params, "payment_intent", "/v1/payment_intents", ("customer",))


def _customer(account: Account, params: Params) -> str | None:
    id = params.text("customer")
    return str(account.get("customer", id, "customer")["id"]) if id else None


def _confirm(account: Account, intent: Row, params: Params) -> Row:
    if intent["_session"]:
        raise unexpected_state("You cannot confirm a PaymentIntent that was created by Checkout.", intent)
    method = chosen(account, params)
    if method is None and intent["payment_method"]:
        method = account.get("payment_method", intent["payment_method"])
    if method is None:
        message = (
            "You cannot confirm this PaymentIntent because it's missing a payment method. You can either"
            " update the PaymentIntent with a payment method and then confirm it again, or confirm it again"
            " directly with a payment method or ConfirmationToken."
        )
        raise unexpected_state(message, intent)
    intent["_return_url"] = params.url("return_url")
    _check_redirect(intent, method, params)
    on_the_spot = params.flag("off_session") or params.flag("error_on_requires_action")
    return charging.begin(account, intent, method, on_the_spot)


def _check_redirect(intent: Row, method: Row, params: Params) -> None:
    may_redirect = any(kind in BY_REDIRECT for kind in intent["payment_method_types"])
    if may_redirect and intent["automatic_payment_methods"] and not intent["_return_url"]:
        message = (
            "This PaymentIntent is configured to accept payment methods enabled in your Dashboard. Because"
            " some of these payment methods might redirect your customer off of your page, you must provide"
            " a `return_url`. If you don't want to accept redirect-based payment methods, set"
            " `automatic_payment_methods[enabled]` to `true` and `automatic_payment_methods[allow_redirects]`"
            " to `never` when creating Setup Intents and Payment Intents."
        )
        raise invalid(message)
    if method["type"] == "alipay" and not intent["_return_url"]:
        raise missing("return_url")
    options = params.part("payment_method_options").part("wechat_pay")
    if method["type"] == "wechat_pay" and "client" not in options:
        raise missing("payment_method_options[wechat_pay][client]")
