"""Mirror in the ledger what the provider does with buyers' money, beside what is set aside of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from impact.actions.ledger import BUYER, GATEWAY, RESERVE, Book, key_of, written
from impact.models import LedgerTransaction
from impact.reads.positions import Place
from orders.events import DisputeClosed, PaymentTurnedAway, RefundFailed, RefundSucceeded
from orders.models import Dispute, Payment, Refund

Reason = LedgerTransaction.Reason


class Movement(NamedTuple):
    """One transaction of one transfer."""

    key: str
    order_uid: UUID
    at: datetime | None
    source: Place
    target: Place
    amount_minor: int


def turned_away(events: Sequence[PaymentTurnedAway]) -> None:
    """Money that buys nothing (late, or paid twice) is owed back to the buyer from the moment it came."""
    payments = Payment.objects.filter(pk__in=[event.payment_id for event in events]).select_related("order")
    _write(
        Movement(key_of(Reason.TURNED_AWAY, p.uid), p.order.uid, p.succeeded_at, GATEWAY, BUYER, _came(p))
        for p in payments
    )


def _came(payment: Payment) -> int:
    return payment.amount_minor if payment.received_minor is None else payment.received_minor


def given_back(events: Sequence[RefundSucceeded]) -> None:
    """The provider has moved a refund to the buyer."""
    _write(
        Movement(_attempt(Reason.GIVEN_BACK, r), _order(r), r.settled_at, BUYER, GATEWAY, r.amount_minor)
        for r in _refunds(event.refund_id for event in events)
    )


def returned(events: Sequence[RefundFailed]) -> None:
    """A refund that had succeeded came back: it is owed to the buyer again. One that never did, still is."""
    _write(
        Movement(_attempt(Reason.RETURNED, r), _order(r), None, GATEWAY, BUYER, r.amount_minor)
        for r in _refunds(event.refund_id for event in events if event.had_succeeded)
    )


def disputed(events: Sequence[DisputeClosed]) -> None:
    """A dispute that is lost takes money from the reserve, never from households; one that is won, nothing."""
    lost = Dispute.objects.filter(pk__in=[event.dispute_id for event in events], state=Dispute.State.LOST)
    _write(
        Movement(
            key_of(Reason.DISPUTED, d.uid), d.payment.order.uid, d.closed_at, RESERVE, GATEWAY, d.amount_minor
        )
        for d in lost.select_related("payment__order")
    )


def _refunds(pks: Iterable[int]) -> QuerySet[Refund]:
    # What a bank takes back is in the ledger as its dispute.
    refunds = Refund.objects.filter(pk__in=list(pks)).exclude(reason=Refund.Reason.DISPUTE)
    return refunds.select_related("payment__order").order_by("pk")


def _order(refund: Refund) -> UUID:
    return refund.payment.order.uid


def _attempt(reason: str, refund: Refund) -> str:
    # A refund that failed is tried again: each attempt moves money once.
    return key_of(reason, f"{refund.uid}:{refund.attempt}")


def _write(movements: Iterable[Movement]) -> None:
    movements = list(movements)
    done = written([movement.key for movement in movements])
    book = Book()
    for m in movements:
        if m.key not in done:
            book.open(m.key, m.order_uid, m.at or timezone.now())
            book.move(m.source, m.target, m.amount_minor)
    book.write()
