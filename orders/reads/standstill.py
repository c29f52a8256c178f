"""Paid parcels that cannot be delivered because their place is closed, and what their buyer may choose."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Exists, F, OuterRef, QuerySet

from core.language import Words
from orders import holding
from orders.models import Line, Order, Shipment, Standstill
from orders.reads.closure import Closed, closed_for, parcels_closed

# Who has chosen nothing is not kept waiting without end: after so long her money goes back. Who chose to wait waits.
SILENT_FOR = timedelta(days=30)
OPEN = Standstill.objects.filter(ended_at=None)


@dataclass(frozen=True)
class Standing:
    """What is told of an order of which something stands still."""

    closed: Closed
    answer: str
    parcels: list[Shipment]
    refund_minor: int  # what goes back if she asks for it now
    why_not: Words | None  # why she cannot have it back now
    refunded_at: datetime | None  # by itself, if she chooses nothing


def open_of(order: Order) -> QuerySet[Standstill]:
    """What of an order stands still, as far as it was found."""
    return OPEN.filter(shipment__order=order)


def stopped_parcels(order: Order) -> list[Shipment]:
    """Parcels of a paid order that cannot be delivered now."""
    if order.state not in Order.REFUNDABLE:
        return []
    return list(parcels_closed(Shipment.objects.filter(order=order)).prefetch_related("lines").order_by("pk"))


def standing_of(order: Order) -> Standing | None:
    """What stands still of a paid order; None, and nothing is asked, where no place like its own is closed."""
    if order.state not in Order.REFUNDABLE or (closed := closed_for(order)) is None:
        return None
    if not (parcels := stopped_parcels(order)):
        return None
    rows = list(open_of(order))
    answers = Standstill.Answer
    answer = answers.WAIT if any(row.answer == answers.WAIT for row in rows) else answers.NONE
    began = min((row.began_at for row in rows), default=None)
    is_silent = began is not None and answer == answers.NONE and order.state != Order.State.HELD
    why_not = holding.holder_of(order).binds(order) if order.state == Order.State.HELD else None
    refunded_at = began + SILENT_FOR if began is not None and is_silent else None
    return Standing(closed, answer, parcels, _would_go_back(order, parcels), why_not, refunded_at)


def _would_go_back(order: Order, parcels: list[Shipment]) -> int:
    # What is held goes back whole, or stays.
    rows = list(order.shipments.prefetch_related("lines")) if order.state == Order.State.HELD else parcels
    goods = sum(line.net_minor - line.refunded_minor for parcel in rows for line in parcel.lines.all())
    return goods + sum(parcel.shipping_minor - parcel.refunded_minor for parcel in rows)


def allowed_actions(order: Order) -> list[str]:
    """WAIT and REFUND, each while it would be accepted."""
    if (standing := standing_of(order)) is None:
        return []
    waits = [] if standing.answer == Standstill.Answer.WAIT else ["WAIT"]
    may_refund = standing.why_not is None and order.contested_at is None and standing.refund_minor
    return [*waits, *(["REFUND"] if may_refund else [])]


def would_stand(region: str, storage: str) -> int:
    """How many paid orders would stand still if this place were closed, for a storage class or for all."""
    inside = region.removesuffix("00").removesuffix("00")
    lines = Line.objects.filter(
        shipment__state=Shipment.State.WAITING,
        order__state__in=Order.REFUNDABLE,
        shipment__parcel__region__code__startswith=inside,
        quantity__gt=F("refunded_units"),
    )
    chosen = lines.filter(variant__product__storage=storage) if storage else lines
    return chosen.values("order").distinct().count()


# --- For the sweep ----------------------------------------------------------------------------------


def to_stand() -> QuerySet[Shipment]:
    """Paid parcels that cannot be delivered, of which nobody has noted it."""
    noted = OPEN.filter(shipment=OuterRef("pk"))
    return parcels_closed(Shipment.objects.filter(~Exists(noted), order__state__in=Order.REFUNDABLE))


def to_move_on() -> QuerySet[Standstill]:
    """What was noted and stands still no more: open again, sent, or given back."""
    still = Shipment.objects.filter(pk=OuterRef("shipment"), order__state__in=Order.REFUNDABLE)
    return OPEN.filter(~Exists(parcels_closed(still)))


def to_refund(now: datetime) -> QuerySet[Order]:
    """Orders whose buyer has chosen nothing for so long that her money goes back; not while a bank decides about it."""
    silent = OPEN.filter(answer=Standstill.Answer.NONE, began_at__lt=now - SILENT_FOR)
    orders = Order.objects.filter(state__in=Order.WITH_TEAMS, contested_at=None)
    return orders.filter(pk__in=silent.values("shipment__order")).order_by("pk")
