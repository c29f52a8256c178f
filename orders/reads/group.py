"""Group purchases: their public facts for whoever has the link, all of them for their coordinators."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Prefetch, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.models import Membership, Organisation
from accounts.reads import organisations_of
from catalog.reads import teams_managed_by
from core.refusals import NotFound
from orders.links import uid_of_token
from orders.models import GroupPurchase, Order, Seat, Shipment

State = GroupPurchase.State
_HELD = Order.objects.filter(state=Order.State.HELD)
TAKEN = (Seat.State.HELD, Seat.State.CONFIRMED, Seat.State.COLLECTED)


@dataclass(frozen=True)
class SentParcel:
    """A parcel of a group's in a carrier's hands: one number for however many seats travel in it."""

    carrier: str
    tracking_number: str
    shipped_at: datetime
    delivered_at: datetime | None


def parcels_sent(group: GroupPurchase, most: int = 10) -> list[SentParcel]:
    """What was sent to its coordinator, the first sent first; nothing is asked before the group is on."""
    if group.state != State.CONFIRMED:
        return []
    sent = Shipment.objects.filter(order__group=group, shipped_at__isnull=False).exclude(tracking_number="")
    told = sent.order_by("shipped_at", "tracking_number").values_list(
        "carrier", "tracking_number", "shipped_at", "delivered_at"
    )
    found: dict[tuple[str, str], SentParcel] = {}
    for carrier, number, at, arrived in told:
        if at is not None:
            found.setdefault((carrier, number), SentParcel(carrier, number, at, arrived))
    return list(found.values())[:most]


def group_by_code(person: Any, code: str, token: str | None = None) -> QuerySet[GroupPurchase]:
    """The group whose link this is, with the asker's own seats: by account, or a guest's by her order's key."""
    return _with_own_seats(GroupPurchase.objects.filter(join_code=code), person, token)


def groups_of(person: Any) -> QuerySet[GroupPurchase]:
    """The groups that this person coordinates or has a seat in."""
    if not person.is_authenticated:
        return GroupPurchase.objects.none()
    seats = Seat.objects.filter(order__person=person).exclude(state=Seat.State.RELEASED)
    mine = Q(organisation__in=_led_by(person)) | Q(pk__in=seats.values("group"))
    return _with_own_seats(GroupPurchase.objects.filter(mine), person)


def would_be_repaid(person: Any, uid: UUID) -> tuple[int, int]:
    """Members, and the fen that go back to them, if this coordinator's group is called off now."""
    group = GroupPurchase.objects.filter(organisation__in=_led_by(person), uid=uid, state=State.OPEN).first()
    if group is None:
        raise NotFound()
    held = _HELD.filter(group=group, seat__state=Seat.State.HELD)
    found = held.aggregate(members=Count("pk"), fen=Coalesce(Sum("total_minor"), 0))
    return found["members"], found["fen"]


def _led_by(person: Any) -> QuerySet:
    return organisations_of(person, Membership.Role.COORDINATOR).values("pk")


def _with_own_seats(
    groups: QuerySet[GroupPurchase], person: Any, token: str | None = None
) -> QuerySet[GroupPurchase]:
    own = own_seats(person, token).select_related("order")
    groups = groups.annotate(owes=Exists(_HELD.filter(group=OuterRef("pk"))))
    return groups.prefetch_related(Prefetch("seats", queryset=own, to_attr="own_seats"))


def own_seats(person: Any, token: str | None = None) -> QuerySet[Seat]:
    """The asker's seats, the newest first."""
    own = Q(pk__in=[])
    if person.is_authenticated:
        own |= Q(order__person=person)
    if token and (order := uid_of_token(token)):
        own |= Q(order__person=None, order__uid=order)
    return Seat.objects.filter(own).order_by("-pk")


def own_seat(group: GroupPurchase, person: Any) -> Seat | None:
    """The asker's part: one that is paid or waits for its payment comes before one that is over."""
    seats = getattr(group, "own_seats", None)
    if seats is None:
        seats = list(own_seats(person).filter(group=group).select_related("order"))
    over = (Seat.State.RELEASED, Seat.State.REFUNDED)
    return next((s for s in seats if s.state not in over), seats[0] if seats else None)


def group_led_by(person: Any, *, uid: UUID | None = None, code: str = "") -> GroupPurchase:
    """A group that this person coordinates today; for anybody else there is no such thing."""
    rows = GroupPurchase.objects.filter(organisation__in=_led_by(person))
    return _one(rows.filter(uid=uid) if uid else rows.filter(join_code=code))


def group_to_join(code: str) -> GroupPurchase:
    """The group whose link this is."""
    return _one(GroupPurchase.objects.filter(join_code=code))


def group_of_team(person: Any, uid: UUID) -> GroupPurchase:
    """A confirmed group that one of this person's teams sends; any other sounds like none."""
    mine = Q(variant__product__team__in=teams_managed_by(person))
    return _one(GroupPurchase.objects.filter(mine, uid=uid, state=State.CONFIRMED))


def seat_led_by(person: Any, uid: UUID) -> Seat:
    """A seat in a group that this person coordinates today."""
    seats = Seat.objects.filter(uid=uid, group__organisation__in=_led_by(person))
    return _one(seats.select_related("group__organisation", "order"))


def group_by_pk(request: Any, pk: int) -> QuerySet[GroupPurchase]:
    """A group that a deed of this very asker has led to."""
    return GroupPurchase.objects.filter(pk=pk)


def seat_by_pk(request: Any, pk: int) -> QuerySet[Seat]:
    """A seat that a deed of this very asker has led to."""
    return Seat.objects.filter(pk=pk)


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
    return not (_HELD.filter(group=group).exists() if owes is None else owes)


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


def units_joinable(group: GroupPurchase) -> int:
    """Units for which somebody may come in now."""
    return units_free(group) if is_offered(group) else 0


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
    on_its_way = Shipment.objects.filter(order__group=group, state=Shipment.State.SHIPPED).exists()
    return ["PACKING_LIST", "CONFIRM_DELIVERY"] if on_its_way else ["PACKING_LIST"]


def packing_list(group: GroupPurchase) -> QuerySet[Seat]:
    """Who gets how much (`units_kept`): paid seats of a group of which something is left, by name."""
    left = group.seats.filter(state__in=TAKEN, units__gt=F("units_returned"))
    return left.select_related("order").order_by("name", "pk")


def is_collectable(seat: Seat) -> bool:
    """Whether the coordinator may hand it out: confirmed, its parcel was sent, something in it is hers, and nothing
    in it was recalled."""
    sent = (Order.State.SHIPPED, Order.State.DELIVERED, Order.State.COMPLETED)
    is_sent = seat.state == Seat.State.CONFIRMED and seat.units_kept > 0 and seat.order.state in sent
    return is_sent and not any(line.recalled_at for line in seat.order.lines.all())
