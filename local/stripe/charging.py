"""What happens to a PaymentIntent when it is confirmed, authorised, declined, captured."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit, urlunsplit

from . import disputes, shapes
from .account import Account
from .cards import Card, error_code
from .errors import ApiError, unexpected_state
from .methods import BY_REDIRECT, MESSAGES, card_error, card_of, charge_details
from .store import Row

CONFIRMABLE = ("requires_payment_method", "requires_confirmation", "requires_action")
HOLD_LASTS = 7 * 86_400
FAILED_AUTHENTICATION = (
    "payment_intent_authentication_failure",
    "The provided PaymentMethod has failed authentication. You can provide payment_method_data or a new"
    " PaymentMethod to attempt to fulfill this PaymentIntent again.",
)
FAILED_ATTEMPT = (
    "payment_intent_payment_attempt_failed",
    "The payment failed. You can provide payment_method_data or a new PaymentMethod to attempt to fulfill this"
    " PaymentIntent again.",
)


def begin(account: Account, intent: Row, method: Row, on_the_spot: bool = False) -> Row:
    """Try to charge a method: at once, or after the customer has authorised it on another page."""
    if intent["status"] not in CONFIRMABLE:
        message = f"You cannot confirm this PaymentIntent because it has a status of {intent['status']}."
        if intent["status"] == "succeeded":
            message = (
                "You cannot confirm this PaymentIntent because it has already succeeded after being"
                " previously confirmed."
            )
        raise unexpected_state(message, intent)
    if method["type"] not in intent["payment_method_types"]:
        message = (
            f"The PaymentMethod provided ({method['type']}) is not allowed for this PaymentIntent."
            f" Please attach a PaymentMethod of one of the following types: "
            f"{', '.join(intent['payment_method_types'])}."
        )
        raise ApiError(400, message, param="payment_method")
    account.save(
        intent,
        payment_method=method["id"],
        last_payment_error=None,
        next_action=None,
        _attempt=intent["_attempt"] + 1,
    )
    card = card_of(method) if method["type"] == "card" else None
    if card and not card.authenticate:
        return charge(account, intent, method, card)
    if on_the_spot:
        raise decline(account, intent, method, "authentication_required")
    account.save(intent, status="requires_action", next_action=_next_action(account, intent, method))
    account.emit("payment_intent.requires_action", intent)
    return intent


def authorise(account: Account, intent: Row) -> Row:
    """The customer said yes on the second page."""
    method = _waiting(account, intent)
    return charge(account, intent, method, card_of(method) if method["type"] == "card" else None)


def refuse(account: Account, intent: Row) -> Row:
    """The customer failed to authorise on the second page."""
    method = _waiting(account, intent)
    code, message = FAILED_AUTHENTICATION if method["type"] == "card" else FAILED_ATTEMPT
    error = {"type": "invalid_request_error", "code": code, "message": message}
    _fall_back(account, intent, method, error)
    account.emit("payment_intent.payment_failed", intent)
    return intent


def step_back(account: Account, intent: Row) -> Row:
    """The customer left the second page: nothing was tried, another method may be."""
    _waiting(account, intent)
    return account.save(intent, status="requires_payment_method", next_action=None, payment_method=None)


def charge(account: Account, intent: Row, method: Row, card: Card | None) -> Row:
    """Take the money, or hold it when capture is manual."""
    if card and card.decline:
        raise decline(account, intent, method, card.decline)
    made = shapes.charge(account, intent, method, charge_details(method))
    made["receipt_url"] = f"{account.base_url}/receipts/{made['id']}"
    account.add(made)
    account.save(intent, latest_charge=made["id"], next_action=None, last_payment_error=None)
    if intent["capture_method"] == "manual":
        account.save(intent, status="requires_capture", amount_capturable=intent["amount"])
        account.later(HOLD_LASTS, "hold.lapse", intent["id"])
        account.emit("charge.succeeded", made)
        account.emit("payment_intent.amount_capturable_updated", intent)
    else:
        settle(account, intent, made, intent["amount"])
    complete_session(account, intent, method)
    if card and card.dispute:
        disputes.open_dispute(account, made, card.dispute)
    return intent


def settle(account: Account, intent: Row, made: Row, amount: int) -> None:
    """Book captured money; what a smaller capture leaves over goes back to the customer."""
    held = intent["status"] == "requires_capture"
    booked = shapes.balance(account, "charge", amount, made["currency"], made["id"], fee=shapes.fee(amount))
    account.add(booked)
    account.save(
        made, captured=True, amount_captured=amount, amount_refunded=made["amount"] - amount,
        balance_transaction=booked["id"],
    )  # fmt: skip
    account.save(intent, status="succeeded", amount_received=amount, amount_capturable=0)
    account.emit("charge.captured" if held else "charge.succeeded", made)
    account.emit("payment_intent.succeeded", intent)
    if held and intent["_session"]:
        account.save(account.get("checkout.session", intent["_session"]), payment_status="paid")


def decline(account: Account, intent: Row, method: Row, reason: str) -> ApiError:
    """Record a refused charge; the caller raises what is returned."""
    error = card_error(reason)
    made = shapes.charge(account, intent, method, charge_details(method))
    outcome = {
        "type": "issuer_declined", "network_status": "declined_by_network", "reason": reason, "risk_level": "normal",
        "seller_message": "The bank did not accept this payment.",
    }  # fmt: skip
    made.update(
        status="failed",
        paid=False,
        failure_code=error_code(reason),
        failure_message=MESSAGES[reason],
        outcome=outcome,
    )
    account.add(made)
    error.error["charge"] = made["id"]
    account.save(intent, latest_charge=made["id"])
    _fall_back(account, intent, method, dict(error.error))
    account.emit("charge.failed", made)
    account.emit("payment_intent.payment_failed", intent)
    error.error["payment_intent"] = intent
    return error


def complete_session(account: Account, intent: Row, method: Row) -> None:
    """A Checkout Session ends when its PaymentIntent is paid, or held."""
    if not intent["_session"]:
        return
    session = account.get("checkout.session", intent["_session"])
    person = {"address": None, "name": None, "phone": None, "tax_exempt": "none", "tax_ids": [],
              "business_name": None, "individual_name": None, **method["billing_details"]}  # fmt: skip
    person.pop("tax_id", None)
    person["email"] = person.get("email") or session["customer_email"]
    paid = "paid" if intent["status"] == "succeeded" else "unpaid"
    account.save(session, status="complete", payment_status=paid, customer_details=person, url=None)
    account.forget_timers(session["id"])
    account.emit("checkout.session.completed", session)


def return_address(account: Account, intent: Row) -> str | None:
    """Where the customer goes after the second page of a payment without a Checkout Session."""
    if not intent["_return_url"]:
        return None
    parts = urlsplit(intent["_return_url"])
    status = {"succeeded": "succeeded", "requires_capture": "succeeded"}.get(intent["status"], "failed")
    told = urlencode({
        "payment_intent": intent["id"], "payment_intent_client_secret": intent["client_secret"],
        "redirect_status": status,
    })  # fmt: skip
    return urlunsplit(parts._replace(query=f"{parts.query}&{told}" if parts.query else told))


def _waiting(account: Account, intent: Row) -> Row:
    if intent["status"] != "requires_action":
        raise unexpected_state(f"This PaymentIntent has a status of {intent['status']}.", intent)
    return account.get("payment_method", intent["payment_method"])


def _fall_back(account: Account, intent: Row, method: Row, error: Row) -> None:
    error["payment_method"] = {key: value for key, value in method.items() if not key.startswith("_")}
    account.save(
        intent,
        status="requires_payment_method",
        payment_method=None,
        next_action=None,
        last_payment_error=error,
    )


def _next_action(account: Account, intent: Row, method: Row) -> Row:
    url = f"{account.base_url}/authorise/{intent['id']}?attempt={intent['_attempt']}"
    back, kind = intent["_return_url"], method["type"]
    if kind == "alipay":
        told = {"native_data": None, "native_url": None, "return_url": back, "url": url}
        return {"type": "alipay_handle_redirect", "alipay_handle_redirect": told}
    if kind == "wechat_pay":
        told = {"data": url, "hosted_instructions_url": url, "image_data_url": "", "image_url_png": "",
                "image_url_svg": ""}  # fmt: skip
        return {"type": "wechat_pay_display_qr_code", "wechat_pay_display_qr_code": told}
    if back or intent["_session"]:
        return {"type": "redirect_to_url", "redirect_to_url": {"return_url": back, "url": url}}
    return {"type": "use_stripe_sdk", "use_stripe_sdk": {"type": "three_d_secure_redirect", "stripe_js": url}}


__all__ = ["BY_REDIRECT", "authorise", "begin", "decline", "refuse", "return_address", "settle", "step_back"]
