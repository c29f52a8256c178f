"""Disputes: a buyer's bank asks for the money back, and decides."""

from collections.abc import Iterable, Sequence

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from core.outbox import record
from orders.actions import refund
from orders.actions.order import lock
from orders.events import DisputeClosed, DisputeOpened, RefundCovered, RefundFailed
from orders.models import Dispute, Order, Payment, Refund
from orders.provider import provider
from orders.provider.port import DisputeSeen, Noun, RefundSeen, Was

State = Dispute.State
CLOSED = (State.WON, State.LOST)


def learn(provider_id: str) -> str:
    """Ask the provider how a dispute stands, and settle that."""
    seen = provider().look(Noun.DISPUTE, provider_id)
    return settle(seen) if isinstance(seen, DisputeSeen) else "unknown"


@transaction.atomic
def settle(seen: DisputeSeen) -> str:
    """Apply what the provider knows of a dispute. Money lost for good leaves the order as a refund does."""
    payment = Payment.objects.select_related("order").filter(intent_id=seen.intent_id).first()
    if payment is None or not seen.intent_id:
        return "not ours"
    order = lock([payment.order])[payment.order_id]
    dispute, is_new = Dispute.objects.get_or_create(
        provider_id=seen.id,
        defaults={"payment": payment, "amount_minor": seen.amount_minor, "reason": seen.reason},
    )
    if is_new:
        record(DisputeOpened(dispute_id=dispute.pk))
    state = State(seen.state)
    if dispute.state == state or not dispute.can_move_to(state):
        return "opened" if is_new else "known"
    dispute.move_to(state, **({"closed_at": timezone.now()} if state in CLOSED else {}))
    covered = _lose(order, dispute) if state == State.LOST else 0
    if state in CLOSED:
        record(DisputeClosed(dispute_id=dispute.pk, covered_minor=covered))
    return state.value


def cover(events: Sequence[RefundFailed]) -> None:
    """A refund failed after the bank took the money: what nothing was asked back for is this one's.

    Called in the transaction that settled the refund, with its order locked.
    """
    failed = _failed().filter(pk__in=[event.refund_id for event in events])
    for row in failed.select_related("payment"):
        if covered := _cover([row], _unplaced(row.payment)):
            record(RefundCovered(refund_id=row.pk, covered_minor=covered))


def _lose(order: Order, dispute: Dispute) -> int:
    """Money is lost: what failed refunds still owed the buyer is hers now, the rest leaves the order.
    The fen that the refunds owed."""
    payment, lost = dispute.payment, dispute.amount_minor
    covered = _cover(_failed().filter(payment=payment), min(lost, _unplaced(payment)))
    if payment.is_kept and covered < lost:
        order = lock([order])[order.pk]  # anew: refunds that were covered have changed it
        refund.taken(order, lost - covered, dispute.provider_id)
    return covered


def _failed() -> QuerySet[Refund]:
    return Refund.objects.filter(state=Refund.State.FAILED).order_by("pk")


def _unplaced(payment: Payment) -> int:
    """Fen that disputes took of a payment and that stand for no refund: neither a failed one nor their own."""
    lost = payment.disputes.filter(state=State.LOST).aggregate(minor=Sum("amount_minor"))["minor"] or 0
    refunds = payment.refunds.all()
    given = refunds.aggregate(minor=Sum("disputed_minor"))["minor"] or 0
    own = refunds.filter(reason=Refund.Reason.DISPUTE).aggregate(minor=Sum("amount_minor"))["minor"] or 0
    return max(lost - given - own, 0)


def _cover(failed: Iterable[Refund], minor: int) -> int:
    """Count up to so many fen of a bank's as given on failed refunds, the first asked first; how many it were."""
    left = minor
    for row in failed:
        part = min(left, row.due_minor)
        if part:
            _count(row, part)
            left -= part
    return minor - left


def _count(row: Refund, part: int) -> None:
    row.disputed_minor += part
    Refund.objects.filter(pk=row.pk).update(disputed_minor=row.disputed_minor)
    if row.due_minor:
        return
    # An attempt of its own: what the provider may still say of the last one does not touch it.
    row.move_to(Refund.State.REQUESTED, attempt=row.attempt + 1, provider_id="")
    refund.settle(row, RefundSeen(Was.SUCCEEDED), row.attempt)
