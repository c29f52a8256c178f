"""Stripe's objects in our words: payments, refunds, disputes."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from orders.provider.port import (
    DisputeSeen,
    Noun,
    PaymentSeen,
    RefundFailure,
    RefundSeen,
    Seen,
    Was,
)

# Every outcome of Stripe's schema; one that is not here goes to a person. A warning is a bank's question: it takes
# no money, and what is closed without becoming a dispute was never taken.
_DISPUTE_STATES = {
    "needs_response": "open",
    "warning_needs_response": "open",
    "under_review": "under_review",
    "warning_under_review": "under_review",
    "appeal_needs_response": "appealed",
    "appeal_under_review": "appealed",
    "warning_closed": "won",
    "won": "won",
    "prevented": "prevented",
    "lost": "lost",
}
# What we act on, in our words; any other of its codes stays as it is, for a person to read.
_FAILURES = {
    "charge_disputed": RefundFailure.DISPUTED,
    "charge_for_pending_refund_disputed": RefundFailure.DISPUTED,
    "charge_already_refunded": RefundFailure.ALREADY_GIVEN,
    "amount": RefundFailure.TOO_MUCH,
    "lost_or_stolen_card": RefundFailure.CARD_GONE,
    "expired_or_canceled_card": RefundFailure.CARD_GONE,
    "merchant_request": RefundFailure.CALLED_OFF,
}


def id_of(value: Any) -> str:
    """The id of a reference, expanded or not."""
    return (value.get("id") if isinstance(value, dict) else value) or ""


def _intent_seen(intent: dict, page_ref: str = "") -> PaymentSeen:
    written = intent.get("metadata") or {}
    status = intent["status"]
    state = {"succeeded": Was.SUCCEEDED, "processing": Was.PROCESSING, "canceled": Was.CANCELLED}.get(status)
    if state is None:
        state = Was.FAILED if intent.get("last_payment_error") else Was.CREATED
    charge = intent.get("latest_charge")
    details = charge.get("payment_method_details") if isinstance(charge, dict) else None
    return PaymentSeen(
        state=state,
        amount_minor=intent.get("amount_received") or 0,
        currency=intent.get("currency") or "",
        method=(details or {}).get("type") or "",
        page_ref=page_ref,
        payment_ref=intent["id"],
        paid_at=_moment(charge) if state is Was.SUCCEEDED else None,
        payment=written.get("payment") or "",
        order=written.get("order") or "",
    )


def _moment(charge: Any) -> datetime | None:
    """When a charge was made, in whole seconds."""
    made = charge.get("created") if isinstance(charge, dict) else None
    return datetime.fromtimestamp(made, UTC) if isinstance(made, int) else None


def _session_seen(session: dict) -> PaymentSeen:
    intent = session.get("payment_intent")
    seen = _intent_seen(intent, session["id"]) if isinstance(intent, dict) else None
    if session["status"] == "expired" and (seen is None or seen.state is not Was.SUCCEEDED):
        return PaymentSeen(Was.CANCELLED, page_ref=session["id"], payment_ref=id_of(intent))
    if session["status"] == "complete" and session["payment_status"] != "paid":
        failed = seen is not None and seen.state in (Was.FAILED, Was.CANCELLED)
        state = Was.FAILED if failed else Was.PROCESSING
        return PaymentSeen(state, page_ref=session["id"], payment_ref=id_of(intent))
    return seen or PaymentSeen(Was.CREATED, page_ref=session["id"])


def refund_seen(refund: dict) -> RefundSeen:
    state = {
        "succeeded": Was.SUCCEEDED,
        "failed": Was.FAILED,
        "canceled": Was.FAILED,
    }.get(refund["status"], Was.PENDING)
    failure = (refund.get("failure_reason") or refund["status"]) if state is Was.FAILED else ""
    return RefundSeen(
        state,
        refund["id"],
        refund["amount"],
        _failure(failure),
        currency=refund.get("currency") or "",
        payment_ref=id_of(refund.get("payment_intent")),
        ours=(refund.get("metadata") or {}).get("refund") or "",
    )


def failed(code: str) -> RefundSeen:
    """A refund that was refused as soon as it was asked for, by Stripe's code or the parameter that it minds."""
    return RefundSeen(Was.FAILED, failure=_failure(code))


def _failure(code: str) -> str:
    return str(_FAILURES.get(code, code))[:120]


def _dispute_seen(dispute: dict) -> DisputeSeen:
    """A dispute as it stands; what has no rule is unclear."""
    status, currency = dispute["status"], dispute.get("currency") or ""
    # What is asked back in another currency is no number of fen: a person looks at it.
    state = _DISPUTE_STATES.get(status, "unclear") if currency == "cny" else "unclear"
    due = (dispute.get("evidence_details") or {}).get("due_by")
    return DisputeSeen(
        id=dispute["id"],
        state=state,
        amount_minor=dispute["amount"],
        reason=(dispute.get("reason") or "")[:60],
        payment_ref=id_of(dispute.get("payment_intent")),
        currency=currency[:3],
        status=status[:40],
        due_at=datetime.fromtimestamp(due, tz=UTC) if due else None,
        is_refundable=bool(dispute.get("is_charge_refundable")),
        is_taken=state == "lost" or (state == "prevented" and _is_withdrawn(dispute)),
    )


def _is_withdrawn(dispute: dict) -> bool:
    """Whether what it took has not come back. Its bookings may be in the account's own currency: their sign tells."""
    return sum(booked["amount"] for booked in dispute.get("balance_transactions") or ()) < 0


SEEN: dict[Noun, Callable[[dict], Seen]] = {
    Noun.PAGE: _session_seen,
    Noun.PAYMENT: _intent_seen,
    Noun.REFUND: refund_seen,
    Noun.DISPUTE: _dispute_seen,
}
