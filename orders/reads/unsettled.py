"""Money between a person and the shop that is not where it belongs yet: as long as it is, she must be reachable."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import F, Max, QuerySet

from accounts.models import Person
from core.language import Words, say
from orders.models import Claim, Dispute, Order, Payment, Refund
from orders.reads.order import orders_of

ON_ITS_WAY = (Refund.State.REQUESTED, Refund.State.PENDING)
# Claims that somebody else answers; what waits for her own word need not hear it.
WAITS = (*Claim.TEAM_TO_ANSWER, Claim.State.OFFICE)
# Banks and wallets send a refund back weeks after they took it.
COMES_BACK_WITHIN = timedelta(days=60)


def unsettled(person: Person) -> list[Words]:
    """What her erasure waits for, in words (`settings.PERSON_UNSETTLED`)."""
    return [*_unsettled(person)]


def _unsettled(person: Person) -> Iterator[Words]:
    payments = Payment.objects.filter(order__in=_orders(person))
    if payments.filter(state__in=Payment.UNDER_WAY).exists():
        yield say("一笔付款还没有结果", "a payment that has not ended yet")
    refunds = Refund.objects.filter(payment__in=payments)
    if refunds.filter(state__in=ON_ITS_WAY).exists():
        yield say("一笔退款还在路上", "a refund that is on its way")
    if refunds.filter(
        state=Refund.State.FAILED, amount_minor__gt=F("disputed_minor") + F("given_minor")
    ).exists():
        yield say("一笔退款没有退成，还欠着您", "a refund that failed and is still owed")
    if Dispute.objects.filter(payment__in=payments, closed_at=None).exists():
        yield say("一笔付款争议还没有结果", "a dispute that is not decided yet")
    if Claim.objects.filter(line__order__in=_orders(person), state__in=WAITS).exists():
        yield say("一项售后还没有答复", "a claim that is not answered yet")


def _orders(person: Person) -> QuerySet[Order]:
    """Hers; and of whoever is gone those that were never proved, of which she alone can be told."""
    return orders_of(person) | Order.objects.filter(reached_by=person)


def reachable_until(person: Person) -> datetime | None:
    """Until when money of hers may come late or be sent back to us; None where none moved lately."""
    asked = Payment.objects.filter(order__in=orders_of(person)).aggregate(at=Max("created_at"))["at"]
    went = Refund.objects.filter(payment__order__in=orders_of(person)).aggregate(at=Max("settled_at"))["at"]
    last = max((at for at in (asked, went) if at), default=None)
    return last + COMES_BACK_WITHIN if last else None
