"""A group's parcel: all its seats, sent to the coordinator as one, and arrived as one."""

from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from core.outbox import record
from orders.actions.shipment import SENT_FROM, deliver_many, not_on_its_way, ship_together
from orders.actions.tracking import Number
from orders.models import Shipment
from together.events import GroupSent
from together.models import GroupPurchase

State = Shipment.State


@transaction.atomic
def ship(
    group: GroupPurchase, by: Any, number: Number, *, expected_units: int | None = None
) -> list[Shipment]:
    """A confirmed group's seats go to its coordinator in one parcel."""
    waiting = Shipment.objects.filter(
        order__holder=group.uid, state=State.WAITING, order__state__in=SENT_FROM, order__contested_at=None
    )
    sent = ship_together(list(waiting), by, number, expected_units=expected_units)
    record(GroupSent(group_id=group.pk))
    return sent


@transaction.atomic
def deliver(group: GroupPurchase, by: Any) -> list[Shipment]:
    """The group's one parcel has reached its coordinator."""
    now = timezone.now()
    sent = list(Shipment.objects.filter(order__holder=group.uid, state=State.SHIPPED))
    if not sent:
        raise not_on_its_way()
    arrived = deliver_many([(shipment, now) for shipment in sent])
    audit.record(by, "deliver", "GroupPurchase", group.uid, parcels=len(arrived))
    return arrived
