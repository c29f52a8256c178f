"""What notices should have told us: the provider is asked about everything that is still open."""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils import timezone

from orders.actions import dispute, elsewhere, notice, payment, refund, settlement
from orders.models import Dispute, Notice, Order, Payment, Refund, RefundGiven
from orders.provider import provider, provider_names
from orders.provider.port import (
    Away,
    DisputeSeen,
    Noun,
    PaymentSeen,
    RefundFailure,
    RefundSeen,
    Seen,
    Was,
)

log = logging.getLogger("sheaf.reconcile")

# A notice takes a second or two; only after this is it taken for lost.
PATIENCE = timedelta(seconds=15)
# What was asked of us so long ago and not yet of the provider was kept back by an outage.
UNASKED = timedelta(minutes=2)
# What the provider knows nothing of for so long is not asked about any more.
FORGOTTEN = timedelta(days=2)
BANKS_TAKE = timedelta(hours=1)
PAGE = 100


def payments(source: str, limit: int = 100) -> int:
    """Ask a provider about payments that are not settled; each at most once in a round."""
    now = timezone.now()
    waiting = Payment.objects.filter(
        Q(checked_at=None) | Q(checked_at__lt=now - PATIENCE),
        provider=source,
        state__in=payment.UNSETTLED,
        created_at__lt=now - PATIENCE,
    )
    return _each(waiting.select_related("order"), partial(_ask, now), now, limit)


def refunds(source: str, limit: int = 50) -> int:
    """Ask a provider about refunds that are still on their way: the notice may have been lost. Those that an outage of the
    provider kept from being asked for at all are asked for now, under the key they have."""
    now = timezone.now()
    unheard = Q(state=Refund.State.PENDING, requested_at__lt=now - PATIENCE)
    unasked = Q(state=Refund.State.REQUESTED, requested_at__lt=now - PATIENCE - UNASKED)
    failed = Q(state=Refund.State.FAILED, retry_at__lt=now)
    waiting = Refund.objects.filter(unheard | unasked | failed, payment__provider=source)
    waiting = waiting.exclude(checked_at__gt=now - PATIENCE).exclude(pk__in=refund.held())
    return _each(waiting, partial(_look_at, source), now, limit)


def _each(waiting: QuerySet[Any], action: Callable[[Any], object], now: datetime, limit: int) -> int:
    """Do it with those that have waited longest, each by itself; a provider that is away ends the round."""
    rows = list(waiting.order_by(F("checked_at").asc(nulls_first=True), "pk")[:limit])
    for row in rows:
        # First, so that one which cannot be settled does not stand before all others for ever.
        waiting.model.objects.filter(pk=row.pk).update(checked_at=now)
        try:
            action(row)
        except Away:
            raise
        except Exception:
            log.exception("%s %s could not be reconciled", waiting.model.__name__, row.uid)
    return len(rows)


def _look_at(source: str, row: Refund) -> None:
    if row.state == Refund.State.REQUESTED:
        submit(row)
    elif row.state == Refund.State.FAILED:
        refund.retry(row)
    else:
        refund.learn(source, row.provider_id)


# What the provider says where the money has gone by another way than ours, or is being decided about.
GONE = (RefundFailure.ALREADY_GIVEN, RefundFailure.DISPUTED, RefundFailure.TOO_MUCH)


def submit(row: Refund) -> str:
    """Have the provider give a refund; where it says that the money has gone otherwise, learn how."""
    told = refund.submit(row)
    if told == Notice.WAITS:
        # The bank may have decided, and the notice may have been lost.
        waiting = row.payment.disputes.filter(state__in=Dispute.GOES_ON)
        for name in waiting.values_list("provider_id", flat=True):
            dispute.learn(row.payment.provider, name)
        told = refund.submit(row)
    if told != Refund.State.FAILED:
        return told
    paid = Payment.objects.select_related("order").get(refunds=row.pk)
    if Refund.objects.filter(pk=row.pk, state=Refund.State.FAILED, failure__in=GONE).exists():
        for noun in (Noun.DISPUTE, Noun.REFUND):
            asked_at = timezone.now()
            for seen in provider(paid.provider).about(noun, paid.payment_ref):
                _take(paid.provider, seen, asked_at)
    return told


def disputes(source: str, limit: int = 50) -> int:
    """Ask a provider about disputes that are not decided; each once in so long, for a bank takes weeks."""
    now = timezone.now()
    going_on = Dispute.objects.filter(payment__provider=source, state__in=Dispute.GOES_ON)
    waiting = going_on.exclude(asked_at__gt=now - BANKS_TAKE)
    rows = list(waiting.order_by(F("asked_at").asc(nulls_first=True), "pk")[:limit])
    for row in rows:
        try:
            dispute.learn(source, row.provider_id)
        except Away:
            raise
        except Exception:
            log.exception("dispute %s could not be reconciled", row.uid)
    return len(rows)


# --- What happened at the provider without our asking -------------------------------------------------


def elsewhere_made(source: str, days: float = 3, *, to_the_end: bool = False) -> int:
    """Ask a provider for payments, refunds and disputes of the last days, whoever made them, and settle what is news.

    The newest come first: a whole page of known ones ends it, unless it is to go to the end.
    """
    since = timezone.now() - timedelta(days=days)
    nouns = (Noun.PAYMENT, Noun.REFUND, Noun.DISPUTE)
    return sum(_recent(source, noun, since, to_the_end) for noun in nouns)


def _recent(source: str, noun: Noun, since: datetime, to_the_end: bool) -> int:
    asked_at, news = timezone.now(), 0
    found = provider(source).recent(noun, since)
    while page := list(islice(found, PAGE)):
        unknown = [seen for seen, is_known in zip(page, _known(source, page), strict=True) if not is_known]
        for seen in unknown:
            try:
                _take(source, seen, asked_at)
            except Away:
                raise
            except Exception:
                log.exception("%s %s could not be taken up", noun, getattr(seen, "id", ""))
        news += len(unknown)
        if not unknown and not to_the_end:
            break
    return news


def _known(source: str, page: Sequence[Seen]) -> list[bool]:
    """Which of these are written here as the provider has them."""
    named_there = [seen.payment_ref for seen in page if isinstance(seen, PaymentSeen)]
    # Whose notice may still be on its way is left to it.
    named = [seen.payment for seen in page if isinstance(seen, PaymentSeen)]
    just_begun = Payment.objects.filter(
        uid__in=filter(None, map(elsewhere.uuid_of, named)), created_at__gt=timezone.now() - PATIENCE
    )
    fresh = set(map(str, just_begun.values_list("uid", flat=True)))
    succeeded = Payment.objects.filter(provider=source, payment_ref__in=named_there, state="succeeded")
    paid = set(succeeded.values_list("payment_ref", flat=True))
    ids = [seen.id for seen in page if not isinstance(seen, PaymentSeen)]
    disputed = Dispute.objects.filter(payment__provider=source, provider_id__in=ids)
    given = RefundGiven.objects.filter(refund__payment__provider=source, provider_id__in=ids)
    before = dict.fromkeys(given.values_list("provider_id", flat=True), Refund.State.SUCCEEDED.value)
    # By what is asked about, then by its id: a refund may be called as a dispute is.
    written = {
        RefundSeen: before | dict(refund.called(source, *ids).values_list("provider_id", "state")),
        DisputeSeen: dict(disputed.values_list("provider_id", "state")),
    }
    return [
        seen.state is not Was.SUCCEEDED or seen.payment_ref in paid or seen.payment in fresh
        if isinstance(seen, PaymentSeen)
        else written[type(seen)].get(seen.id) == str(getattr(seen.state, "value", seen.state))
        for seen in page
    ]


def _take(source: str, seen: Seen, asked_at: datetime) -> str:
    if isinstance(seen, DisputeSeen):
        return dispute.take(source, seen, asked_at)
    if isinstance(seen, RefundSeen):
        return elsewhere.take_refund(source, seen)
    return elsewhere.take_payment(source, seen)


def _ask(now: datetime, row: Payment) -> None:
    is_over = row.order.state != Order.State.PLACED or row.ends_at < now
    told = "unknown"
    if is_over:
        # Nobody may pay any more: the page is closed, unless the buyer was faster.
        told = payment.close(row)
    elif row.is_open:
        told = payment.refresh(row)
    # Else it was begun and the answer was lost: the buyer has no address to pay at before she asks again.
    if told == "unknown" and row.created_at < now - FORGOTTEN:
        settlement.settle(row, PaymentSeen(Was.CANCELLED))


def all_waiting() -> dict[str, int]:
    """One round over notices, and over each provider's payments and refunds that wait."""
    done = {"payments": 0, "refunds": 0, "notices": notice.handle_waiting()}

    def ask(source: str) -> None:
        done["payments"] += payments(source)
        done["refunds"] += refunds(source)
        disputes(source)
        done["notices"] += elsewhere_made(source)

    _with_each(ask)
    return done


def look_back(days: float) -> int:
    """All that no notice and no round has told of the last days; how many were news."""
    news: list[int] = []
    _with_each(lambda source: news.append(elsewhere_made(source, days, to_the_end=True)))
    return sum(news)


def _with_each(ask: Callable[[str], object]) -> None:
    """One provider after the other: one that is away or breaks holds up no other, and waits for the next round. Those
    that broke are raised together, when all were asked."""
    broken: list[Exception] = []
    for source, _ in provider_names():
        try:
            ask(source)
        except Away as failure:
            log.warning("%s is away, reconciling waits: %s", source, failure)
        except Exception as failure:
            log.exception("%s could not be reconciled", source)
            broken.append(failure)
    if broken:
        raise ExceptionGroup("providers that could not be reconciled", broken)
