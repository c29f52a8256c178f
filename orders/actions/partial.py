"""A parcel of which a part is ready: that travels now, and what stays at home is a parcel of its own with a day of its own."""

from collections.abc import Collection
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.actions import audit
from core import clock
from core.language import say
from core.outbox import record
from core.refusals import Invalid, TooLate
from orders.actions.order import lock
from orders.events_of_parcels import ParcelSplit
from orders.models import Line, Order, Parcel, Shipment

# An order is shown with so many parcels.
MOST_PARCELS = 20
_ADDRESS = (
    "team_id",
    "recipient",
    "phone",
    "region_id",
    "street",
    "is_gift",
    "gift_note",
    "sender",
    "changed_at",
)


@transaction.atomic
def split(shipment: Shipment, by: Any, stays: Collection[UUID], ship_by: date) -> Shipment:
    """These lines stay at home until `ship_by`, in a parcel of their own to the same address; the others go as they were to.
    What was paid for sending stays with the first. Answers what stays; its buyer is told of both.

    A line goes or stays whole: what was set aside for it stands by the line in a ledger that is never edited.
    """
    lock([shipment.order])
    row = Shipment.objects.select_related("order", "parcel").get(pk=shipment.pk)
    if row.state != Shipment.State.WAITING or row.order.state not in Order.WITH_TEAMS or row.order.holder:
        raise TooLate(_NOT_NOW)
    if ship_by < clock.today():
        raise Invalid(_PAST, field="ship_by")
    lines = [line for line in Line.objects.filter(shipment=row) if line.units_sent]
    staying = [line for line in lines if line.uid in set(stays)]
    if not 0 < len(staying) < len(lines) or len(staying) != len(set(stays)):
        raise Invalid(_A_PART, field="stays")
    if row.order.shipments.count() >= MOST_PARCELS:
        raise Invalid(_TOO_MANY, field="stays")
    parcel = Parcel.objects.create(**{name: getattr(row.parcel, name) for name in _ADDRESS})
    rest = Shipment.objects.create(
        order=row.order, parcel=parcel, team_id=row.team_id, ship_by=ship_by, came_back_at=row.came_back_at
    )
    Line.objects.filter(pk__in=[line.pk for line in staying]).update(shipment=rest)
    audit.record(by, "split", "Shipment", row.uid, rest=str(rest.uid))
    record(ParcelSplit(shipment_id=row.pk, rest_id=rest.pk))
    return rest


_NOT_NOW = say("这个包裹现在不能分开发。", "This parcel cannot be split now.")
_PAST = say("请写今天或以后的日子。", "Write today or a day to come.")
_A_PART = say(
    "至少选一样先不发的，也至少留一样现在发的。",
    "Choose at least one that stays, and leave at least one that goes now.",
)
_TOO_MANY = say("一个订单最多分成 {n} 个包裹。", "An order has at most {n} parcels.", n=MOST_PARCELS)
