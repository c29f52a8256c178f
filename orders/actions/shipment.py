"""Parcels on their way: sent by the team, delivered, and after a while beyond complaint.

Every deed takes lists (one is a list of one); a parcel changes under its order's lock.
"""

import logging
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils import timezone

from accounts.actions import audit
from accounts.permissions import absent
from catalog.reads import desks_of
from core.language import say
from core.outbox import record
from core.refusals import Conflict, Refusal, TooLate
from core.states import move_many
from orders.actions import tracking
from orders.actions.order import lock
from orders.actions.tracking import Number
from orders.events import ShipmentCompleted, ShipmentDelivered, ShipmentShipped
from orders.models import Claim, Line, Order, Shipment
from orders.reads import closure, stopped
from orders.reads.claim import undecided
from orders.reads.tracking import latest

log = logging.getLogger("sheaf.shipments")

State = Shipment.State
# A parcel of which nobody says anything is taken as delivered after so many days.
TAKEN_AS_DELIVERED = timedelta(days=14)
SENT_FROM = (Order.State.PAID, Order.State.SHIPPED)


@dataclass(frozen=True)
class Sent:
    """A parcel in a carrier's hands."""

    shipment: Shipment
    at: datetime
    carrier: str
    tracking_number: str
    grams: int | None = None


def ship(shipment: Shipment, by: Any, number: Number, *, expected_units: int | None = None) -> Shipment:
    """The team has handed the parcel to a carrier, with as many units in it as its sender saw."""
    return ship_together([shipment], by, number, expected_units=expected_units)[0]


@transaction.atomic
def ship_together(
    shipments: Sequence[Shipment], by: Any, number: Number, *, expected_units: int | None = None
) -> list[Shipment]:
    """Several orders' parcels of one team's under one tracking number, as those are sent that one holder holds.

    Units are only ever taken out of a parcel that waits, so their number tells whether its sender saw it as it is.
    """
    number = number.validated()
    must_send({shipment.team_id for shipment in shipments}, by)
    if not shipments:
        raise not_now()
    _locked(shipments)
    if expected_units is not None and (units := _units_in(shipments)) != expected_units:
        raise changed(units)
    if not number.is_meant:
        parcels = [shipment.parcel_id for shipment in shipments]
        tracking.ask_about_twins(shipments[0].team_id, [number.tracking_number], parcels)
    now = timezone.now()
    told = (now, number.carrier, number.tracking_number, number.grams)
    sent = ship_many([Sent(shipment, *told) for shipment in shipments])
    for shipment in sent:
        audit.record(by, "ship", "Shipment", shipment.uid)
    return sent


def must_send(teams: Collection[int], by: Any) -> None:
    """Raises what sounds like none such where she packs for one of these teams no more."""
    if not set(teams) <= set(desks_of(by, "orders.pack_and_send").values_list("pk", flat=True)):
        raise absent(by, "orders.pack_and_send")


def _units_in(shipments: Sequence[Shipment]) -> int:
    waiting = Line.objects.filter(shipment__in=[s.pk for s in shipments], shipment__state=State.WAITING)
    return sum(line.units_sent for line in waiting)


def changed(units: int) -> Refusal:
    """The no to whoever has packed by an older list."""
    if not units:
        return not_now()
    words = say(
        "包裹里的东西变了：现在是 {n} 份。请按现在的清单重新装箱，再发。",
        "What goes into this parcel has changed: it is {n} units now. Please pack it anew by the list, then send it.",
        single="What goes into this parcel has changed: it is 1 unit now. Please pack it anew by the list, then send it.",
        n=units,
    )
    return Conflict(words, field="expected_units")


def not_now() -> TooLate:
    """The no to whoever sends what does not wait to be sent."""
    return TooLate(say("这个包裹现在不能发货。", "This parcel cannot be sent now."))


def held_back_now() -> Conflict:
    """The no to whoever sends what a recall, a date or a suspension keeps here."""
    return Conflict(
        say(
            "这个包裹里有已召回、过了保质期或暂停销售的商品，现在不能发出。",
            "Something in this parcel was recalled, is past its best-before date or suspended: it must not be sent.",
        )
    )


def _undecided(parcels: Iterable[int]) -> Refusal | None:
    """That the buyer of one of these has yet to choose, or is given her money."""
    lines = Line.objects.filter(stopped.undecided_in(), shipment__in=list(parcels))
    return Conflict(_CHOOSES) if lines.exists() else None


_CHOOSES = say(
    "里面有收成晚了或不够的批次，买家还在选，先不要发。",
    "A lot that is late or short is in it and its buyer chooses: please do not send it yet.",
)


def _closed(parcels: Iterable[Shipment]) -> Refusal | None:
    """That its place is closed, of the first of which that is so."""
    shut = closure.parcels_closed(Shipment.objects.filter(pk__in=[p.pk for p in parcels])).select_related(
        "order", "parcel"
    )
    found = [one for parcel in shut if (one := closure.closed_for(parcel.order))]
    return found[0].refusal("shipment_id") if found else None


_CONTESTED = say(
    "买家的银行正在裁定这笔付款，先不要发货；有结果会通知您。",
    "The buyer’s bank is deciding about this payment: please do not send it yet. You will hear how it ends.",
)


@transaction.atomic
def ship_many(sent: Sequence[Sent]) -> list[Shipment]:
    """These parcels are on their way; all of them, or none."""
    orders, parcels = _locked([s.shipment for s in sent])
    able = {order.pk for order in orders if order.state in SENT_FROM}
    waits = [p.state == State.WAITING and p.order_id in able for p in parcels.values()]
    if not all(waits):
        raise not_now()
    if any(order.contested_at for order in orders):
        raise Conflict(_CONTESTED)
    if stopped.are_held_back(parcels.values()):
        raise _closed(parcels.values()) or _undecided(parcels) or held_back_now()
    rows = [parcels[s.shipment.pk] for s in sent]
    for row, s in zip(rows, sent, strict=True):
        row.shipped_at, row.parcel.grams = s.at, s.grams or row.parcel.grams
    tracking.write([(parcels[s.shipment.pk].parcel, s.carrier, s.tracking_number) for s in sent])
    move_many(rows, State.SHIPPED, ["shipped_at"])
    follow(orders)
    numbers = latest([row.parcel_id for row in rows])
    record(*[ShipmentShipped(row.pk, numbers.get(row.parcel_id, 0)) for row in rows])
    return rows


@transaction.atomic
def deliver(shipment: Shipment, by: Any = None, *, by_its_sender: bool = False) -> Shipment:
    """It has arrived: told by whoever may read the order, or by its team."""
    (arrived,) = deliver_many([(shipment, timezone.now())], by_their_sender=by_its_sender)
    audit.record(by, "deliver", "Shipment", shipment.uid)
    return arrived


@transaction.atomic
def presume(shipment: Shipment) -> Shipment:
    """Nobody has said that it came, nor that it did not: taken as delivered, and its buyer is asked."""
    (taken,) = deliver_many([(shipment, timezone.now())], is_presumed=True)
    audit.record(None, "presume", "Shipment", shipment.uid)
    return taken


@transaction.atomic
def deliver_many(
    arrived: Sequence[tuple[Shipment, datetime]], *, is_presumed: bool = False, by_their_sender: bool = False
) -> list[Shipment]:
    """These have arrived, each at its moment: from then on the after-sale window runs. Where their sender alone says
    so, it ends no sooner than if nobody had said anything: else she could end it before a buyer looks into her mail."""
    orders, parcels = _locked([shipment for shipment, _ in arrived])
    if any(parcel.state != State.SHIPPED for parcel in parcels.values()):
        raise not_on_its_way()
    hours = _windows(parcels)
    rows = [parcels[shipment.pk] for shipment, _ in arrived]
    for row, (_, at) in zip(rows, arrived, strict=True):
        row.delivered_at, row.is_presumed = at, is_presumed
        begins = max(at, row.shipped_at + TAKEN_AS_DELIVERED) if by_their_sender and row.shipped_at else at
        row.after_sale_until = begins + timedelta(hours=hours[row.pk])
    move_many(rows, State.DELIVERED, ["delivered_at", "after_sale_until", "is_presumed"])
    follow(orders)
    record(*[ShipmentDelivered(shipment_id=row.pk) for row in rows])
    return rows


def not_on_its_way() -> TooLate:
    """The no to whoever says of a parcel that is not on its way that it has come."""
    return TooLate(say("这个包裹不在路上：还没有发出，或已按收到处理。", "This parcel is not on its way."))


def _windows(parcels: Iterable[int]) -> dict[int, int]:
    """Hours in which something may be said to be wrong: the longest of what lies in each parcel, and never less
    than what was told when it was bought."""
    today = F("lines__variant__product__after_sale_hours")
    told = Coalesce("lines__after_sale_hours", today)
    found = Shipment.objects.filter(pk__in=parcels).annotate(most=Max(Greatest(told, today)))
    return {pk: most or 0 for pk, most in found.values_list("pk", "most")}


@transaction.atomic
def complete_many(shipments: Sequence[Shipment], now: datetime | None = None) -> list[Shipment]:
    """The after-sale window of these has passed and nothing is disputed: what was set aside is now owed."""
    orders, parcels = _locked(shipments)
    undecided = Q(_is_said_wrong(now)) | Q(order__contested_at__isnull=False)
    disputed = set(Shipment.objects.filter(undecided, pk__in=parcels).values_list("pk", flat=True))
    # Somebody may have been faster, or has just said that something is wrong.
    rows = [p for p in parcels.values() if p.state == State.DELIVERED and p.pk not in disputed]
    move_many(rows, State.COMPLETED)
    follow(orders)
    record(*[ShipmentCompleted(shipment_id=row.pk) for row in rows])
    return rows


def complete_due(now: datetime, limit: int | None = None) -> list[Shipment]:
    """Complete the parcels whose window has passed, all at once."""
    return complete_many(list(_over(now)[:limit]), now)


def _over(now: datetime) -> QuerySet[Shipment]:
    over = Shipment.objects.filter(state=State.DELIVERED, after_sale_until__lt=now)
    return over.filter(~_is_said_wrong(now), order__contested_at=None).order_by("pk")


def _is_said_wrong(now: datetime | None = None) -> Exists:
    """On a parcel: something in it is said to be wrong, and what comes of that is not known."""
    return Exists(Claim.objects.filter(undecided(now), line__shipment=OuterRef("pk")))


def move_on_due(now: datetime | None = None, limit: int = 200) -> int:
    """Take long silent parcels as delivered, complete those whose window has passed; called by the clock."""
    now = now or timezone.now()
    silent = Shipment.objects.filter(state=State.SHIPPED, shipped_at__lt=now - TAKEN_AS_DELIVERED)
    # One that is said to be missing is not silent.
    silent = silent.filter(~_is_said_wrong(now))
    moved = sum(_tried(presume, parcel) for parcel in silent.order_by("pk")[:limit])
    return moved + sum(_tried(lambda one: complete_many([one], now), parcel) for parcel in _over(now)[:limit])


def _tried(action: Any, shipment: Shipment) -> bool:
    """One parcel that cannot move on must not keep the others waiting."""
    try:
        action(shipment)
    except Exception:
        log.exception("shipment %s does not move on", shipment.uid)
        return False
    return True


def lock_all(shipments: Sequence[Shipment]) -> None:
    """The orders of these parcels are locked, in the house's order."""
    _locked(shipments)


def _locked(shipments: Sequence[Shipment]) -> tuple[list[Order], dict[int, Shipment]]:
    """The parcels' orders locked, then the parcels as they are now."""
    asked = Order.objects.filter(pk__in=[s.order_id for s in shipments]).only("pk", "holder_kind", "holder")
    orders = lock(list(asked))
    rows = Shipment.objects.filter(pk__in=[s.pk for s in shipments]).select_related("parcel").order_by("pk")
    return list(orders.values()), {row.pk: row for row in rows}


_REACHED = {State.WAITING: 0, State.SHIPPED: 1, State.DELIVERED: 2, State.COMPLETED: 3}


def follow(orders: Sequence[Order]) -> None:
    """An order is as far as its slowest parcel; one that was called off holds nothing up. Locks are held."""
    reached: dict[int, int] = {}
    parcels = Shipment.objects.filter(order__in=orders).exclude(state=State.CANCELLED)
    for order_id, state in parcels.values_list("order_id", "state"):
        reached[order_id] = min(_REACHED[State(state)], reached.get(order_id, len(Order.WITH_TEAMS)))
    for n, following in enumerate(Order.WITH_TEAMS[1:], start=1):
        ended: dict[str, Any] = {"closed_at": timezone.now()} if following == Order.State.COMPLETED else {}
        rows = [o for o in orders if o.state == Order.WITH_TEAMS[n - 1] and reached.get(o.pk, 0) >= n]
        move_many(rows, following, **ended)
