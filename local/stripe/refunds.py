"""/v1/refunds: at once, pending, and those that fail later as Alipay's and WeChat Pay's can."""

from __future__ import annotations

from . import shapes
from .account import Account
from .errors import ApiError, invalid, missing, unexpected_state
from .forms import Params
from .listing import listed
from .methods import card_of
from .store import Row

MODES = ("succeed", "pending", "fail_later")
REASONS = ("duplicate", "fraudulent", "requested_by_customer")
ANSWERS_IN = 2.0
DEMO_KEY = "demo_refund"


def create(account: Account, params: Params) -> Row:
    params.only("charge", "payment_intent", "amount", "reason", "metadata", "instructions_email", "currency",
                "customer", "origin", "refund_application_fee", "reverse_transfer")  # fmt: skip
    amount = params.integer("amount", least=1)
    reason, metadata = params.choice("reason", REASONS), params.metadata()
    paid = _charge(account, params)
    left = paid["amount"] - paid["amount_refunded"]
    _refuse_impossible(paid, left, amount)
    mode, answers_in = _mode(account, paid, metadata)
    made = shapes.refund(account, paid, amount or left, reason=reason, metadata=metadata)
    waits = mode == "pending" or (mode == "fail_later" and made["destination_details"]["type"] != "card")
    if waits:
        made.update(status="pending", pending_reason="processing")
    _book(account, made, paid)
    if mode != "succeed" and answers_in is not None:
        account.later(answers_in, "refund.fail" if mode == "fail_later" else "refund.succeed", made["id"])
    return made


def retrieve(account: Account, params: Params, id: str) -> Row:
    return account.get("refund", id)


def update(account: Account, params: Params, id: str) -> Row:
    params.only("metadata")
    made = account.get("refund", id)
    before = {"metadata": dict(made["metadata"])}
    account.save(made, metadata=params.metadata(made["metadata"]))
    account.emit("refund.updated", made, before)
    account.emit("charge.refund.updated", made, before)
    return made


def list_all(account: Account, params: Params) -> Row:
    return listed(account, params, "refund", "/v1/refunds", ("charge", "payment_intent"))


def of_charge(account: Account, params: Params, id: str) -> Row:
    """/v1/charges/<id>/refunds"""
    account.get("charge", id)
    mine = [("json_extract(body, '$.charge') = ?", id)]
    return listed(account, params, "refund", f"/v1/charges/{id}/refunds", where=mine)


def succeed(account: Account, id: str) -> Row:
    """A pending refund has arrived."""
    made = account.get("refund", id)
    if made["status"] == "pending":
        account.save(made, status="succeeded", pending_reason=None)
        _emit(account, made, {"status": "pending", "pending_reason": "processing"})
    return made


def fail(account: Account, id: str, why: str = "unknown") -> Row:
    """The bank or wallet sent a refund back: the money is ours again, and the buyer has not had it."""
    made = account.get("refund", id)
    if made["status"] not in ("pending", "succeeded"):
        return made
    before = {"status": made["status"], "failure_reason": None, "failure_balance_transaction": None}
    returned = shapes.balance(account, "refund_failure", made["amount"], made["currency"], made["id"])
    account.add(returned)
    account.save(
        made,
        status="failed",
        failure_reason=why,
        failure_balance_transaction=returned["id"],
        pending_reason=None,
    )
    paid = account.get("charge", made["charge"])
    account.save(paid, amount_refunded=paid["amount_refunded"] - made["amount"], refunded=False)
    _emit(account, made, before)
    account.emit("refund.failed", made)
    return made


def settle(account: Account, id: str, status: str, why: str = "unknown") -> Row:
    """Control: decide a refund now instead of when its timer says so."""
    if status not in ("succeeded", "failed"):
        raise invalid("status must be succeeded or failed", "status")
    account.forget_timers(id)
    return succeed(account, id) if status == "succeeded" else fail(account, id, why)


def _emit(account: Account, made: Row, before: Row) -> None:
    account.emit("refund.updated", made, before)
    account.emit("charge.refund.updated", made, before)


def _charge(account: Account, params: Params) -> Row:
    if "charge" in params and "payment_intent" in params:
        raise invalid("You may only specify one of these parameters: charge, payment_intent.")
    if "charge" in params:
        return account.get("charge", params.text("charge"), "charge")
    if "payment_intent" not in params:
        raise missing("payment_intent")
    intent = account.get("payment_intent", params.text("payment_intent"), "payment_intent")
    if intent["status"] != "succeeded":
        message = f"This PaymentIntent ({intent['id']}) does not have a successful charge to refund."
        raise unexpected_state(message, intent)
    return account.get("charge", intent["latest_charge"])


def _refuse_impossible(paid: Row, left: int, amount: int | None) -> None:
    if not paid["captured"]:
        raise ApiError(400, f"Charge {paid['id']} has not been captured; cancel its PaymentIntent instead.",
                       code="charge_not_refundable")  # fmt: skip
    if paid["disputed"]:
        raise ApiError(
            400, f"Charge {paid['id']} has been charged back; cannot issue a refund.", code="charge_disputed"
        )
    if left <= 0:
        raise ApiError(400, f"Charge {paid['id']} has already been refunded.", code="charge_already_refunded")
    if amount is not None and amount > left:
        message = (
            f"Refund amount ({_shown(amount, paid['currency'])}) is greater than unrefunded amount on charge"
            f" ({_shown(left, paid['currency'])})"
        )
        raise ApiError(400, message, param="amount")


def _shown(amount: int, currency: str) -> str:
    return f"{ {'cny': 'CN¥', 'usd': '$', 'hkd': 'HK$'}.get(currency, '') }{amount / 100:,.2f}"


def _mode(account: Account, paid: Row, metadata: dict[str, str]) -> tuple[str, float | None]:
    """How this refund goes: by its own or its payment's metadata, by the test card, else by the switch."""
    switch = account.store.setting("refund_mode", {"mode": "succeed", "after": ANSWERS_IN, "methods": None})
    wish = metadata.get(DEMO_KEY) or paid["metadata"].get(DEMO_KEY)
    if wish in MODES:
        return str(wish), switch["after"]
    method = account.store.find(paid["payment_method"])
    if method and method["type"] == "card" and "_number" in method and card_of(method).refund:
        return card_of(method).refund, switch["after"]
    kind = paid["payment_method_details"]["type"]
    if switch["methods"] and kind not in switch["methods"]:
        return "succeed", None
    return switch["mode"], switch["after"]


def _book(account: Account, made: Row, paid: Row) -> None:
    booked = shapes.balance(account, "refund", -made["amount"], made["currency"], made["id"])
    account.add(booked)
    account.save(made, balance_transaction=booked["id"])
    before = {"amount_refunded": paid["amount_refunded"], "refunded": paid["refunded"]}
    paid["amount_refunded"] += made["amount"]
    account.save(paid, refunded=paid["amount_refunded"] >= paid["amount"])
    account.emit("refund.created", made)
    account.emit("charge.refunded", paid, before)
