"""Disputes: a buyer's bank asks for the money back, and decides."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils import timezone

from accounts import clean
from accounts.actions import audit
from core.language import say
from core.money import show
from core.outbox import record
from core.refusals import Conflict, Invalid
from orders.actions import chargeback, elsewhere, refund, refund_given
from orders.actions.order import lock, not_of_her_own
from orders.events import (
    DisputeClosed,
    DisputeOpened,
    DisputeRegained,
    DisputeUnclear,
    RefundCovered,
    RefundFailed,
    RefundTriedAgain,
)
from orders.models import Dispute, Notice, Order, Payment, Refund
from orders.provider import provider
from orders.provider.port import DisputeSeen, Noun, RefundFailure, RefundSeen, Was
from orders.reads.place import must_about

State = Dispute.State


def learn(source: str, provider_id: str) -> str:
    """Ask the provider how a dispute stands, and settle that."""
    asked_at = timezone.now()
    seen = provider(source).look(Noun.DISPUTE, provider_id)
    return take(source, seen, asked_at) if isinstance(seen, DisputeSeen) else Notice.WAITS


def take(source: str, seen: DisputeSeen, asked_at: datetime) -> str:
    """Settle what the provider told of a dispute; its payment is looked for by all that leads to one of ours."""
    found = elsewhere.payment_of(source, seen.payment_ref)
    return settle(source, seen, asked_at) if isinstance(found, Payment) else found


@transaction.atomic
def settle(source: str, seen: DisputeSeen, asked_at: datetime | None = None) -> str:
    """Apply what the provider knows of a dispute. Money lost for good leaves the order as a refund does.

    Answers may come in another order than they were asked for: an older one than is written here says nothing.
    """
    found = Payment.objects.filter(provider=source, payment_ref=seen.payment_ref)
    payment = found.select_related("order").first()
    if payment is None or not seen.payment_ref:
        return Notice.NOT_OURS
    order = lock([payment.order])[payment.order_id]
    dispute, is_new = Dispute.objects.get_or_create(
        provider_id=seen.id,
        payment=payment,
        defaults={"amount_minor": seen.amount_minor, "reason": seen.reason},
    )
    if asked_at and dispute.asked_at and asked_at <= dispute.asked_at:
        return "known"
    told: dict[str, Any] = {"currency": seen.currency, "status": seen.status, "due_at": seen.due_at}
    goes_on = seen.state in Dispute.GOES_ON
    told |= {"is_refundable": seen.is_refundable and goes_on, "asked_at": asked_at or dispute.asked_at}
    Dispute.objects.filter(pk=dispute.pk).update(**told)
    if is_new:
        record(DisputeOpened(dispute_id=dispute.pk))
    state = State(seen.state)
    if dispute.state == state or not dispute.can_move_to(state):
        _contest(order)
        return "opened" if is_new else "known"
    is_over = state in Dispute.ENDED
    # Of a part, less may be decided about than was asked for at first.
    amount = seen.amount_minor if is_over else dispute.amount_minor
    dispute.move_to(state, closed_at=timezone.now() if is_over else None, amount_minor=amount)
    if is_over:
        _decided(order, dispute, seen.lost_minor)
    elif state == State.UNCLEAR:
        record(DisputeUnclear(dispute_id=dispute.pk))
    _contest(order)
    return state.value


def _decided(order: Order, dispute: Dispute, lost: int) -> None:
    """Money follows what the bank has taken for good by now, whatever was decided before.

    Another sum than before is the first one given back and the new one taken, so that each is booked whole.
    """
    before, dispute.lost_minor = dispute.lost_minor, lost
    Dispute.objects.filter(pk=dispute.pk).update(lost_minor=lost)
    if before and lost != before:
        order = _regain(order, dispute, before)
    covered, is_placed = _lose(order, dispute) if lost and lost != before else (0, False)
    record(DisputeClosed(dispute_id=dispute.pk, covered_minor=covered, is_placed=is_placed))
    _go_on(dispute.payment, is_ours=not lost)


def _regain(order: Order, dispute: Dispute, minor: int) -> Order:
    """The bank has given back so many fen: its refund is undone, what it had given of others is owed again.
    The order as it stands then."""
    undone = chargeback.undo(order, dispute)
    order = lock([order])[order.pk]  # anew: what was undone has changed it
    owed = undone.owed_minor + _uncover(order, dispute, minor - undone.undone_minor)
    record(
        DisputeRegained(
            dispute_id=dispute.pk,
            regained_minor=minor,
            owed_minor=owed,
            undone_id=undone.refund_id,
            owed_id=undone.owed_id,
        )
    )
    return lock([order])[order.pk]


def _go_on(payment: Payment, *, is_ours: bool) -> None:
    """What waited for the bank is asked of the provider; what it had refused is tried again if the money is ours."""
    if payment.is_contested:
        return
    waiting = payment.refunds.filter(state=Refund.State.REQUESTED)
    record(*[RefundTriedAgain(refund_id=pk) for pk in waiting.values_list("pk", flat=True)])
    if is_ours:
        _failed().filter(payment=payment, failure=RefundFailure.DISPUTED).update(retry_at=timezone.now())


def _contest(order: Order) -> None:
    """While a bank decides about what paid it, nothing of the order is sent."""
    goes_on = Dispute.objects.filter(
        payment__order=order, payment__is_kept=True, state__in=Dispute.GOES_ON
    ).exists()
    known = Order.objects.values_list("contested_at", flat=True).get(pk=order.pk)
    if goes_on != (known is not None):
        Order.objects.filter(pk=order.pk).update(contested_at=timezone.now() if goes_on else None)


@transaction.atomic
def decide(dispute: Dispute, by: Any, lost_minor: int, reason: str) -> Dispute:
    """A person says what an unclear outcome came to, in fen: nothing, or so much of what was paid."""
    must_about(by, "orders.decide_dispute", dispute.payment.order)
    reason = clean.line(reason, "reason", 200)
    order = lock([dispute.payment.order])[dispute.payment.order_id]
    not_of_her_own(order, by)
    dispute = Dispute.objects.select_related("payment").get(pk=dispute.pk)
    if dispute.state != State.UNCLEAR:
        raise Conflict(say("这笔争议不需要人工判断。", "This dispute does not wait for a person."))
    most = dispute.payment.received_minor or 0
    if not 0 <= lost_minor <= most:
        words = say("在 0 和所付的 {most} 之间。", "Between 0 and what was paid, {most}.", most=show(most))
        raise Invalid(words, field="lost_minor")
    dispute.move_to(State.LOST if lost_minor else State.WON, closed_at=timezone.now(), is_refundable=False)
    audit.record(by, "decide", "Dispute", dispute.uid, lost_minor=lost_minor, reason=reason)
    _decided(order, dispute, lost_minor)
    _contest(order)
    return dispute


def cover(events: Sequence[RefundFailed]) -> None:
    """A refund failed after the bank took the money: what nothing was asked back for is this one's.

    Called in the transaction that settled the refund, with its order locked.
    """
    failed = _failed().filter(pk__in=[event.refund_id for event in events])
    for row in failed.select_related("payment"):
        if covered := _cover([row], _unplaced(row.payment)):
            record(RefundCovered(refund_id=row.pk, covered_minor=covered))


def _lose(order: Order, dispute: Dispute) -> tuple[int, bool]:
    """Money is lost: what failed refunds still owed the buyer is hers now, the rest leaves the order.
    The fen that the refunds owed, and whether anything left the order by it."""
    payment, lost = dispute.payment, dispute.lost_minor
    covered = _cover(_failed().filter(payment=payment), min(lost, _unplaced(payment)))
    if not payment.is_kept or covered >= lost:
        return covered, False
    order = lock([order])[order.pk]  # anew: refunds that were covered have changed it
    return covered, chargeback.charge_back(order, dispute, lost - covered) is not None


def _failed() -> QuerySet[Refund]:
    return Refund.objects.filter(state=Refund.State.FAILED).order_by("pk")


def _unplaced(payment: Payment) -> int:
    """Fen that disputes took of a payment and that stand for no refund: neither a failed one nor their own."""
    lost = payment.disputes.aggregate(minor=Sum("lost_minor"))["minor"] or 0
    refunds = payment.refunds.all()
    given = refunds.aggregate(minor=Sum("disputed_minor"))["minor"] or 0
    own = refunds.filter(reason=Refund.Reason.DISPUTE).exclude(state=Refund.State.UNDONE)
    return max(lost - given - (own.aggregate(minor=Sum("amount_minor"))["minor"] or 0), 0)


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


def _uncover(order: Order, dispute: Dispute, minor: int) -> int:
    """A bank took its money back from the buyer: so much of what it had given on failed refunds is owed to her again.

    What it had taken for no refund stays with whoever bore it; the fen that are owed.
    """
    left = minor
    for row in dispute.payment.refunds.filter(disputed_minor__gt=0).order_by("-pk"):
        part = min(left, row.disputed_minor)
        if not part:
            break
        refund_given.owe_disputed(order, row, part)
        left -= part
    return minor - left
