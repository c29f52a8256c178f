"""What happens at the provider without our asking: found by any of its ids, or by what we wrote on it."""

import logging
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts import clean
from accounts.actions import audit
from accounts.models import AuditEntry
from core.language import say
from core.outbox import record
from core.refusals import Conflict
from orders.actions import attempt, payment, refund, refund_given, settlement
from orders.actions.order import lock, not_of_her_own
from orders.events import RefundUnplaced
from orders.models import Notice, Order, Payment, Refund, RefundGiven
from orders.provider import provider
from orders.provider.port import Noun, PaymentSeen, RefundSeen, Was
from orders.reads.place import must_about

log = logging.getLogger("sheaf.payments")


def payment_of(source: str, payment_ref: str) -> Payment | str:
    """Our payment behind one of the provider's: by its id, else by what we wrote on it; or why there is none.

    One that the notice has overtaken is settled first, so that what follows finds its order paid.
    """
    if not payment_ref:
        return Notice.NOT_OURS
    known = Payment.objects.filter(provider=source, payment_ref=payment_ref)
    found = known.select_related("order").first()
    if found is None:
        seen = provider(source).look(Noun.PAYMENT, payment_ref)
        return _settled(source, seen) if isinstance(seen, PaymentSeen) else Notice.WAITS
    if found.state != Payment.State.SUCCEEDED:
        payment.refresh(found)
        found.refresh_from_db()
    return found


def take_payment(source: str, seen: PaymentSeen) -> str:
    """Settle a payment that the provider tells of, whoever made it."""
    rows = Payment.objects.filter(provider=source, payment_ref=seen.payment_ref)
    known = rows.values_list("state", flat=True).first()
    if known == Payment.State.SUCCEEDED:
        return "known"
    found = _settled(source, seen)
    return found.state if isinstance(found, Payment) else found


def _settled(source: str, seen: PaymentSeen) -> Payment | str:
    row = _named_in(source, seen)
    if row is None:
        return Notice.NOT_OURS
    if row.payment_ref != seen.payment_ref and row.payment_ref:
        row = _made_elsewhere(source, row.order, seen)
    if row.page_ref:
        payment.refresh(row)
    else:
        settlement.settle(row, seen)
    row.refresh_from_db()
    return row


def _named_in(source: str, seen: PaymentSeen) -> Payment | None:
    """By our own ids on it: the attempt it is, else one of its order whose id there is not known yet."""
    rows = Payment.objects.select_related("order").filter(provider=source)
    if found := rows.filter(payment_ref=seen.payment_ref).exclude(payment_ref="").first():
        return found
    if (uid := uuid_of(seen.payment)) and (found := rows.filter(uid=uid).first()):
        return found
    uid = uuid_of(seen.order)
    order = Order.objects.filter(uid=uid).first() if uid else None
    if order is None:
        return None
    for row in rows.filter(order=order, payment_ref=""):
        payment.refresh(row)
        if found := rows.filter(order=order, payment_ref=seen.payment_ref).first():
            return found
    return _made_elsewhere(source, order, seen)


def _made_elsewhere(source: str, order: Order, seen: PaymentSeen) -> Payment:
    """Money for an order of ours by a way that we did not open: at the provider's desk, or before a restore."""
    log.error("order %s is paid by %s, which we did not begin", order.uid, seen.payment_ref)
    with transaction.atomic():
        order = lock([order])[order.pk]
        made = attempt.unsaved(order, Payment.Kind.CLIENT, timezone.now())
        found, _ = Payment.objects.get_or_create(
            provider=source,
            payment_ref=seen.payment_ref,
            defaults={
                "order": order,
                "mode": made.mode,
                "kind": made.kind,
                "amount_minor": made.amount_minor,
                "ends_at": made.ends_at,
            },
        )
    return found


def uuid_of(text: str) -> UUID | None:
    """The uid that somebody wrote, if it is one."""
    try:
        return UUID(text)
    except ValueError:
        return None


# --- Refunds ----------------------------------------------------------------------------------------


def learn_refund(source: str, provider_id: str) -> str:
    """Ask the provider how a refund stands, ours or not, and settle that."""
    seen = provider(source).look(Noun.REFUND, provider_id)
    return take_refund(source, seen) if isinstance(seen, RefundSeen) else Notice.WAITS


def take_refund(source: str, seen: RefundSeen) -> str:
    """Settle a refund that the provider tells of: ours by its id or by our word on it, else made at its own desk."""
    before = RefundGiven.objects.filter(refund__payment__provider=source)
    if seen.id and (part := before.filter(provider_id=seen.id).first()):
        return refund_given.settle(part, seen)
    if known := refund.called(source, seen.id).first():
        return refund.settle(known, seen, known.attempt)
    name, _, number = seen.ours.partition(":")
    uid = uuid_of(name)
    row = Refund.objects.filter(payment__provider=source, uid=uid).first() if uid else None
    if row is not None and number.isdecimal():
        if row.pk in refund.held():
            return Notice.WAITS
        if part := before.filter(refund=row, attempt=int(number)).first():
            return refund_given.settle(part, seen)
        # Its answer never reached us; or it is of an attempt that is over, which says nothing any more.
        return refund.settle(row, seen, int(number))
    found = payment_of(source, seen.payment_ref)
    return _adopt(found, seen) if isinstance(found, Payment) else found


@transaction.atomic
def _adopt(paid: Payment, seen: RefundSeen) -> str:
    """Money was given back without our asking: it is what a failed refund owes, else it leaves the order."""
    order = lock([paid.order])[paid.order_id]
    paid = Payment.objects.get(pk=paid.pk)
    if seen.state is Was.FAILED:
        return "nothing given"
    if refund.called(paid.provider, seen.id).exists():
        return "known"
    left = seen.amount_minor
    if seen.currency == "cny":
        failed = paid.refunds.filter(state=Refund.State.FAILED).exclude(reason=Refund.Reason.DISPUTE)
        owed = [r for r in failed if r.due_minor == left]
        if owed:
            return _is(owed[0], seen)
        if paid.is_kept and paid.state == Payment.State.SUCCEEDED:
            made = refund.record_unasked(
                order, left, seen.id, reason=Refund.Reason.DESK, state=Refund.State(seen.state.value)
            )
            left -= made.amount_minor if made else 0
    if left:
        _unplaced(paid, seen, left)
    return "given back elsewhere"


def _is(owed: Refund, seen: RefundSeen) -> str:
    """An operator has repaid at the provider's desk what ours could not give."""
    owed.move_to(Refund.State.REQUESTED, attempt=owed.attempt + 1, provider_id="", retry_at=None)
    return refund.settle(owed, seen, owed.attempt)


def _unplaced(paid: Payment, seen: RefundSeen, left: int) -> None:
    # Each round of the reconciler meets it again; a person is told once.
    told = AuditEntry.objects.filter(noun="Refund", object_uid=seen.id[:40], deed="unplaced")
    if told.filter(facts__payment=str(paid.uid)).exists():
        return
    audit.record(None, "unplaced", "Refund", seen.id[:40], payment=str(paid.uid), amount_minor=left)
    log.error("refund %s of payment %s gives %s that no order has left", seen.id, paid.uid, left)
    record(RefundUnplaced(payment_id=paid.pk, provider_id=seen.id, amount_minor=left))


@transaction.atomic
def settle_otherwise(failed: Refund, by: Any, how: str) -> Refund:
    """An operator has given it herself (by bank transfer, say), as the provider could not; `how` is for the record."""
    order = Order.objects.get(payments__refunds=failed.pk)
    must_about(by, "orders.refund", order)
    how = clean.line(how, "how", 200)
    order = lock([order])[order.pk]
    not_of_her_own(order, by)
    made = Refund.objects.select_related("payment").get(pk=failed.pk)
    if made.state != Refund.State.FAILED or made.reason == Refund.Reason.DISPUTE:
        words = say("只有没有退成的款才能这样记。", "Only a refund that failed can be recorded so.")
        raise Conflict(words)
    # An attempt of its own: what the provider may still say of the last one does not touch it.
    made.move_to(
        Refund.State.REQUESTED, attempt=made.attempt + 1, provider_id="", retry_at=None, otherwise=how
    )
    refund.settle(made, RefundSeen(Was.SUCCEEDED), made.attempt)
    made.refresh_from_db()
    audit.record(by, "give_otherwise", "Refund", made.uid, order=order.number, amount_minor=made.due_minor)
    return made
