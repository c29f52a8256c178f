"""Parcels: who may say that one has arrived, and what a buyer may still say of what lay in it."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.permissions import absent
from catalog.after_sale import RETURN_DAYS
from catalog.reads import desks_of
from orders.links import uid_of_token
from orders.models import Claim, Line, Order, Replacement, Shipment
from orders.reads.order import orders_of, orders_open_to
from orders.reads.stopped import held_back

PACK = "orders.pack_and_send"
# From so long after it was sent its buyer may say that it has not come.
MISSING_AFTER = timedelta(days=7)


def shipment_by_pk(request: Any, pk: int) -> QuerySet[Shipment]:
    """A parcel that a deed of this very asker has led to, while she keeps its desk."""
    return Shipment.objects.filter(pk=pk, team__in=desks_of(request.user, PACK))


def shipment_of_team(person: Any, uid: UUID) -> Shipment:
    """A parcel on this person's desk; any other sounds like none."""
    mine = Shipment.objects.filter(uid=uid, team__in=desks_of(person, PACK))
    return _one(mine.select_related("order"), person)


def shipments_at_desk(person: Any, uids: Iterable[UUID]) -> list[Shipment]:
    """Of these the parcels on this person's desk."""
    mine = Shipment.objects.filter(uid__in=list(uids), team__in=desks_of(person, PACK))
    return list(mine.select_related("order", "parcel"))


def shipment_bought_by(person: Any, uid: UUID, token: str | None) -> Shipment:
    """A parcel that this person bought, by account or link; any other sounds like none."""
    may = Q(order__in=orders_of(person))
    if token and (order := uid_of_token(token)):
        may |= Q(order__person=None, order__uid=order)
    return _one(Shipment.objects.filter(may, uid=uid).select_related("order", "parcel"), None)


def shipment_to_receive(person: Any, uid: UUID, token: str | None) -> Shipment:
    """A parcel that this person may say has arrived: its buyer, by account or link, or its team."""
    may = Q(order__in=orders_of(person))
    if person.is_authenticated:
        may |= Q(team__in=desks_of(person, PACK))
    if token and (order := uid_of_token(token)):
        may |= Q(order__person=None, order__uid=order)
    return _one(Shipment.objects.filter(may, uid=uid).select_related("order"), person)


def is_receiver(person: Any, parcel: Shipment, token: str | None) -> bool:
    """Whether she who may say that a parcel has arrived is its buyer, by account or link, and not only its team."""
    if parcel.order.person_id is None and token and uid_of_token(token) == parcel.order.uid:
        return True
    return orders_of(person).filter(pk=parcel.order_id).exists()


def line_received_by(person: Any, number: str, token: str | None, uid: UUID) -> Line:
    """A line of an order that is this asker's; any other sounds like none."""
    orders = orders_open_to(person, number, token)
    rows = Line.objects.filter(order__in=orders, uid=uid)
    return _one(rows.select_related("shipment", "order", "variant__product"), None)


def _one(rows: QuerySet, person: Any) -> Any:
    """The one row; of a parcel it may be that her desk waits for her code."""
    row = rows.first()
    if row is None:
        raise absent(person, PACK)
    return row


def is_claimable(line: Line) -> bool:
    """Delivered, within the after-sale window, something left to give back, and nothing waiting for an answer.

    What was sent a week ago and has not come can be claimed as well: a parcel may be lost.
    Goods that were recalled can be claimed from the moment they are sent, and for as long as there is an order.
    """
    parcel = line.shipment
    if parcel is None:
        return False
    is_in_time = parcel.state == Shipment.State.DELIVERED and (
        parcel.after_sale_until is not None and parcel.after_sale_until > timezone.now()
    )
    missing_from = may_be_missing_from(parcel)
    is_missing = missing_from is not None and missing_from <= timezone.now()
    is_recalled = line.recalled_at is not None and parcel.state in Shipment.SENT
    return bool(
        (is_in_time or is_missing or is_recalled)
        and line.refunded_minor < line.net_minor
        and not any(claim.state in Claim.GOES_ON for claim in line.claims.all())
    )


def returnable_until(line: Line) -> datetime | None:
    """Until when what has come may be sent back without a reason; None where it may not, or not any more."""
    parcel = line.shipment
    if not line.is_returnable or parcel is None or not parcel.delivered_at or not is_claimable(line):
        return None
    until = parcel.delivered_at + timedelta(days=RETURN_DAYS)
    return until if until > timezone.now() else None


def may_be_missing_from(parcel: Shipment) -> datetime | None:
    """From when the buyer of a parcel that is on its way may say that it has not come."""
    if parcel.state != Shipment.State.SHIPPED or parcel.shipped_at is None:
        return None
    return parcel.shipped_at + MISSING_AFTER


def has_not_come(parcel: Shipment) -> bool:
    """Sent so long ago that it may be missing, and nobody has said that it arrived."""
    if parcel.state == Shipment.State.DELIVERED:
        return parcel.is_presumed
    missing_from = may_be_missing_from(parcel)
    return missing_from is not None and missing_from <= timezone.now()


def is_held_back(parcel: Shipment) -> bool:
    """Whether a paid parcel that waits must not be sent as things are; asked once for all of its order's."""
    order = parcel.order
    if parcel.state != Shipment.State.WAITING or order.state not in Order.REFUNDABLE:
        return False
    if (known := getattr(order, "_held_back", None)) is None:
        found = Shipment.objects.filter(held_back(), order=order, state=Shipment.State.WAITING)
        known = order._held_back = set(found.values_list("pk", flat=True))  # type: ignore[attr-defined]
    return parcel.pk in known


def is_recalled(line: Line) -> bool:
    """A lot of what lies in its parcel was recalled after it was sent; of what was not, the recall takes it out."""
    sent_at = line.shipment.shipped_at if line.shipment else None
    return bool(line.recalled_at and sent_at and line.recalled_at >= sent_at)


def tracking_url(parcel: Shipment | Replacement) -> str | None:
    """Where a sent parcel's way can be read: by its number, which tells nobody who sent or paid what."""
    number = parcel.parcel.tracking_number if parcel.parcel else ""
    return settings.TRACKING_PAGE.replace("{number}", quote(number, safe="")) if number else None


def is_reviewable(line: Line) -> bool:
    """It has arrived, was not all given back, and has no review yet."""
    parcel = line.shipment
    arrived = parcel is not None and parcel.state in Shipment.ARRIVED
    return arrived and line.refunded_units < line.quantity and getattr(line, "review", None) is None


def allowed_actions(parcel: Shipment) -> list[str]:
    """What its buyer may do with a parcel now."""
    if parcel.state == Shipment.State.SHIPPED:
        return ["CONFIRM_DELIVERY"]
    return ["CHANGE_ADDRESS"] if is_changeable(parcel) else []


def is_changeable(parcel: Shipment) -> bool:
    """Whether its buyer may still have it sent elsewhere. What others share goes where they have agreed."""
    is_paid = parcel.order.state in Order.WITH_TEAMS and parcel.order.holder is None
    return is_paid and parcel.state == Shipment.State.WAITING and parcel.parcel.packed_at is None
