"""Refunds, and whose orders may be refunded by whom."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import SignInWay
from accounts.permissions import absent, must, places_now, places_of
from accounts.places import Place
from accounts.ways import ways_of
from catalog.reads import desks_of
from orders.models import Line, Order, Refund, Shipment
from orders.reads.place import of_order
from orders.reads.shipment import has_not_come

REFUND = "orders.refund_own"


def refund_by_pk(request: Any, pk: int) -> QuerySet[Refund]:
    """A refund that a deed of this very asker has led to, while she keeps the desk or is an operator."""
    hers = Shipment.objects.filter(order=OuterRef("payment__order"), team__in=desks_of(request.user, REFUND))
    return Refund.objects.filter(Exists(hers) | _at_her_places(request.user), pk=pk)


def refunds_for(person: Any) -> QuerySet[Refund]:
    """Refunds of the orders that lie where she may give back."""
    return Refund.objects.filter(_at_her_places(person))


def _at_her_places(person: Any) -> Q:
    return of_order(places_of(person, "orders.refund"), "payment__order")


def order_to_refund(person: Any, number: str) -> tuple[Order, set[int] | None]:
    """A paid order and the teams for which this person may give back; None is all of them (operators, where
    the order lies).
    An order in which none of her teams has a part sounds like none, and so does one of her own, for a manager as for an
    operator (`orders.reads.proof.is_hers`): what she bought is given back by somebody else. A code was given just now."""
    own = Q(person=person) | Q(person=None, email__iexact=person.email)
    own |= Q(person=None, mobile__in=ways_of(person).filter(kind=SignInWay.Kind.PHONE).values("value"))
    paid = Order.objects.filter(number=number.strip().upper(), paid_at__isnull=False).exclude(own)
    teams: set[int] | None = None
    hers: dict[int, UUID] = {}
    order = paid.filter(of_order(places_now(person, "orders.refund"))).first()
    if order is None:
        hers = dict(desks_of(person, REFUND).values_list("pk", "uid"))
        order, teams = paid.filter(shipments__team__in=hers).first(), set(hers)
    if order is None:
        raise absent(person, REFUND, "number")
    for uid in hers.values():
        must(person, REFUND, at=Place(subject=uid))
    return order, teams


def last_of(order: Order, reason: str) -> Refund | None:
    """The last that was requested of it for this reason."""
    return Refund.objects.filter(payment__order=order, reason=reason).order_by("-pk").first()


def lost_parcels(lines: Iterable[Line], given: Mapping[int, int]) -> dict[int, int]:
    """The parcels that have not come and of whose goods nothing is left paid for once so many fen of each line are
    given back as well, by id; and what remains of their sending: it brought nothing, so it goes back with them."""
    kept = {
        line.shipment_id for line in lines if line.net_minor - line.refunded_minor > given.get(line.pk, 0)
    }
    touched = {line.shipment_id: line.shipment for line in lines if given.get(line.pk)}
    lost = {
        pk: parcel for pk, parcel in touched.items() if parcel and pk not in kept and has_not_come(parcel)
    }
    return {pk: parcel.shipping_minor - parcel.refunded_minor for pk, parcel in lost.items() if pk}


def sending_of(line: Line, minor: int) -> int:
    """What remains of sending the line's parcel, where it goes back with so many fen of the line."""
    if line.shipment_id is None:
        return 0
    beside = Line.objects.filter(shipment=line.shipment_id).select_related("shipment")
    return lost_parcels(beside, {line.pk: minor}).get(line.shipment_id, 0)
