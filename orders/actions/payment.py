"""Payments: begun, looked at and closed at the provider, outside any transaction; what it says is settled."""

import logging
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from core import failpoints, fast
from core.language import say
from core.refusals import TooLate
from core.rows import insert
from orders.actions import attempt
from orders.actions.attempt import request_of
from orders.actions.order import lock_to_pay
from orders.actions.settlement import settle
from orders.links import token_for
from orders.models import Order, Payment
from orders.provider import provider
from orders.provider.haste import is_hasty
from orders.provider.port import Away, Noun, PaymentSeen, Refused, Slow, Was
from orders.reads.closure import closed_for
from orders.reads.payment import paid_last_by
from orders.refusals import PaymentAway, PaymentRefused

log = logging.getLogger("sheaf.payments")

ASKED_AGAIN = timedelta(minutes=4)
State = Payment.State
UNSETTLED = (*Payment.UNDER_WAY, State.FAILED)


# --- Begin ----------------------------------------------------------------------------------------


def begin(order: Order, kind: str = Payment.Kind.CHECKOUT) -> Payment:
    """Where the buyer pays. The attempt is written down first, so that asking again opens nothing twice."""
    payment = _attempt(order, kind)
    return payment if payment.page_ref or payment.payment_ref else open_page(order, payment)


def open_page(order: Order, payment: Payment) -> Payment:
    """Ask the provider for where an attempt is paid; it is written down already. Not while its place is closed: it may
    have been closed since."""
    failpoints.reach("attempt.committed")
    if closed := closed_for(order):
        raise closed.refusal("number")
    try:
        begun = provider(payment.provider).begin(request_of(order, payment))
    except Refused as refused:
        log.error("payment %s was refused: %s", payment.uid, refused)
        attempt.refuse(payment, str(refused))
        raise PaymentRefused(order.number, token_for(order), order.reserved_until) from refused
    except Away as failure:
        log.warning("payment %s was not begun: %s", payment.uid, failure)
        if is_hasty():
            attempt.leave_to_a_worker(payment)
        if is_hasty() and isinstance(failure, Slow):
            return payment
        raise PaymentAway() from failure
    ids = {
        "page_ref": begun.page_ref,
        "payment_ref": begun.payment_ref,
        "url": begun.url,
        "client_secret": begun.client_secret,
    }
    with connection.cursor() as cursor:
        cursor.execute(_BEGUN, [*ids.values(), payment.pk])
        kept = cursor.rowcount
    for name, value in ids.items():
        setattr(payment, name, value)
    failpoints.reach("attempt.begun")
    if not kept:
        # The order lapsed while the provider was asked: nobody may pay this any more.
        try:
            close(payment)
        except Away as failure:
            log.warning("payment %s is closed later: %s", payment.uid, failure)
        raise _too_late()
    return payment


_BEGUN = """
    UPDATE orders_payment SET page_ref = %s, payment_ref = %s, url = %s, client_secret = %s
    WHERE id = %s AND state = 'created'
"""
_OPEN = fast.PreparedQuery(
    lambda order, kind: Payment.objects.filter(order=order, kind=kind, state__in=UNSETTLED).order_by("-pk")
)


@transaction.atomic
def _attempt(order: Order, kind: str) -> Payment:
    """An open attempt of this kind, or a new one."""
    order = lock_to_pay(order)
    now = timezone.now()
    if order.state != Order.State.PLACED or order.reserved_until <= now:
        raise _too_late()
    for payment in _OPEN.rows(order=order.pk, kind=kind):
        begun = payment.page_ref or payment.payment_ref
        if begun and payment.ends_at > now + timedelta(minutes=1):
            return payment
        if not begun and payment.created_at > now - ASKED_AGAIN:
            return payment
        if not begun:
            # Its begin got no answer and nobody was given an address to pay at.
            payment.move_to(State.CANCELLED)
    made = attempt.unsaved(order, kind, now)
    # Kept with the attempt: what is asked of the provider again must be what was asked of it before.
    made.asked_first = paid_last_by(order) if kind == Payment.Kind.CHECKOUT else ""
    insert([made])
    failpoints.reach("attempt.recorded")
    return made


def _too_late() -> TooLate:
    words = say("这个订单不再等待付款。", "This order does not wait for a payment any more.")
    return TooLate(words)


def attempts(orders: Sequence[Order], kind: str = Payment.Kind.CHECKOUT) -> list[Payment]:
    """Attempts written down in bulk, for payments that are known otherwise than by asking (the demo's)."""
    now = timezone.now()
    return Payment.objects.bulk_create([attempt.unsaved(order, kind, now) for order in orders])


# --- Look and close, outside any transaction --------------------------------------------------------


def _thing(payment: Payment) -> tuple[Noun, str]:
    if payment.page_ref:
        return Noun.PAGE, payment.page_ref
    return Noun.PAYMENT, payment.payment_ref


def look(payment: Payment) -> PaymentSeen | None:
    """What the provider knows of it now."""
    noun, name = _thing(payment)
    return provider(payment.provider).look(noun, name) if name else None


def refresh(payment: Payment) -> str:
    """Ask the provider and settle by the answer; tells what came of it."""
    seen = look(payment)
    told = settle(payment, seen) if seen else "unknown"
    if seen is None or seen.state is not Was.SUCCEEDED:
        Payment.objects.filter(pk=payment.pk).update(checked_at=timezone.now())
    return told


def close(payment: Payment) -> str:
    """Let an attempt be paid no more; if the buyer was faster, settle that."""
    noun, name = _thing(payment)
    if not name:
        return settle(payment, PaymentSeen(Was.CANCELLED))
    seen = provider(payment.provider).close(noun, name)
    return settle(payment, seen) if seen else "unknown"


# --- Find ---------------------------------------------------------------------------------------------


def _named_by(field: str) -> fast.PreparedQuery[Payment]:
    # In so many words, for an index that has only rows with such an id.
    has_one = ~Q(**{field: ""})
    return fast.PreparedQuery(
        lambda source, name: Payment.objects.select_related("order").filter(
            has_one, provider=source, **{field: name}
        )
    )


_BY_PAGE, _BY_PAYMENT = _named_by("page_ref"), _named_by("payment_ref")


def found_by(source: str, page_ref: str, payment_ref: str, order_uid: str) -> list[Payment]:
    """The payments a notice may be about: by its ids, else all unsettled ones of the order it names."""
    if page_ref and (found := _BY_PAGE.rows(source=source, name=page_ref)):
        return found
    if payment_ref and (found := _BY_PAYMENT.rows(source=source, name=payment_ref)):
        return found
    try:
        uid = UUID(order_uid)
    except ValueError:
        return []
    rows = Payment.objects.select_related("order").filter(provider=source, order__uid=uid)
    return list(rows.filter(state__in=UNSETTLED))
