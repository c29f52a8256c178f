"""/v1/disputes, and the control that opens and closes one as a cardholder's bank would."""

from __future__ import annotations

from . import shapes
from .account import Account
from .errors import ApiError, invalid
from .forms import Params
from .listing import listed
from .store import Row

FEE = 1_500
TIME_TO_ANSWER = 7 * 86_400
REASONS = ("bank_cannot_process", "credit_not_processed", "duplicate", "fraudulent", "general",
           "product_not_received", "product_unacceptable", "unrecognized")  # fmt: skip
OPEN = ("needs_response", "under_review")


def open_dispute(
    account: Account,
    paid: Row,
    reason: str = "fraudulent",
    amount: int | None = None,
    status: str = "needs_response",
    currency: str | None = None,
) -> Row:
    """The buyer's bank takes the money back until it is decided; a warning only asks, and takes nothing."""
    asks = status.startswith("warning_")
    if reason not in REASONS:
        raise invalid(f"Invalid reason: {reason}", "reason")
    if not paid["captured"] or paid["disputed"]:
        raise invalid(f"Charge {paid['id']} is not captured, or disputed already.", "charge")
    amount = amount or paid["amount"] - paid["amount_refunded"]
    if not 0 < amount <= paid["amount"]:
        raise invalid("There is nothing left to dispute on this charge.", "amount")
    made = account.stamp(
        "dispute", amount=amount, currency=currency or paid["currency"], charge=paid["id"],
        payment_intent=paid["payment_intent"], reason=reason, status=status, metadata={}, evidence={"enhanced_evidence": {}},
        balance_transactions=[], enhanced_eligibility_types=[], intended_submission_method=None,
        is_charge_refundable=asks, network_reason_code="10.4",
        payment_method_details=_by(paid),
        evidence_details={
            "due_by": account.now() + TIME_TO_ANSWER, "enhanced_eligibility": {}, "has_evidence": False,
            "past_due": False, "submission_count": 0,
        },
    )  # fmt: skip
    account.add(made)
    account.save(paid, disputed=not asks)
    account.emit("charge.dispute.created", made)
    if asks:
        return made
    _move(account, made, -amount, FEE)
    account.emit("charge.dispute.funds_withdrawn", made)
    return made


def close(account: Account, made: Row, status: str) -> Row:
    """The bank decides: won gives the money back, lost keeps it."""
    if status not in ("won", "lost"):
        raise invalid("status must be won or lost", "status")
    if made["status"] not in OPEN:
        raise ApiError(400, f"This dispute is already closed: {made['status']}.")
    before = {"status": made["status"]}
    account.save(made, status=status)
    account.emit("charge.dispute.closed", made, before)
    if status == "won":
        _move(account, made, made["amount"], -FEE)
        account.save(account.get("charge", made["charge"]), disputed=False)
        account.emit("charge.dispute.funds_reinstated", made)
    return made


def _by(paid: Row) -> Row | None:
    """The schema tells of cards alone among our ways to pay."""
    if paid["payment_method_details"]["type"] != "card":
        return None
    return {
        "type": "card",
        "card": {
            "brand": "visa",
            "case_type": "chargeback",
            "network": "visa",
            "network_reason_code": "10.4",
        },
    }


# Where the buyer's bank keeps the money.
KEEPS = ("needs_response", "under_review", "appeal_needs_response", "appeal_under_review", "lost")
ENDS = ("won", "lost", "warning_closed", "prevented")


def become(account: Account, made: Row, status: str) -> Row:
    """Control: whatever the bank does next, appeals and questions included."""
    before = {"status": made["status"]}
    account.save(made, status=status, is_charge_refundable=status.startswith("warning_"))
    account.emit("charge.dispute.closed" if status in ENDS else "charge.dispute.updated", made, before)
    is_taken = sum(booked["amount"] for booked in made["balance_transactions"]) < 0
    if status in KEEPS and not is_taken:
        _move(account, made, -made["amount"], FEE)
        account.emit("charge.dispute.funds_withdrawn", made)
    if status in ("won", "warning_closed") and is_taken:
        _move(account, made, made["amount"], -FEE)
        account.emit("charge.dispute.funds_reinstated", made)
    account.save(account.get("charge", made["charge"]), disputed=status in KEEPS)
    return made


def retrieve(account: Account, params: Params, id: str) -> Row:
    return account.get("dispute", id)


def update(account: Account, params: Params, id: str) -> Row:
    """Evidence, as the desk would send it; `submit` hands it to the bank."""
    params.only("evidence", "metadata", "submit")
    made = account.get("dispute", id)
    if made["status"] not in OPEN:
        raise ApiError(400, "This dispute is already closed.")
    before = {"evidence": dict(made["evidence"]), "status": made["status"]}
    made["evidence"].update(params.part("evidence").data)
    made["evidence_details"]["has_evidence"] = len(made["evidence"]) > 1
    made["metadata"] = params.metadata(made["metadata"])
    if params.flag("submit", default=bool(params.data.get("evidence"))):
        made["status"] = "under_review"
        made["evidence_details"]["submission_count"] += 1
    account.save(made)
    account.emit("charge.dispute.updated", made, before)
    return made


def accept(account: Account, params: Params, id: str) -> Row:
    """/v1/disputes/<id>/close: the seller gives in."""
    params.only()
    return close(account, account.get("dispute", id), "lost")


def list_all(account: Account, params: Params) -> Row:
    return listed(account, params, "dispute", "/v1/disputes", ("charge", "payment_intent"))


def _move(account: Account, made: Row, amount: int, fee: int) -> None:
    booked = shapes.balance(account, "adjustment", amount, made["currency"], made["id"], fee=fee)
    account.add(booked)
    made["balance_transactions"].append(booked)
    account.save(made)
