"""Disputes: a buyer's bank asks for the money back, and decides."""

from django.db import transaction
from django.utils import timezone

from core.outbox import record
from orders.actions import refund
from orders.actions.order import lock
from orders.events import DisputeClosed, DisputeOpened
from orders.models import Dispute, Payment
from orders.provider import provider
from orders.provider.port import DisputeSeen, Noun

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
    if state == State.LOST and payment.is_kept:
        refund.taken(order, dispute.amount_minor, dispute.provider_id)
    if state in CLOSED:
        record(DisputeClosed(dispute_id=dispute.pk))
    return state.value
