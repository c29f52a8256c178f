"""A refund that several have given, each a part: by a bank, by the provider, by hand. What one of them takes back is
owed again, and nothing else of it.

The refund stays one row, since its lines are never written anew; what attempts before have given is beside it
(RefundGiven), each under its own id, so that what the provider tells of it later is known for what it is.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from core.outbox import record
from orders.actions import refund_failed
from orders.actions.order import lock
from orders.events import RefundFailed
from orders.models import Order, Refund, RefundGiven
from orders.provider.port import RefundSeen, Was

State = Refund.State
# Why a bank's part is owed again: it has decided anew.
FAILURE = "dispute_won"


def owe_disputed(order: Order, row: Refund, minor: int) -> None:
    """A bank took back so many fen of what it had given of a refund. Called with the order locked."""
    if _make_room(row, FAILURE):
        # Before it is owed: nothing has come back by this attempt.
        record(RefundFailed(refund_id=row.pk, had_succeeded=True, attempt=row.attempt, returned_minor=0))
    Refund.objects.filter(pk=row.pk).update(disputed_minor=F("disputed_minor") - minor)
    if row.state == State.FAILED:
        # What a person was to decide she decides still; any other is the clock's to try again.
        at = None if row.reason == Refund.Reason.REGAINED else timezone.now()
        Refund.objects.filter(pk=row.pk).update(retry_at=at)
    refund_failed.reopen(order, row)


def owe_the_rest(order: Order, row: Refund, now: datetime) -> None:
    """An attempt has given what it was asked for, and more came to be owed meanwhile. Called with the order locked."""
    _remember(row)
    _fail(row, FAILURE, None if row.reason == Refund.Reason.REGAINED else now)
    refund_failed.reopen(order, row)
    record(RefundFailed(refund_id=row.pk, had_succeeded=True, attempt=row.attempt, returned_minor=0))


@transaction.atomic
def settle(part: RefundGiven, seen: RefundSeen) -> str:
    """Apply what the provider knows of an attempt before; only that its money came back is news."""
    order = Order.objects.get(payments__refunds=part.refund_id)
    order = lock([order])[order.pk]
    known = RefundGiven.objects.filter(pk=part.pk).select_related("refund__payment").first()
    if known is None or seen.state is not Was.FAILED:
        return "known"
    row, minor, now = known.refund, known.amount_minor, timezone.now()
    _make_room(row, seen.failure)
    known.delete()
    fields: dict[str, object] = {"given_minor": row.given_minor - minor, "returned_at": now}
    if row.state == State.FAILED:
        fields["retry_at"] = row.retry_at or refund_failed.next_retry(row, seen.failure, now)
    Refund.objects.filter(pk=row.pk).update(**fields)
    refund_failed.reopen(order, row)
    record(RefundFailed(refund_id=row.pk, had_succeeded=True, attempt=known.attempt, returned_minor=minor))
    return State.FAILED.value


def _make_room(row: Refund, failure: str) -> bool:
    """More of it is going to be owed: what it gave last stays given; what is under way goes on, with its own sum.
    Whether nothing of it was owed before."""
    if row.state == State.SUCCEEDED:
        _remember(row)
        _fail(row, failure, None)
        return True
    if row.state != State.FAILED and row.asked_minor is None:
        Refund.objects.filter(pk=row.pk).update(asked_minor=row.due_minor)
    return False


def _remember(row: Refund) -> None:
    """What its last attempt gave; none where her bank had given all that was due."""
    if row.moved_minor:
        RefundGiven.objects.create(
            refund=row,
            attempt=row.attempt,
            provider_id=row.provider_id,
            amount_minor=row.moved_minor,
            otherwise=row.otherwise,
        )
    row.given_minor, row.asked_minor = row.given_minor + row.moved_minor, None
    row.provider_id = row.otherwise = ""
    row.save(update_fields=["given_minor", "asked_minor", "provider_id", "otherwise"])


def _fail(row: Refund, failure: str, retry_at: datetime | None) -> None:
    now = timezone.now()
    row.move_to(State.FAILED, failure=failure, settled_at=now, returned_at=now, retry_at=retry_at)
