"""What the provider knows of payments, applied: money that has come is kept or turned away, by one rule."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.actions import stock
from catalog.refusals import InsufficientStock
from core import failpoints
from core.outbox import record
from core.refusals import Conflict, TooLate
from core.states import Move, move_many
from orders import holding
from orders.actions import coupon
from orders.actions.lapse import lapse
from orders.actions.order import lock_with_payments
from orders.actions.placing import dealt
from orders.events import OrderHeld, OrderPaid, PaymentTurnedAway
from orders.models import LineLot, Order, Payment, Refund
from orders.people import is_forgotten
from orders.provider.port import PaymentSeen, Was
from orders.reads import stopped

log = logging.getLogger("sheaf.payments")

State = Payment.State
Reason = Refund.Reason
# Orders that money may still pay: late money takes the stock again, if it remains.
PAYABLE = (Order.State.PLACED, Order.State.EXPIRED)


@dataclass(frozen=True, eq=False)
class Arrived:
    """A payment whose money has come, and its order, both locked; `at` is when it counts as paid."""

    order: Order
    payment: Payment
    seen: PaymentSeen
    at: datetime


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
    arrived: dict[int, Arrived] = {}
    now = timezone.now()
    for given, seen in pairs:
        payment = fresh[given.pk]
        order = orders[payment.order_id]
        if payment.state == State.SUCCEEDED:
            effects[payment.pk] = "known"
        elif seen.state is not Was.SUCCEEDED:
            effects[payment.pk] = _moved(payment, seen)
        else:
            at = now if paid_after is None else order.placed_at + paid_after
            arrived[payment.pk] = Arrived(order, payment, seen, at)
    effects.update(apply_payments(list(arrived.values())))
    failpoints.reach("settle.recorded")
    return [effects[payment.pk] for payment, _ in pairs]


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
        "page_ref": payment.page_ref or seen.page_ref,
        "payment_ref": payment.payment_ref or seen.payment_ref,
        "method": seen.method or payment.method,
    }
    return {name: value for name, value in learned.items() if value != getattr(payment, name)}


# --- Money that has come ----------------------------------------------------------------------------


def apply_payments(arrived: Sequence[Arrived]) -> dict[int, str]:
    """Keep each payment that has arrived if its order can be paid with it, else turn it away: {payment id: effect}."""
    at_once: dict[int, Arrived] = {}
    for each in arrived:
        # In time, and with nobody to ask: these are kept together, in a handful of statements.
        if each.order.state == Order.State.PLACED and each.order.holder is None and not _unwanted(each):
            at_once.setdefault(each.order.pk, each)
    kept = {each.payment.pk for each in keep(list(at_once.values()))}
    return {each.payment.pk: "paid" if each.payment.pk in kept else _apply_alone(each) for each in arrived}


def _apply_alone(arrived: Arrived) -> str:
    """A payment of which is not known beforehand that its order takes it: late, for a holder, or the second."""
    order, payment = arrived.order, arrived.payment
    reason = _unwanted(arrived)
    # A recall may have come between the look and the sale.
    if not reason and stopped.is_recalled(order):
        reason = Reason.STOPPED
    if not reason:
        try:
            with transaction.atomic():
                if not keep([arrived]):
                    _redraw(order, stock.retake(order.uid, None))
                    coupon.take_again(order)
                    if not keep([arrived]):
                        raise Conflict()
                return "paid"
        except (InsufficientStock, TooLate, Conflict) as gone:
            log.info("payment %s came late: %s", payment.uid, gone.code)
            order.refresh_from_db(fields=["state", "paid_at", "closed_at"])
            payment.refresh_from_db(fields=["state", "is_kept"])
            reason = Reason.LATE
    return turn_away(arrived, reason)


def _unwanted(arrived: Arrived) -> str:
    """Why this money cannot pay its order, a reason to refund it; empty where it may."""
    order, payment, seen = arrived.order, arrived.payment, arrived.seen
    if seen.amount_minor != payment.amount_minor or seen.currency != "cny":
        return Reason.AMOUNT
    # An erased person's order has nobody to send to.
    if order.state in PAYABLE and not is_forgotten(order):
        return Reason.STOPPED if payment.is_stopped else ""  # type: ignore[attr-defined]
    if order.state == Order.State.CANCELLED and stopped.was_recalled(order):
        return Reason.STOPPED
    return Reason.LATE if order.state in (*PAYABLE, Order.State.CANCELLED) else Reason.TWICE


def keep(arrived: Sequence[Arrived]) -> list[Arrived]:
    """Sell what is held for these orders and have the payments pay them; left out is for which nothing is held.

    An order that is held for somebody goes into escrow; raises what its holder raises who takes it no more.
    """
    sold = stock.sell([each.order.uid for each in arrived]) if arrived else set()
    kept = [each for each in arrived if each.order.uid in sold]
    for each in kept:
        _note(each)
        each.payment.is_kept = True
        each.order.paid_at, each.order.closed_at = each.at, None
    paid = [each for each in kept if each.order.holder is None]
    held = [each for each in kept if each.order.holder is not None]
    for state, some in ((Order.State.PAID, paid), (Order.State.HELD, held)):
        if some:
            orders = Move([each.order for each in some], state, ["paid_at", "closed_at"])
            move_many([each.payment for each in some], State.SUCCEEDED, _NOTED, along=orders)
    record(
        *[OrderPaid(order_id=each.order.pk, payment_id=each.payment.pk) for each in paid],
        *[OrderHeld(order_id=each.order.pk, payment_id=each.payment.pk) for each in held],
    )
    for each in held:
        holding.holder_of(each.order).arrived(each.order, each.seen.paid_at or timezone.now())
    return kept


def turn_away(arrived: Arrived, reason: str) -> str:
    """Money that buys nothing goes back, all of it, and the buyer is told; for what is stopped nobody is to pay again."""
    order, payment, seen = arrived.order, arrived.payment, arrived.seen
    if reason == Reason.AMOUNT:
        asked = payment.amount_minor
        log.error("payment %s: %s %s instead of %s fen", payment.uid, seen.amount_minor, seen.currency, asked)
    _note(arrived)
    move_many([payment], State.SUCCEEDED, _NOTED)
    refund = Refund.objects.create(payment=payment, reason=reason, amount_minor=seen.amount_minor)
    record(PaymentTurnedAway(payment_id=payment.pk, refund_id=refund.pk))
    if reason == Reason.STOPPED and order.state == Order.State.PLACED:
        lapse([order], Order.State.CANCELLED)
    return f"turned away: {reason}"


_NOTED = ("page_ref", "payment_ref", "method", "received_minor", "succeeded_at", "is_kept")


def _note(arrived: Arrived) -> None:
    """What is known of money that has come, on its row; it is written as it moves on."""
    payment, seen = arrived.payment, arrived.seen
    for name, value in _learned(payment, seen).items():
        setattr(payment, name, value)
    payment.received_minor = seen.amount_minor
    payment.succeeded_at = arrived.at


def _redraw(order: Order, draws: stock.Draws) -> None:
    """The lots may be others than those drawn on first."""
    lines = list(order.lines.all())
    LineLot.objects.filter(line__in=lines).delete()
    LineLot.objects.bulk_create(dealt(lines, draws))
