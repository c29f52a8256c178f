"""What Stripe says of a dispute, in our words."""

from datetime import UTC, datetime
from typing import Any

from orders.provider.port import DisputeSeen

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


def id_of(value: Any) -> str:
    """The id of a reference, expanded or not."""
    return (value.get("id") if isinstance(value, dict) else value) or ""


def dispute_seen(dispute: dict) -> DisputeSeen:
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
        intent_id=id_of(dispute.get("payment_intent")),
        currency=currency[:3],
        status=status[:40],
        due_at=datetime.fromtimestamp(due, tz=UTC) if due else None,
        is_refundable=bool(dispute.get("is_charge_refundable")),
        is_taken=state == "lost" or (state == "prevented" and _is_withdrawn(dispute)),
    )


def _is_withdrawn(dispute: dict) -> bool:
    """Whether what it took has not come back. Its bookings may be in the account's own currency: their sign tells."""
    return sum(booked["amount"] for booked in dispute.get("balance_transactions") or ()) < 0
