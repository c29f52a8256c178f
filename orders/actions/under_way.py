"""Payments under way: before a held order is let go or its holder decides, the provider says whether it was paid."""

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import F
from django.utils import timezone

from orders.actions import payment
from orders.models import Payment
from orders.provider.port import Away

log = logging.getLogger("sheaf.held")

# A round of asking lasts no longer, however many orders and however slow the provider.
ROUND = timedelta(seconds=20)
# So long after its time an order, or a whole holder, waits for a provider that is silent; then what is known decides.
PATIENCE = timedelta(minutes=10)
# Who was asked just now is not asked again in the next breath.
BREATH = timedelta(seconds=5)


class Asking:
    """One round of asking, bounded in time; never called inside a transaction."""

    def __init__(self, lasts: timedelta = ROUND):
        self._until = time.monotonic() + lasts.total_seconds()
        self._away: set[str] = set()

    def silent_about(self, orders: Iterable[int]) -> set[int]:
        """Let these orders be paid no more, settle what was paid, and tell of which nobody knows yet.

        What cannot be closed any more (a bank is at it) is not known either.
        """
        waiting = Payment.objects.filter(order__in=list(orders), state__in=payment.UNSETTLED)
        rows = waiting.select_related("order").order_by(F("checked_at").asc(nulls_first=True), "pk")
        return {row.order_id for row in rows if not self._is_known(row, timezone.now())}

    def _is_known(self, row: Payment, now: datetime) -> bool:
        is_over = row.provider in self._away or time.monotonic() > self._until
        if is_over or (row.checked_at and row.checked_at > now - BREATH):
            return False
        Payment.objects.filter(pk=row.pk).update(checked_at=now)
        try:
            told = payment.close(row)
        except Away:
            # One that does not answer for one order would not for the next.
            self._away.add(row.provider)
            return False
        except Exception:
            log.exception("payment %s could not be asked about", row.uid)
            return False
        row.refresh_from_db(fields=["state"])
        # What the provider knows nothing of nobody can have paid.
        return told == "unknown" or row.state not in Payment.UNDER_WAY


def is_patient(since: datetime) -> bool:
    """Whether what was to end then still waits for a silent provider."""
    return timezone.now() < since + PATIENCE
