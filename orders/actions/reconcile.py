"""What notices should have told us: the provider is asked about everything that is still open."""

import logging
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from orders.actions import notice, payment, refund
from orders.models import Order, Payment
from orders.provider.port import Away

log = logging.getLogger("sheaf.reconcile")

# A notice takes a second or two; only after this is it taken for lost.
PATIENCE = timedelta(seconds=15)
FORGOTTEN = timedelta(days=2)


def payments(limit: int = 100) -> int:
    """Ask about payments that are not settled; each at most once in a round."""
    now = timezone.now()
    waiting = Payment.objects.filter(
        Q(checked_at=None) | Q(checked_at__lt=now - PATIENCE),
        state__in=payment.UNSETTLED,
        created_at__lt=now - PATIENCE,
    )
    rows = list(waiting.select_related("order").order_by("checked_at", "pk")[:limit])
    for row in rows:
        _ask(row)
    return len(rows)


def _ask(row: Payment) -> None:
    is_over = row.order.state != Order.State.PLACED or row.ends_at < timezone.now()
    if is_over:
        # Nobody may pay any more: the page is closed, unless the buyer was faster.
        payment.close(row)
        Payment.objects.filter(pk=row.pk).update(checked_at=timezone.now())
    elif row.session_id or row.intent_id:
        payment.refresh(row)
    else:
        # Begun, and the answer was lost; the buyer has no address to pay at before she asks again.
        Payment.objects.filter(pk=row.pk).update(checked_at=timezone.now())


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
