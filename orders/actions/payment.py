"""Payments: begun at the provider outside any transaction, settled by what the provider knows."""

import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from catalog.actions import stock
from catalog.refusals import InsufficientStock
from core import failpoints, fast
from core.language import say
from core.outbox import record
from core.refusals import Conflict, TooLate
from core.rows import insert, write
from orders import holding
from orders.actions import attempt
from orders.actions.attempt import asked as _asked
from orders.actions.lapse import lapse
from orders.actions.order import lock_to_pay, lock_with_payments
from orders.events import OrderHeld, OrderPaid, PaymentTurnedAway
from orders.links import token_for
from orders.models import LineLot, Order, Payment, Refund
from orders.people import FORGOTTEN
from orders.provider import provider
from orders.provider.haste import is_hasty
from orders.provider.port import Away, Noun, PaymentSeen, Refused, Slow, Was
from orders.reads import stopped
from orders.refusals import PaymentAway, PaymentRefused

log = logging.getLogger("sheaf.payments")

ASKED_AGAIN = timedelta(minutes=4)
State = Payment.State
UNSETTLED = (State.CREATED, State.PROCESSING, State.FAILED)


# --- Begin ----------------------------------------------------------------------------------------


def begin(order: Order, kind: str = Payment.Kind.CHECKOUT) -> Payment:
    """Where the buyer pays. The attempt is written down first, so that asking again opens nothing twice."""
    payment = _attempt(order, kind)
    return payment if payment.session_id or payment.intent_id else open_page(order, payment)


def open_page(order: Order, payment: Payment) -> Payment:
    """Ask the provider for where an attempt is paid; it is written down already."""
    failpoints.reach("attempt.committed")
    try:
        begun = provider().begin(_asked(order, payment))
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
        "session_id": begun.session_id,
        "intent_id": begun.intent_id,
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
    UPDATE orders_payment SET session_id = %s, intent_id = %s, url = %s, client_secret = %s
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
        begun = payment.session_id or payment.intent_id
        if begun and payment.ends_at > now + timedelta(minutes=1):
            return payment
        if not begun and payment.created_at > now - ASKED_AGAIN:
            return payment
        if not begun:
            # Its begin got no answer and nobody was given an address to pay at.
            payment.move_to(State.CANCELLED)
    made = attempt.unsaved(order, kind, now)
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
    if payment.session_id:
        return Noun.SESSION, payment.session_id
    return Noun.INTENT, payment.intent_id


def look(payment: Payment) -> PaymentSeen | None:
    """What the provider knows of it now."""
    noun, name = _thing(payment)
    return provider().look(noun, name) if name else None


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
    seen = provider().close(noun, name)
    return settle(payment, seen) if seen else "unknown"


# --- Settle -----------------------------------------------------------------------------------------


def settle(payment: Payment, seen: PaymentSeen) -> str:
    """Apply what the provider knows of a payment; tells in a word what came of it."""
    effects = settle_many([(payment, seen)])
    failpoints.reach("settle.committed")
    return effects[0]


@transaction.atomic
def settle_many(
    pairs: Sequence[tuple[Payment, PaymentSeen]], *, paid_after: timedelta | None = None
) -> list[str]:
    """Apply what the provider knows of payments. Each order ends with at most one kept payment; any other
    money is given back. `paid_after` sets when orders were paid, from when they were placed (the demo's)."""
    fresh = lock_with_payments([payment for payment, _ in pairs])
    orders = {payment.order_id: payment.order for payment in fresh.values()}
    effects: dict[int, str] = {}
    good: list[tuple[Order, Payment, PaymentSeen]] = []
    for given, seen in pairs:
        payment = fresh[given.pk]
        order = orders[payment.order_id]
        if payment.state == State.SUCCEEDED:
            effects[payment.pk] = "known"
        elif seen.state is not Was.SUCCEEDED:
            effects[payment.pk] = _moved(payment, seen)
        elif _is_plain(order, payment, seen) and order.pk not in {o.pk for o, _, _ in good}:
            good.append((order, payment, seen))
        else:
            effects[payment.pk] = _money_came(order, payment, seen)
    effects.update(_paid(good, paid_after))
    failpoints.reach("settle.recorded")
    return [effects[payment.pk] for payment, _ in pairs]


def _is_plain(order: Order, payment: Payment, seen: PaymentSeen) -> bool:
    """The usual case: the right amount for an order that waits for it."""
    is_waiting = order.state == Order.State.PLACED and not payment.is_stopped  # type: ignore[attr-defined]
    return is_waiting and order.holder is None and _is_exact(payment, seen)


def _is_exact(payment: Payment, seen: PaymentSeen) -> bool:
    return seen.amount_minor == payment.amount_minor and seen.currency == "cny"


def _moved(payment: Payment, seen: PaymentSeen) -> str:
    """Money has not come: note how far it is. States only go forward."""
    state = State(seen.state.value)
    ids = _learned(payment, seen)
    if payment.state == state or not payment.can_move_to(state):
        if ids:
            Payment.objects.filter(pk=payment.pk).update(**ids)
        return "nothing new"
    payment.move_to(state, **ids)
    return state.value


def _learned(payment: Payment, seen: PaymentSeen) -> dict[str, Any]:
    """Ids and method that only become known while the buyer pays."""
    learned = {
        "session_id": payment.session_id or seen.session_id,
        "intent_id": payment.intent_id or seen.intent_id,
        "method": seen.method or payment.method,
    }
    return {name: value for name, value in learned.items() if value != getattr(payment, name)}


def _paid(good: Sequence[tuple[Order, Payment, PaymentSeen]], paid_after: timedelta | None) -> dict[int, str]:
    """The usual case for many: stock sold, payments kept, orders paid, in a handful of statements."""
    if not good:
        return {}
    sold = stock.sell([order.uid for order, _, _ in good])
    kept = [(order, payment, seen) for order, payment, seen in good if order.uid in sold]
    effects = {p.pk: _money_came(o, p, s, held=False) for o, p, s in good if o.uid not in sold}
    now = timezone.now()
    for order, payment, seen in kept:
        _note(payment, seen, now if paid_after is None else order.placed_at + paid_after)
        payment.is_kept = True
    _write_with_orders([(order, payment) for order, payment, _ in kept])
    record(*[OrderPaid(order_id=order.pk, payment_id=payment.pk) for order, payment, _ in kept])
    return effects | {payment.pk: "paid" for _, payment, _ in kept}


def _note(payment: Payment, seen: PaymentSeen, when: Any) -> None:
    """What is known of money that has come; `_write` writes it."""
    assert payment.can_move_to(State.SUCCEEDED)
    for name, value in _learned(payment, seen).items():
        setattr(payment, name, value)
    payment.received_minor = seen.amount_minor
    payment.succeeded_at = when


def _write(payments: Iterable[Payment]) -> None:
    """Write noted payments as succeeded, in one statement; none of them may have succeeded before."""
    rows = list(payments)
    if not rows:
        return
    for payment in rows:
        payment.state = State.SUCCEEDED
    names = ["state", "session_id", "intent_id", "method", "received_minor", "succeeded_at", "is_kept"]
    if write(rows, names, unless=("state", State.SUCCEEDED)) != len(rows):
        raise Conflict()


# Both rows are locked; whose payment or order was not as it was read is counted as missing.
_PAID = """
    WITH kept AS (
        UPDATE orders_payment p SET state = 'succeeded', is_kept = true, session_id = d.session_id,
            intent_id = d.intent_id, method = d.method, received_minor = d.received_minor, succeeded_at = d.succeeded_at
        FROM unnest(%s::bigint[], %s::varchar[], %s::varchar[], %s::varchar[], %s::bigint[], %s::timestamptz[])
            AS d(id, session_id, intent_id, method, received_minor, succeeded_at)
        WHERE p.id = d.id AND p.state <> 'succeeded' RETURNING p.order_id, p.succeeded_at
    )
    UPDATE orders_order o SET state = 'paid', paid_at = kept.succeeded_at FROM kept
    WHERE o.id = kept.order_id AND o.state = 'placed'
"""


def _write_with_orders(kept: Sequence[tuple[Order, Payment]]) -> None:
    """Write noted payments as succeeded and kept, and their placed orders as paid, in one statement."""
    if not kept:
        return
    columns = [
        [getattr(payment, name) for _, payment in kept]
        for name in ("pk", "session_id", "intent_id", "method", "received_minor", "succeeded_at")
    ]
    with connection.cursor() as cursor:
        cursor.execute(_PAID, columns)
        if cursor.rowcount != len(kept):
            raise Conflict()
    for order, payment in kept:
        assert order.can_move_to(Order.State.PAID)
        order.state, payment.state = Order.State.PAID, State.SUCCEEDED


def _money_came(order: Order, payment: Payment, seen: PaymentSeen, *, held: bool = True) -> str:
    """Money for one order, in whatever state it is: kept if it can be, else on its way back."""
    _note(payment, seen, timezone.now())
    if not _is_exact(payment, seen):
        asked = payment.amount_minor
        log.error("payment %s: %s %s instead of %s fen", payment.uid, seen.amount_minor, seen.currency, asked)
        return _turn_away(payment, Refund.Reason.AMOUNT)
    # An erased person's order has nobody to send to.
    if order.state in (Order.State.PLACED, Order.State.EXPIRED) and order.recipient != FORGOTTEN:
        if payment.is_stopped or stopped.is_recalled(order):  # type: ignore[attr-defined]
            return _turn_away_stopped(order, payment)
        try:
            with transaction.atomic():
                is_late = order.state == Order.State.EXPIRED or not held
                _keep(order, payment, is_late=is_late, paid_at=seen.paid_at)
                return "paid"
        except (InsufficientStock, TooLate, Conflict) as gone:
            log.info("payment %s came late: %s", payment.uid, gone.code)
            order.refresh_from_db(fields=["state", "paid_at"])
            payment.is_kept = False
    if order.state == Order.State.CANCELLED and stopped.was_recalled(order):
        return _turn_away(payment, Refund.Reason.STOPPED)
    is_twice = order.state not in (Order.State.PLACED, Order.State.EXPIRED, Order.State.CANCELLED)
    return _turn_away(payment, Refund.Reason.TWICE if is_twice else Refund.Reason.LATE)


def _keep(order: Order, payment: Payment, *, is_late: bool, paid_at: datetime | None) -> None:
    """Sell the stock and pay the order; money that came late takes the stock again, if it remains."""
    if is_late:
        _redraw(order, stock.retake(order.uid, None))
    if not stock.sell([order.uid]):
        raise Conflict()
    payment.is_kept = True
    _write([payment])
    if order.holder is None:
        order.move_to(Order.State.PAID, paid_at=timezone.now(), closed_at=None)
        record(OrderPaid(order_id=order.pk, payment_id=payment.pk))
        return
    order.move_to(Order.State.HELD, paid_at=timezone.now(), closed_at=None)
    record(OrderHeld(order_id=order.pk, payment_id=payment.pk))
    holding.holder_of(order).arrived(order, paid_at or timezone.now())


def _redraw(order: Order, draws: stock.Draws) -> None:
    """The lots may be others than those drawn on first."""
    lines = {line.variant_id: line for line in order.lines.all()}
    LineLot.objects.filter(line__in=lines.values()).delete()
    LineLot.objects.bulk_create(
        [
            LineLot(line=lines[variant], lot_id=lot, units=units)
            for variant, pairs in draws.items()
            for lot, units in pairs
        ]
    )


def _turn_away_stopped(order: Order, payment: Payment) -> str:
    """Money for what is not sold any more goes back, and nobody is to pay for the order again."""
    told = _turn_away(payment, Refund.Reason.STOPPED)
    if order.state == Order.State.PLACED:
        lapse([order], Order.State.CANCELLED)
    return told


def _turn_away(payment: Payment, reason: str) -> str:
    """Money that buys nothing goes back, all of it, and the buyer is told."""
    _write([payment])
    assert payment.received_minor
    refund = Refund.objects.create(payment=payment, reason=reason, amount_minor=payment.received_minor)
    record(PaymentTurnedAway(payment_id=payment.pk, refund_id=refund.pk))
    return f"turned away: {reason}"


def _named_by(field: str) -> fast.PreparedQuery[Payment]:
    # In so many words, for an index that has only rows with such an id.
    has_one = ~Q(**{field: ""})
    return fast.PreparedQuery(
        lambda name: Payment.objects.select_related("order").filter(has_one, **{field: name})
    )


_BY_SESSION, _BY_INTENT = _named_by("session_id"), _named_by("intent_id")


def found_by(session_id: str, intent_id: str, order_uid: str) -> list[Payment]:
    """The payments a notice may be about: by its ids, else all unsettled ones of the order it names."""
    if session_id and (found := _BY_SESSION.rows(name=session_id)):
        return found
    if intent_id and (found := _BY_INTENT.rows(name=intent_id)):
        return found
    try:
        uid = UUID(order_uid)
    except ValueError:
        return []
    return list(Payment.objects.select_related("order").filter(order__uid=uid, state__in=UNSETTLED))
