"""Group purchases: their public facts for whoever has the link, all of them for their coordinators."""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, Max, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Organisation
from catalog.models import Product
from core.refusals import NotFound
from orders.models import Order, Shipment
from orders.reads import closure
from orders.reads.closure import Closed
from orders.reads.order import orders_of as orders_of_hers
from together.models import GroupPurchase, Seat
from together.reads.seat import led_by, own_seats

# What orders call a group purchase that holds them (`settings.ORDER_HOLDERS`).
KIND = "group"
State = GroupPurchase.State
_HELD = Order.objects.filter(state=Order.State.HELD)


def orders_of(group: GroupPurchase) -> QuerySet[Order]:
    """The orders of its seats, in whatever state."""
    return Order.objects.filter(holder=group.uid)


def group_by_code(person: Any, code: str, token: str | None = None) -> QuerySet[GroupPurchase]:
    """The group whose link this is, with the asker's own seats: by account, or a guest's by her order's key."""
    return _with_own_seats(GroupPurchase.objects.filter(join_code=code), person, token)


def groups_of(person: Any) -> QuerySet[GroupPurchase]:
    """The groups that this person coordinates or has a seat in."""
    if not person.is_authenticated:
        return GroupPurchase.objects.none()
    seats = Seat.objects.filter(order__in=orders_of_hers(person)).exclude(state=Seat.State.RELEASED)
    mine = Q(organisation__in=led_by(person)) | Q(pk__in=seats.values("group"))
    return _with_own_seats(GroupPurchase.objects.filter(mine), person)


def would_be_repaid(person: Any, uid: UUID) -> tuple[int, int]:
    """Members, and the fen that go back to them, if this coordinator's group is called off now."""
    group = GroupPurchase.objects.filter(organisation__in=led_by(person), uid=uid, state=State.OPEN).first()
    if group is None:
        raise NotFound()
    held = _HELD.filter(holder=group.uid, seat__state=Seat.State.HELD)
    found = held.aggregate(members=Count("pk"), fen=Coalesce(Sum("total_minor"), 0))
    return found["members"], found["fen"]


def _with_own_seats(
    groups: QuerySet[GroupPurchase], person: Any, token: str | None = None
) -> QuerySet[GroupPurchase]:
    own = own_seats(person, token).select_related("order")
    groups = groups.annotate(owes=Exists(_HELD.filter(holder=OuterRef("uid"))))
    return groups.prefetch_related(Prefetch("seats", queryset=own, to_attr="own_seats"))


def group_led_by(person: Any, *, uid: UUID | None = None, code: str = "") -> GroupPurchase:
    """A group that this person coordinates today; for anybody else there is no such thing."""
    rows = GroupPurchase.objects.filter(organisation__in=led_by(person))
    return _one(rows.filter(uid=uid) if uid else rows.filter(join_code=code))


def group_to_join(code: str) -> GroupPurchase:
    """The group whose link this is."""
    return _one(GroupPurchase.objects.filter(join_code=code))


def group_by_pk(request: Any, pk: int) -> QuerySet[GroupPurchase]:
    """A group that a deed of this very asker has led to."""
    return GroupPurchase.objects.filter(pk=pk)


def _one(rows: QuerySet) -> Any:
    row = rows.first()
    if row is None:
        raise NotFound()
    return row


def is_open(group: GroupPurchase) -> bool:
    """Whether people may still come in and leave: before its deadline, and before it is confirmed."""
    return group.state == State.OPEN and group.closes_at > timezone.now()


def is_closing(group: GroupPurchase) -> bool:
    """Its deadline has passed, and the provider is asked about the last payments before it is decided."""
    return group.state == State.OPEN and not is_open(group)


def units_free(group: GroupPurchase) -> int:
    """Units that can still be joined for: neither paid nor waiting for a payment."""
    if not is_open(group):
        return 0
    return group.maximum_units - group.units_held - group.units_reserved


def units_needed(group: GroupPurchase) -> int:
    """Units that are still to be paid before it is certain."""
    return max(0, group.minimum_units - group.units_held)


def is_repaid(group: GroupPurchase) -> bool | None:
    """Whether all who had paid have it back: an order is held until the provider has given all of it back.

    None unless the group fell short or was called off.
    """
    if group.state not in (State.FELL_SHORT, State.CANCELLED):
        return None
    owes = getattr(group, "owes", None)
    return not (_HELD.filter(holder=group.uid).exists() if owes is None else owes)


def presale_ship_by(group: GroupPurchase) -> date | None:
    """By when it is sent, where what its members have paid for was still to be harvested; None for most."""
    paid = orders_of(group).filter(seat__state__in=Seat.PAID)
    day: date | None = paid.aggregate(day=Max("lines__presale_ship_by"))["day"]
    return day


def is_stopped(group: GroupPurchase) -> bool:
    """Whether the group may not be confirmed: its product, team or organisation is suspended."""
    product = group.variant.product
    return (
        product.state == Product.State.SUSPENDED
        or not product.team.is_active
        or group.organisation.state != Organisation.State.VERIFIED
    )


def is_offered(group: GroupPurchase) -> bool:
    """Whether what it buys is sold today, to this organisation, and something of it is left."""
    variant, product = group.variant, group.variant.product
    return (
        variant.is_offered
        and variant.story_id is not None
        and product.is_published
        and product.team.is_active
        and group.organisation.state == Organisation.State.VERIFIED
        and variant.units_available > 0
    )


def closed_for(group: GroupPurchase) -> Closed | None:
    """What closes the place that it goes to for what it buys."""
    return closure.over(group.region_id, group.variant.product.storage)


def units_joinable(group: GroupPurchase) -> int:
    """Units for which somebody may come in now."""
    return units_free(group) if is_offered(group) and closed_for(group) is None else 0


def allowed_actions(group: GroupPurchase, *, leads: bool, seat: Seat | None) -> list[str]:
    """What the asker may do with it now."""
    found = []
    if units_joinable(group):
        found.append("JOIN")
    if seat is not None and is_open(group) and seat.state == Seat.State.HELD:
        found.append("LEAVE")
    if leads and is_open(group):
        found.append("CANCEL")
    if leads and group.state == State.CONFIRMED:
        found += _with_the_parcel(group)
    return found


def _with_the_parcel(group: GroupPurchase) -> list[str]:
    on_its_way = Shipment.objects.filter(order__holder=group.uid, state=Shipment.State.SHIPPED).exists()
    return ["PACKING_LIST", "CONFIRM_DELIVERY"] if on_its_way else ["PACKING_LIST"]
