"""The one parcel in which a confirmed group travels: as its team sends it, and as its coordinators await it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from accounts.permissions import absent
from catalog.models import Team
from catalog.reads import desks_of
from orders.models import Order, Shipment
from orders.reads.desk import NEVER
from orders.reads.shipment import PACK
from orders.reads.stopped import held_back
from together.models import GroupPurchase

State = Shipment.State


def parcels(team: Team | None, *, waiting: bool | None = None) -> QuerySet[GroupPurchase]:
    """Confirmed groups that the team sends, each in one parcel; with `waiting` only those to be sent now."""
    mine = GroupPurchase.objects.filter(variant__product__team=team, state=GroupPurchase.State.CONFIRMED)
    found = _as_parcels(mine if team else mine.none())
    return found.filter(Q(units_waiting__gt=0)) if waiting else found


def parcel_by_pk(request: Any, pk: int) -> QuerySet[GroupPurchase]:
    """A group as its team sees it, that a deed of this very asker has led to, while she keeps its desk."""
    mine = GroupPurchase.objects.filter(variant__product__team__in=desks_of(request.user, PACK))
    return _as_parcels(mine.filter(pk=pk))


def _as_parcels(groups: QuerySet[GroupPurchase]) -> QuerySet[GroupPurchase]:
    """Groups with what is known of the one parcel in which each travels."""
    units = F("seats__units") - F("seats__units_returned")
    able = ~Q(held_back("seats__order__lines__shipment"))
    waiting = (
        Q(seats__order__lines__shipment__state=State.WAITING, seats__order__state__in=Order.WITH_TEAMS) & able
    )
    sent = Q(seats__order__lines__shipment__state=State.SHIPPED)
    arrived = Q(seats__order__lines__shipment__state__in=Shipment.ARRIVED)
    return groups.annotate(
        units_waiting=Coalesce(Sum(units, filter=waiting), 0),
        units_on_their_way=Coalesce(Sum(units, filter=sent), 0),
        parcels_arrived=Count("seats__order__lines__shipment", filter=arrived),
        due_on=Coalesce(Min("seats__order__lines__shipment__ship_by", filter=waiting), NEVER),
        carrier=Coalesce(Max("seats__order__lines__shipment__parcel__carrier"), Value("")),
        tracking_number=Coalesce(Max("seats__order__lines__shipment__parcel__tracking_number"), Value("")),
    )


def state_of(group: GroupPurchase) -> Shipment.State:
    """Where a group's parcel is, by what is known of it."""
    if group.units_waiting:  # type: ignore[attr-defined]
        return State.WAITING
    if group.units_on_their_way:  # type: ignore[attr-defined]
        return State.SHIPPED
    # Nothing of it may be sent: all was given back, or is kept back (a recall, say).
    return State.DELIVERED if group.parcels_arrived else State.CANCELLED  # type: ignore[attr-defined]


def group_of_team(person: Any, uid: UUID) -> GroupPurchase:
    """A confirmed group that one of this person's teams sends; any other sounds like none."""
    mine = Q(variant__product__team__in=desks_of(person, PACK))
    group = GroupPurchase.objects.filter(mine, uid=uid, state=GroupPurchase.State.CONFIRMED).first()
    if group is None:
        raise absent(person, PACK)
    return group


@dataclass(frozen=True)
class SentParcel:
    """A parcel of a group's in a carrier's hands: one number for however many seats travel in it."""

    carrier: str
    tracking_number: str
    shipped_at: datetime
    delivered_at: datetime | None


def parcels_sent(group: GroupPurchase, most: int = 10) -> list[SentParcel]:
    """What was sent to its coordinator, the first sent first; nothing is asked before the group is on."""
    if group.state != GroupPurchase.State.CONFIRMED:
        return []
    sent = Shipment.objects.filter(order__holder=group.uid, shipped_at__isnull=False).exclude(
        parcel__tracking_number=""
    )
    told = sent.order_by("shipped_at", "parcel__tracking_number").values_list(
        "parcel__carrier", "parcel__tracking_number", "shipped_at", "delivered_at"
    )
    found: dict[tuple[str, str], SentParcel] = {}
    for carrier, number, at, arrived in told:
        if at is not None:
            found.setdefault((carrier, number), SentParcel(carrier, number, at, arrived))
    return list(found.values())[:most]
