"""Paid parcels whose place is closed: found and told, waited for or given back, and sent on when it is open again.

Each deed takes the lock of the orders it is about. Whoever comes second finds nothing left to do.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from core import clock
from core.language import say
from core.outbox import record
from core.refusals import Conflict, Refusal, TooLate
from orders import holding
from orders.actions import refund
from orders.actions.order import lock
from orders.events import DeliveryResumed, DeliveryStopped, HolderResumed, HolderStopped
from orders.models import Order, Refund, Shipment, Standstill
from orders.reads import closure, standstill
from orders.reads.order import is_all_refunded

log = logging.getLogger("sheaf.closures")

# So many orders are locked at once: a province may have thousands, and their teams and buyers go on meanwhile.
TOGETHER = 100
NOT_CLOSED = say("那里已经恢复配送，包裹会照常发出。", "It is open again: your parcel is sent as usual.")
GIVEN_BACK = say(
    "送不到的已经退款，不再发货。", "What could not be delivered was given back, and is not sent any more."
)


# --- What a buyer chooses -----------------------------------------------------------------------------


@transaction.atomic
def wait(order: Order) -> Order:
    """Its buyer waits until it is open again, however long; she may still have it back as long as it is closed."""
    order = lock([order])[order.pk]
    if not (parcels := standstill.stopped_parcels(order)):
        raise TooLate(GIVEN_BACK if _was_given_back(order) else NOT_CLOSED)
    _note(parcels)
    standstill.open_of(order).update(answer=Standstill.Answer.WAIT)
    return order


@transaction.atomic
def refund_stopped(order: Order, by: Any = None) -> Order:
    """What cannot be delivered is given back, its sending too; asked for again, it has led to the same.

    Raises TooLate where it is open again, or its buyer is bound by others; Conflict while a bank decides.
    """
    order = lock([order])[order.pk]
    if not (parcels := standstill.stopped_parcels(order)):
        if _was_given_back(order):
            return order
        raise TooLate(NOT_CLOSED)
    if order.contested_at:
        raise Conflict(refund.CONTESTED)
    if order.state == Order.State.HELD:
        _repay_held(order, by)
    else:
        lines = [line for parcel in parcels for line in parcel.lines.all()]
        parts = {
            line.uid: refund.Part(line.units_sent, line.net_minor - line.refunded_minor)
            for line in lines
            if line.units_sent
        }
        refund.request(order, parts, reason=Refund.Reason.CLOSED, by=by)
    _finish(standstill.open_of(order).values_list("pk", flat=True))
    return order


def _was_given_back(order: Order) -> bool:
    return Refund.objects.filter(payment__order=order, reason=Refund.Reason.CLOSED).exists()


def _repay_held(order: Order, by: Any) -> None:
    if words := holding.holder_of(order).binds(order):
        raise TooLate(words)
    if not is_all_refunded(order):
        refund.refund_remaining(order, reason=Refund.Reason.CLOSED, by=by)


# --- What the clock finds -----------------------------------------------------------------------------


def follow(rounds: int = 100) -> int:
    """Find what stands still, moves on, or was silent for too long, a hundred orders at a time; how many parcels."""
    steps: list[Callable[[], int]] = [_move_on, _refund_silent]
    if closure.holding().exists():
        steps.insert(0, _stand)
    done = 0
    for step in steps:
        for _ in range(rounds):
            moved = step()
            done += moved
            if not moved:
                break
    return done


@transaction.atomic
def _stand() -> int:
    orders = _locked(standstill.to_stand().values_list("order", flat=True))
    parcels = list(standstill.to_stand().filter(order__in=orders).order_by("pk"))
    reached = {orders[parcel.order_id].pk: orders[parcel.order_id] for parcel in parcels}
    known, holders = _standing(reached.values())
    _note(parcels)
    fresh = [order for order in reached.values() if order.pk not in known]
    record(*(DeliveryStopped(order_id=order.pk) for order in fresh))
    record(*(HolderStopped(order_id=order.pk) for order in _one_a_holder(fresh, holders)))
    return len(parcels)


@transaction.atomic
def _move_on() -> int:
    orders = _locked(standstill.to_move_on().values_list("shipment__order", flat=True))
    rows = list(standstill.to_move_on().filter(shipment__order__in=orders).select_related("shipment"))
    _finish([row.pk for row in rows])
    waiting = [row for row in rows if row.shipment.state == Shipment.State.WAITING]
    open_again = [row for row in waiting if orders[row.shipment.order_id].state in Order.REFUNDABLE]
    _promise_anew(open_again)
    moved = {row.shipment.order_id: orders[row.shipment.order_id] for row in open_again}
    still, holders = _standing(moved.values())
    told = [order for order in moved.values() if order.pk not in still]
    record(*(DeliveryResumed(order_id=order.pk) for order in told))
    record(*(HolderResumed(order_id=order.pk) for order in _one_a_holder(told, holders)))
    return len(rows)


def _promise_anew(rows: Iterable[Standstill]) -> None:
    """A team is promised to need no less time than it had: the days it stood still are added, tomorrow at the soonest."""
    today = timezone.localtime(timezone.now(), clock.SHANGHAI).date()
    parcels = []
    for row in rows:
        parcel = row.shipment
        if parcel.ship_by is None:
            continue  # held: its day is set when it is confirmed
        stood = today - timezone.localtime(row.began_at, clock.SHANGHAI).date()
        parcel.ship_by = max(parcel.ship_by + stood, clock.today() + timedelta(days=1))
        parcels.append(parcel)
    Shipment.objects.bulk_update(parcels, ["ship_by"])


def _refund_silent() -> int:
    done = 0
    for order in standstill.to_refund(timezone.now())[:TOGETHER]:
        try:
            refund_stopped(order)
            done += 1
        except Refusal as refusal:
            # The others must not wait for it; its buyer can still choose.
            log.warning("order %s was not given back: %s", order.uid, refusal.code)
    return done


def _locked(orders: Any) -> dict[int, Order]:
    chosen = Order.objects.filter(pk__in=orders).order_by("pk")[:TOGETHER]
    return lock(list(chosen)) if chosen else {}


def _note(parcels: Iterable[Shipment]) -> None:
    Standstill.objects.bulk_create(
        [Standstill(shipment=parcel) for parcel in parcels],
        ignore_conflicts=True,  # noted before
    )


def _finish(rows: Any) -> None:
    Standstill.objects.filter(pk__in=list(rows)).update(ended_at=timezone.now())


def _standing(orders: Iterable[Order]) -> tuple[set[int], set[Any]]:
    """Which of these orders have something that stands still, and which of their holders."""
    orders = list(orders)
    holders = [order.holder for order in orders if order.holder]
    found = standstill.OPEN.filter(shipment__order__in=orders) | standstill.OPEN.filter(
        shipment__order__holder__in=holders
    )
    pairs = list(found.values_list("shipment__order", "shipment__order__holder"))
    return {order for order, _ in pairs}, {holder for _, holder in pairs if holder}


def _one_a_holder(orders: Iterable[Order], but: set[Any]) -> list[Order]:
    """One order of each holder that has not been told of: what many orders share is told of once."""
    return list(
        {order.holder: order for order in orders if order.holder and order.holder not in but}.values()
    )
