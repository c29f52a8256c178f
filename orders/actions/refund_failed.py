"""A refund that the provider could not give: where its order stands then, and when it is tried again."""

from datetime import datetime, timedelta

from django.db.models import Case, F, Sum, When

from orders.actions import shipment
from orders.models import Order, Refund
from orders.provider.port import RefundFailure

# What left without our asking is not asked for by the clock.
UNASKED = (Refund.Reason.DISPUTE, Refund.Reason.DESK)


def count_arrived(order: Order) -> int:
    """Write what the buyer has back of what paid the order, in fen: of a refund that is still owed what
    attempts before have given, while a bank's part counts once all of it is there."""
    rows = Refund.objects.filter(payment__order=order, payment__is_kept=True).exclude(
        state=Refund.State.UNDONE
    )
    whole = When(state=Refund.State.SUCCEEDED, then=F("amount_minor"))
    arrived = rows.aggregate(minor=Sum(Case(whole, default=F("given_minor"))))["minor"] or 0
    Order.objects.filter(pk=order.pk).update(refunded_minor=arrived)
    return arrived


def reopen(order: Order, refund: Refund) -> None:
    """The buyer has it no more: an order that was over stands where its parcels do again."""
    if not refund.payment.is_kept:
        return
    count_arrived(order)
    if order.state != Order.State.REFUNDED:
        return
    was_held = order.holder is not None and order.confirmed_at is None
    order.move_to(Order.State.HELD if was_held else Order.State.PAID, closed_at=None)
    shipment.follow([order])


# The n-th attempt that fails is followed by another after so long; beyond them a person decides.
RETRIED_AFTER = tuple(timedelta(hours=hours) for hours in (0.2, 2, 12, 24, 48))
# What no further attempt changes: the card is gone, the bank decides, or it was given in another way.
HOPELESS = tuple(RefundFailure)


def next_retry(refund: Refund, failure: str, now: datetime) -> datetime | None:
    """When the clock tries it again; None where a person has to."""
    if failure in HOPELESS or refund.attempt > len(RETRIED_AFTER) or refund.reason in UNASKED:
        return None
    return now + RETRIED_AFTER[refund.attempt - 1]
