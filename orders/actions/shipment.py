"""Parcels on their way: sent by the team, delivered, and after a while beyond complaint."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.actions import audit
from catalog.reads.teams import is_manager
from core.language import say
from core.outbox import record
from core.refusals import Invalid, NotFound, TooLate
from orders.actions.order import lock
from orders.events import ShipmentCompleted, ShipmentDelivered, ShipmentShipped
from orders.models import Order, Shipment

State = Shipment.State
# A parcel that nobody reports is taken as delivered after so many days.
TAKEN_AS_DELIVERED = timedelta(days=14)


@transaction.atomic
def ship(shipment: Shipment, by: Any, *, carrier: str, tracking_number: str) -> Shipment:
    """The team has handed the parcel to a carrier."""
    carrier, tracking_number = carrier.strip(), tracking_number.strip()
    if not is_manager(by, shipment.team_id):
        raise NotFound()
    if not carrier or len(carrier) > 40:
        raise Invalid(say("请填写承运公司。", "Please name the carrier."), field="carrier")
    if not (4 <= len(tracking_number) <= 40 and tracking_number.replace("-", "").isalnum()):
        words = say("运单号应为 4–40 位字母或数字。", "A tracking number has 4 to 40 letters or digits.")
        raise Invalid(words, field="tracking_number")
    order, shipment = _locked(shipment)
    if order.state not in (Order.State.PAID, Order.State.SHIPPED) or shipment.state != State.WAITING:
        raise TooLate(say("这个包裹现在不能发货。", "This parcel cannot be sent now."))
    shipment.move_to(
        State.SHIPPED, carrier=carrier, tracking_number=tracking_number, shipped_at=timezone.now()
    )
    audit.record(by, "ship", "Shipment", shipment.uid, order=order.number)
    _follow(order)
    record(ShipmentShipped(shipment_id=shipment.pk))
    return shipment


@transaction.atomic
def deliver(shipment: Shipment) -> Shipment:
    """It has arrived: told by whoever may read the order, by its team, or taken as so after a while."""
    order, shipment = _locked(shipment)
    if shipment.state != State.SHIPPED:
        raise TooLate(say("这个包裹还没有发出,或已经签收。", "This parcel is not on its way."))
    now = timezone.now()
    until = now + timedelta(hours=_window(shipment))
    shipment.move_to(State.DELIVERED, delivered_at=now, after_sale_until=until)
    _follow(order)
    record(ShipmentDelivered(shipment_id=shipment.pk))
    return shipment


def _window(shipment: Shipment) -> int:
    """Hours in which something may be said to be wrong: the longest of what lies in the parcel."""
    found = shipment.lines.aggregate(most=Max("variant__product__after_sale_hours"))
    return found["most"] or 0


@transaction.atomic
def complete(shipment: Shipment) -> Shipment:
    """The after-sale window has passed and nothing is disputed: what was set aside is now owed."""
    order, shipment = _locked(shipment)
    if shipment.state != State.DELIVERED or shipment.lines.filter(claims__state="open").exists():
        return shipment
    shipment.move_to(State.COMPLETED)
    _follow(order)
    record(ShipmentCompleted(shipment_id=shipment.pk))
    return shipment


def move_on_due(now: datetime | None = None, limit: int = 200) -> int:
    """Take long silent parcels as delivered and complete those whose window has passed; run by beat."""
    now = now or timezone.now()
    silent = Shipment.objects.filter(state=State.SHIPPED, shipped_at__lt=now - TAKEN_AS_DELIVERED)
    for shipment in silent.order_by("pk")[:limit]:
        deliver(shipment)
    over = Shipment.objects.filter(state=State.DELIVERED, after_sale_until__lt=now)
    settled = over.exclude(lines__claims__state="open").order_by("pk")[:limit]
    rows = list(settled)
    for shipment in rows:
        complete(shipment)
    return len(rows)


def _locked(shipment: Shipment) -> tuple[Order, Shipment]:
    """The parcel's order locked, then the parcel read again: an order's parcels change under its lock."""
    order = Order.objects.only("pk", "group_id").get(pk=shipment.order_id)
    order = lock([order])[order.pk]
    return order, Shipment.objects.get(pk=shipment.pk)


REACHED = {State.WAITING: 0, State.SHIPPED: 1, State.DELIVERED: 2, State.COMPLETED: 3}
_ORDER_STATES = (Order.State.PAID, Order.State.SHIPPED, Order.State.DELIVERED, Order.State.COMPLETED)


def _follow(order: Order) -> None:
    """The order is as far as its slowest parcel; one that was cancelled holds nothing up."""
    states = order.shipments.exclude(state=State.CANCELLED).values_list("state", flat=True)
    reached = min((REACHED[State(state)] for state in states), default=0)
    while order.state in _ORDER_STATES and _ORDER_STATES.index(order.state) < reached:
        following = _ORDER_STATES[_ORDER_STATES.index(order.state) + 1]
        ended = {"closed_at": timezone.now()} if following == Order.State.COMPLETED else {}
        order.move_to(following, **ended)
