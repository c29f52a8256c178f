"""A chargeback: a bank takes what paid an order, and may give it back, so that the order is paid again as far as there is
something to pay for."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone

from orders import holding
from orders.actions import refund, refund_failed, refund_given
from orders.actions.refund_share import count_lines
from orders.models import Dispute, Order, Refund, RefundLine, Shipment

State, Reason = Refund.State, Refund.Reason


@dataclass(frozen=True)
class Undone:
    """What came of it: the refund that is undone and its fen, and the one that is owed instead."""

    refund_id: int | None = None
    undone_minor: int = 0
    owed_id: int | None = None
    owed_minor: int = 0


def charge_back(order: Order, dispute: Dispute, minor: int) -> Refund | None:
    """The bank has taken so many fen of what paid the order; None where nothing of it remained. Called with the order
    locked."""
    return refund.record_unasked(order, minor, dispute.provider_id, reason=Reason.DISPUTE)


def undo(order: Order, dispute: Dispute) -> Undone:
    """Undo the chargeback of an order: lines and parcels are paid for again, the order stands where its
    parcels do. Called with the order locked.

    Goods that were called off meanwhile lie on the shelf, or are sold to others: nobody is sent them for it, so what
    was paid for them is the buyer's until a person decides.
    """
    charged_back = Refund.objects.filter(payment=dispute.payment_id, provider_id=dispute.provider_id)
    charged_back = charged_back.filter(reason=Reason.DISPUTE, state=State.SUCCEEDED)
    made = charged_back.select_related("payment").first()
    if made is None:
        return Undone()
    rows = list(made.lines.select_related("line__shipment", "shipment").order_by("pk"))
    idle = [row for row in rows if _is_idle(row)]
    made.move_to(State.UNDONE)
    count_lines(rows, -1)
    owed = _owe(made, idle)
    refund_failed.reopen(order, made)
    holding.follow([order])
    minor = owed.amount_minor if owed else 0
    return Undone(made.pk, made.amount_minor, owed.pk if owed else None, minor)


def _is_idle(row: RefundLine) -> bool:
    """Whether nothing is sent for this money: its parcel is called off, or all of the line was given back."""
    parcel = row.shipment or (row.line.shipment if row.line else None)
    if parcel is not None and parcel.state == Shipment.State.CANCELLED:
        return True
    line = row.line
    is_over = line is not None and line.refunded_units == line.quantity
    return line is not None and is_over and line.refunded_minor == line.net_minor


def _owe(undone: Refund, idle: Sequence[RefundLine]) -> Refund | None:
    """What was taken for these is owed. It waits for a person and no clock: she gives it back, or comes to terms
    with the buyer."""
    amount = sum(row.amount_minor for row in idle)
    if not idle:
        return None
    if not amount:
        # Units alone: what was paid for them another refund had given, and theirs they stay.
        for row in idle:
            other = Refund.objects.filter(lines__line=row.line).exclude(state=State.UNDONE).earliest("pk")
            _copy([row], other)
        return None
    owed = Refund.objects.create(
        payment=undone.payment,
        reason=Reason.REGAINED,
        state=State.FAILED,
        failure=refund_given.FAILURE,
        amount_minor=amount,
        settled_at=timezone.now(),
    )
    _copy(idle, owed)
    return owed


def _copy(rows: Sequence[RefundLine], to: Refund) -> None:
    made = [
        RefundLine(
            refund=to,
            line_id=row.line_id,
            shipment_id=row.shipment_id,
            amount_minor=row.amount_minor,
            units=row.units,
            is_restocked=row.is_restocked,
        )
        for row in rows
    ]
    RefundLine.objects.bulk_create(made)
    count_lines(made)
