"""What has been stopped since it was ordered: one answer for each deed, by the table in decision 0015.

What cannot be bought now cannot be paid now. What an operator has stopped, or what was recalled, is moreover not
confirmed, packed or sent, until it is released or given back. Claims, refunds and cancelling are never stopped.
"""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import Organisation
from catalog.models import Lot, Product, Reservation
from core import clock
from orders.models import Line, LineLot, Order, SetbackChoice, Shipment
from orders.reads.closure import closes_line

OFFERED = Q(
    variant__is_offered=True,
    variant__product__state=Product.State.PUBLISHED,
    variant__product__team__is_active=True,
)
# An operator has stopped it: what was bought before waits as well.
SUSPENDED = Q(variant__product__state=Product.State.SUSPENDED) | Q(variant__product__team__is_active=False)
# A bank is deciding about what paid it.
CONTESTED = Q(order__contested_at__isnull=False)
VERIFIED = Organisation.State.VERIFIED


def unpayable(order: str, uid: str) -> Any:
    """A condition on a row that has an order (paths of its id and uid): no money is taken for it any more."""
    not_offered = Line.objects.filter(~OFFERED, order=OuterRef(order))
    recalled = Reservation.objects.filter(
        holder=OuterRef(uid), state=Reservation.State.HELD, lot__state=Lot.State.RECALLED
    )
    buys_for = Q(organisation__isnull=False) & ~Q(organisation__state=VERIFIED)
    # What is held was joined by the call of whoever brings it about.
    joined = Q(holder__isnull=False, mobiliser_organisation__isnull=False)
    joined &= ~Q(mobiliser_organisation__state=VERIFIED)
    suspended = Order.objects.filter(buys_for | joined, pk=OuterRef(order))
    return Exists(not_offered) | Exists(recalled) | Exists(suspended)


def is_recalled(order: Order) -> bool:
    """Whether anything that is held for it, unpaid, is of a recalled lot."""
    held = Reservation.objects.filter(holder=order.uid, state=Reservation.State.HELD)
    return held.filter(lot__state=Lot.State.RECALLED).exists()


def was_recalled(order: Order) -> bool:
    """Whether anything that it was to draw on is of a recalled lot."""
    return order.lines.filter(lots__lot__state=Lot.State.RECALLED).exists()


# --- What is paid -------------------------------------------------------------------------------------


RECALLED = Q(lot__state=Lot.State.RECALLED)


def out_of_date() -> Q:
    """A condition on a row that has a lot: it kept until yesterday at most."""
    return Q(lot__best_before__lt=clock.today())


def recalled_in(line: str, order_uid: str) -> Exists:
    """A condition on a line: units of it are still to come from a recalled lot."""
    return _to_come(RECALLED, line, order_uid)


def out_of_date_in(line: str, order_uid: str) -> Exists:
    """A condition on a line: units of it are still to come from a lot that is past its date."""
    return _to_come(out_of_date(), line, order_uid)


def _to_come(unfit: Q, line: str, order_uid: str) -> Exists:
    sold = Reservation.objects.filter(state=Reservation.State.SOLD, units__gt=F("units_returned"))
    return Exists(sold.filter(unfit, holder=OuterRef(order_uid), lot__variant=OuterRef(line)))


def held_back(shipment: str = "pk") -> Exists:
    """A condition on a row that has a parcel: it must not be sent as things are."""
    lines = Line.objects.filter(shipment=OuterRef(shipment), quantity__gt=F("refunded_units"))
    unfit = _to_come(RECALLED | out_of_date(), "variant", "order__uid")
    return Exists(lines.filter(SUSPENDED | CONTESTED | unfit | closes_line() | undecided_in()))


def undecided_in() -> Exists:
    """A condition on a line: its harvest is late or short, and whether it is sent is not decided yet."""
    return Exists(SetbackChoice.objects.filter(line=OuterRef("pk"), holds_back=True))


def are_held_back(shipments: Iterable[Shipment]) -> bool:
    """Whether any of these parcels must not be sent."""
    return Shipment.objects.filter(held_back(), pk__in=[one.pk for one in shipments]).exists()


def held_back_of(parcels: Iterable[int]) -> set[int]:
    """Those of these that must not be sent."""
    return set(Shipment.objects.filter(held_back(), pk__in=list(parcels)).values_list("pk", flat=True))


def units_recalled(order: Order, lot_id: int) -> dict[Line, int]:
    """Units of a recalled lot that lie in the order's unsent parcels and were not given back, by line."""
    waiting = order.lines.filter(lots__lot=lot_id, shipment__state=Shipment.State.WAITING)
    rows = waiting.annotate(of_lot=F("lots__units") - F("lots__units_returned"))
    return {line: units for line in rows if (units := min(line.of_lot, line.units_sent))}


def recalled_lots(order: Order) -> list[int]:
    """The recalled lots of which it has, or waits for, units."""
    held = Reservation.objects.filter(holder=order.uid, units__gt=F("units_returned"))
    rows = held.exclude(state=Reservation.State.RELEASED).filter(lot__state=Lot.State.RECALLED)
    return list(rows.order_by("lot_id").values_list("lot_id", flat=True))


def drew_on(lot_id: int) -> QuerySet[Order]:
    """Orders that have, wait for, or have been sent units of this lot."""
    held = Reservation.objects.filter(lot=lot_id, units__gt=F("units_returned"))
    holders = held.exclude(state=Reservation.State.RELEASED).values("holder")
    return Order.objects.filter(uid__in=holders).exclude(state__in=Order.OVER)


def recall_refunds(lot_id: int) -> int:
    """Fen that go back, at most, if this lot is recalled now: what was paid for it and is not sent yet, with the
    sending of parcels in which nothing else lies."""
    orders = drew_on(lot_id).filter(state__in=Order.REFUNDABLE)
    waiting = Line.objects.filter(
        order__in=orders,
        shipment__state=Shipment.State.WAITING,
        pk__in=LineLot.objects.filter(lot=lot_id).values("line"),
    )
    others = Line.objects.filter(shipment=OuterRef("pk"), quantity__gt=F("refunded_units"))
    called_off = Shipment.objects.filter(
        ~Exists(others.exclude(pk__in=waiting.values("pk"))), pk__in=waiting.values("shipment")
    )
    lines = Line.objects.filter(Q(pk__in=waiting.values("pk")) | Q(shipment__in=called_off))
    goods = lines.aggregate(fen=Coalesce(Sum(F("net_minor") - F("refunded_minor")), 0))["fen"]
    sending = called_off.aggregate(fen=Coalesce(Sum(F("shipping_minor") - F("refunded_minor")), 0))["fen"]
    return goods + sending


def unfit(order_uid: str) -> Exists:
    """A condition on a row that has an order (path of its uid): something that is still to come for it cannot be sent any
    more, of a lot that was recalled, or is past its date by now."""
    sold = Reservation.objects.filter(state=Reservation.State.SOLD, units__gt=F("units_returned"))
    return Exists(sold.filter(RECALLED | out_of_date(), holder=OuterRef(order_uid)))
