"""An attempt to pay: written down before the provider is asked, so that asking again opens nothing twice."""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from core import language
from core.language import say
from core.money import show
from core.outbox import record
from core.refusals import Conflict, Invalid
from orders.events import PaymentWaits
from orders.links import page_of
from orders.models import Order, Payment
from orders.provider import of_new_payments, provider
from orders.provider.port import Attempt, Noun

ASKED_ONCE_IN = timedelta(seconds=15)
State = Payment.State


def unsaved(order: Order, kind: str, now: datetime) -> Payment:
    """An attempt to pay all of an order, still to be written."""
    name = of_new_payments()
    return Payment(
        order=order,
        provider=name,
        mode=provider(name).mode,
        kind=kind,
        amount_minor=order.total_minor,
        ends_at=now + provider(name).page_lives,
    )


def demand_enough(total_minor: int, field: str = "lines") -> None:
    """Refuse before anything is reserved what the provider would not take, on the field that can become more."""
    least = provider(of_new_payments()).least_minor
    if total_minor < least:
        words = say(
            "支付方最少收 {least}，请再加一点。",
            "The payment provider takes no less than {least}: please add a little.",
            least=show(least),
        )
        raise Invalid(words, field=field)


def request_of(order: Order, payment: Payment) -> Attempt:
    """What is asked of the provider for it."""
    with language.use(order.language):
        title = str(say("订单 {number}", "Order {number}", number=order.number))
    return Attempt(
        payment=payment.uid,
        order=order.uid,
        noun=Noun.PAYMENT if payment.kind == Payment.Kind.CLIENT else Noun.PAGE,
        amount_minor=payment.amount_minor,
        title=title,
        language=order.language,
        ends_at=payment.ends_at,
        success_url=page_of(order, paid="1"),
        cancel_url=page_of(order),
        first=payment.asked_first,
    )


@transaction.atomic
def leave_to_a_worker(payment: Payment) -> None:
    """Once in a while: she may ask again while the worker is at it."""
    now = timezone.now()
    due = Payment.objects.filter(pk=payment.pk, state=State.CREATED)
    if due.exclude(checked_at__gt=now - ASKED_ONCE_IN).update(checked_at=now):
        record(PaymentWaits(payment_id=payment.pk))


def refuse(payment: Payment, why: str) -> None:
    """Nobody was given an address to pay at, and none will be under this key."""
    # Who has closed or settled it meanwhile knows more.
    with suppress(Conflict):
        payment.move_to(State.CANCELLED, failure=why[:200])
