"""A team's desk: its own paid orders, and of the buyers no more than is needed to ship."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, Max, Min, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from accounts.models import Region
from accounts.reads import region_in_full
from catalog.models import Team
from catalog.reads import teams_managed_by
from core import clock, language
from core.refusals import NotFound
from orders.models import Claim, GroupPurchase, Line, Order, Shipment

State = Shipment.State
NEVER = date(9999, 12, 31)
# An order that waits for its payment, or for its group, is not the team's business yet.
PAID = (Order.State.PAID, Order.State.SHIPPED, Order.State.DELIVERED, Order.State.COMPLETED)


def desk_of(person: Any, uid: UUID | None = None) -> Team | None:
    """The team whose desk is this person's: the one asked for, else the first; none for anybody else."""
    mine = teams_managed_by(person).select_related("county", "division")
    return (mine.filter(uid=uid) if uid else mine).first()


def parcels(team: Team) -> QuerySet[Shipment]:
    """The team's parcels of paid orders, but for groups': each of those travels as one."""
    paid = Shipment.objects.filter(team=team, order__state__in=PAID, order__group=None)
    return paid.exclude(state=State.CANCELLED).annotate(due_on=Coalesce("ship_by", NEVER))


def due(rows: QuerySet[Shipment]) -> QuerySet[Shipment]:
    """Those to be packed today: promised for today or before, and not sent yet."""
    return rows.filter(state=State.WAITING, ship_by__lte=clock.today())


def parcel_by_pk(request: Any, pk: int) -> QuerySet[Shipment]:
    """A parcel that a deed of this very asker has led to."""
    return Shipment.objects.filter(pk=pk)


def groups(team: Team) -> QuerySet[GroupPurchase]:
    """Confirmed groups that the team sends, each in one parcel."""
    mine = GroupPurchase.objects.filter(variant__product__team=team, state=GroupPurchase.State.CONFIRMED)
    units = F("orders__lines__quantity") - F("orders__lines__refunded_units")
    waiting = Q(orders__lines__shipment__state=State.WAITING, orders__state__in=PAID)
    sent = Q(orders__lines__shipment__state=State.SHIPPED)
    return mine.annotate(
        units_waiting=Coalesce(Sum(units, filter=waiting), 0),
        units_on_their_way=Coalesce(Sum(units, filter=sent), 0),
        due_on=Coalesce(Min("orders__lines__shipment__ship_by", filter=waiting), NEVER),
        carrier=Coalesce(Max("orders__lines__shipment__carrier"), Value("")),
        tracking_number=Coalesce(Max("orders__lines__shipment__tracking_number"), Value("")),
    )


def claims(team: Team) -> QuerySet[Claim]:
    """What buyers say is wrong with what the team sent."""
    return Claim.objects.filter(line__team=team)


def claim_of_team(person: Any, uid: UUID) -> Claim:
    """A claim on this person's desk; any other sounds like none."""
    mine = Claim.objects.filter(uid=uid, line__team__in=teams_managed_by(person))
    row = mine.select_related("line__order").first()
    if row is None:
        raise NotFound(field="claim_id")
    return row


def claim_by_pk(request: Any, pk: int) -> QuerySet[Claim]:
    """A claim that a deed of this very asker has led to."""
    return Claim.objects.filter(pk=pk)


# --- What to pack -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pile:
    """So many units of one variant, for all parcels that wait."""

    variant_id: int
    name_zh: str
    name_en: str
    units: int


def piles(team: Team, *, by: date | None = None) -> list[Pile]:
    """What the team has to bring together, groups' parcels too; with `by`, what is promised by that day."""
    waiting = Q(shipment__state=State.WAITING, order__state__in=PAID)
    if by is not None:
        waiting &= Q(shipment__ship_by__lte=by)
    lines = Line.objects.filter(waiting, team=team).values("variant_id")
    sums = lines.annotate(units=Sum(F("quantity") - F("refunded_units")), first=Min("pk")).order_by(
        "-units", "first"
    )
    rows = [row for row in sums if row["units"] > 0]
    names = Line.objects.in_bulk([row["first"] for row in rows])
    return [
        Pile(row["variant_id"], names[row["first"]].name_zh, names[row["first"]].name_en, row["units"])
        for row in rows
    ]


# --- The list that lies beside the boxes ------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """One parcel on the packing list."""

    number: str
    ship_by: date | None
    recipient: str
    phone: str
    address: str
    contents: list[str] = field(default_factory=list)
    note: str = ""


def packing_rows(team: Team) -> list[Row]:
    """The team's paid parcels that are not sent yet, the most urgent first."""
    waiting = Shipment.objects.filter(team=team, state=State.WAITING, order__state__in=PAID)
    related = waiting.select_related("order__region__parent__parent", "order__group__region__parent__parent")
    single, together = [], {}
    for parcel in related.prefetch_related("lines").order_by("ship_by", "pk"):
        if parcel.order.group_id:
            together.setdefault(parcel.order.group_id, []).append(parcel)
        else:
            single.append(_row(parcel))
    rows = [*single, *(_group_row(parcels) for parcels in together.values())]
    return sorted(rows, key=lambda row: row.ship_by or NEVER)


def _row(parcel: Shipment) -> Row:
    order = parcel.order
    return Row(
        order.number,
        parcel.ship_by,
        order.recipient,
        order.phone,
        address(order.region, order.street),
        contents(parcel.lines.all()),
        order.note,
    )


def _group_row(parcels: list[Shipment]) -> Row:
    group = parcels[0].order.group
    assert group
    return Row(
        group.title,
        min((p.ship_by for p in parcels if p.ship_by), default=None),
        group.recipient,
        group.phone,
        address(group.region, group.street),
        contents(line for parcel in parcels for line in parcel.lines.all()),
    )


def contents(lines: Iterable[Line]) -> list[str]:
    """What lies in a parcel, as "name × units"; what was given back stays at home."""
    units: dict[str, int] = {}
    for line in lines:
        name = language.told(line, "name")
        units[name] = units.get(name, 0) + line.quantity - line.refunded_units
    return [f"{name} × {count}" for name, count in units.items() if count > 0]


def address(region: Region, street: str) -> str:
    """As it is written on a parcel in China: from the large to the small."""
    return "".join(each.name_zh for each in region_in_full(region)) + " " + street
