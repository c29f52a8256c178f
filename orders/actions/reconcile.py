"""What notices should have told us: the provider is asked about everything that is still open."""

import logging
from datetime import datetime, timedelta

from django.db.models import F, Q
from django.utils import timezone

from orders.actions import notice, payment, refund
from orders.models import Order, Payment
from orders.provider.port import Away, PaymentSeen, Was

log = logging.getLogger("sheaf.reconcile")

# A notice takes a second or two; only after this is it taken for lost.
PATIENCE = timedelta(seconds=15)
# What the provider knows nothing of for so long is not asked about any more.
FORGOTTEN = timedelta(days=2)


def payments(limit: int = 100) -> int:
    """Ask about payments that are not settled; each at most once in a round."""
    now = timezone.now()
    waiting = Payment.objects.filter(
        Q(checked_at=None) | Q(checked_at__lt=now - PATIENCE),
        state__in=payment.UNSETTLED,
        created_at__lt=now - PATIENCE,
    )
    rows = list(waiting.select_related("order").order_by(F("checked_at").asc(nulls_first=True), "pk")[:limit])
    for row in rows:
        # First, so that one which cannot be settled does not stand before all others for ever.
        Payment.objects.filter(pk=row.pk).update(checked_at=now)
        try:
            _ask(row, now)
        except Away:
            raise
        except Exception:
            log.exception("payment %s could not be reconciled", row.uid)
    return len(rows)


def _ask(row: Payment, now: datetime) -> None:
    is_over = row.order.state != Order.State.PLACED or row.ends_at < now
    told = "unknown"
    if is_over:
        # Nobody may pay any more: the page is closed, unless the buyer was faster.
        told = payment.close(row)
    elif row.session_id or row.intent_id:
        told = payment.refresh(row)
    # Else it was begun and the answer was lost: the buyer has no address to pay at before she asks again.
    if told == "unknown" and row.created_at < now - FORGOTTEN:
        payment.settle(row, PaymentSeen(Was.CANCELLED))


def everything() -> dict[str, int]:
    """One round over payments, refunds and notices that wait; a provider that is away ends it quietly."""
    done = {"payments": 0, "refunds": 0, "notices": 0}
    try:
        done["notices"] = notice.handle_waiting()
        done["payments"] = payments()
        done["refunds"] = refund.look_again(PATIENCE)
    except Away as failure:
        log.warning("the provider is away, reconciling waits: %s", failure)
    return done
