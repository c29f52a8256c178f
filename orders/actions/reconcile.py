"""What notices should have told us: the provider is asked about everything that is still open."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from orders.actions import notice, payment, refund
from orders.models import Order, Payment, Refund
from orders.provider.port import Away, PaymentSeen, Was

log = logging.getLogger("sheaf.reconcile")

# A notice takes a second or two; only after this is it taken for lost.
PATIENCE = timedelta(seconds=15)
# What was asked of us so long ago and not yet of the provider was kept back by an outage.
UNASKED = timedelta(minutes=2)
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
    return _each(waiting.select_related("order"), partial(_ask, now), now, limit)


def refunds(limit: int = 50) -> int:
    """Ask about refunds that are still on their way: the notice may have been lost. Those that an outage of the
    provider kept from being asked for at all are asked for now, under the key they have."""
    now = timezone.now()
    unheard = Q(state=Refund.State.PENDING, requested_at__lt=now - PATIENCE)
    unasked = Q(state=Refund.State.REQUESTED, requested_at__lt=now - PATIENCE - UNASKED)
    waiting = Refund.objects.filter(unheard | unasked).exclude(checked_at__gt=now - PATIENCE)
    return _each(waiting, _look_at, now, limit)


def _each(waiting: QuerySet[Any], deed: Callable[[Any], object], now: datetime, limit: int) -> int:
    """Do it with those that have waited longest, each by itself; a provider that is away ends the round."""
    rows = list(waiting.order_by(F("checked_at").asc(nulls_first=True), "pk")[:limit])
    for row in rows:
        # First, so that one which cannot be settled does not stand before all others for ever.
        waiting.model.objects.filter(pk=row.pk).update(checked_at=now)
        try:
            deed(row)
        except Away:
            raise
        except Exception:
            log.exception("%s %s could not be reconciled", waiting.model.__name__, row.uid)
    return len(rows)


def _look_at(row: Refund) -> None:
    if row.state == Refund.State.REQUESTED:
        refund.give_back(row)
    else:
        refund.learn(row.provider_id)


def _ask(now: datetime, row: Payment) -> None:
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
        done["refunds"] = refunds()
    except Away as failure:
        log.warning("the provider is away, reconciling waits: %s", failure)
    return done
