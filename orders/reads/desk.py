"""A team's desk: its own paid orders, and of the buyers no more than is needed to ship."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Count, F, Min, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from accounts.models import AuditEntry
from catalog.models import Team, Variant
from catalog.reads import desks_of
from core import clock, language
from orders import holding
from orders.models import Claim, Line, Order, Parcel, Refund, RefundLine, Shipment
from orders.reads.address import on_a_parcel
from orders.reads.stopped import held_back

State = Shipment.State
NEVER = date(9999, 12, 31)


def desk_of(person: Any, uid: UUID | None = None, code: str = "") -> Team | None:
    """The team at whose desk this person works now: the one asked for, else the first; none for anybody else."""
    mine = desks_of(person, "orders.pack_and_send").select_related("county", "division")
    if uid:
        mine = mine.filter(uid=uid)
    if code:
        mine = mine.filter(code=code)
    return mine.first()


def parcels(team: Team) -> QuerySet[Shipment]:
    """The team's parcels of paid orders, each on its own. What one holder held travels as one (`counts`)."""
    paid = Shipment.objects.filter(team=team, order__state__in=Order.WITH_TEAMS, order__holder=None)
    return paid.exclude(state=State.CANCELLED).annotate(due_on=Coalesce("ship_by", NEVER))


def sendable(rows: QuerySet[Shipment]) -> QuerySet[Shipment]:
    """Those that nothing holds back: neither recalled nor suspended is anything that lies in them."""
    return rows.filter(~held_back())


def due(rows: QuerySet[Shipment]) -> QuerySet[Shipment]:
    """Those to be packed today: promised for today or before, not sent yet, and nothing holds them back."""
    return rows.filter(~held_back(), state=State.WAITING, ship_by__lte=clock.today())


def name_of(variant: Variant) -> str:
    """Product and specification, in the reader's language."""
    return f"{language.localized(variant.product, 'name')} {language.localized(variant, 'name')}".strip()


def claims(team: Team) -> QuerySet[Claim]:
    """What buyers say is wrong with what the team sent."""
    return Claim.objects.filter(line__team=team)


class Counts(NamedTuple):
    """What waits on a desk."""

    due: int
    waiting: int
    shared: int
    held_back: int
    claims: int


def counts(team: Team) -> Counts:
    """What waits on the desk, counted once and remembered with the team that was read."""
    known = getattr(team, "_counts", None)
    if known is None:
        waiting = Shipment.objects.filter(state=State.WAITING, team=team, order__state__in=Order.WITH_TEAMS)
        able = Q(is_held_back=False)
        alone = able & Q(order__holder=None)
        today = Q(ship_by__lte=clock.today())
        rows = waiting.annotate(is_held_back=held_back()).aggregate(
            # What one holder held is one parcel.
            due=Count("pk", filter=alone & today)
            + Count("order__holder", distinct=True, filter=able & today),
            waiting=Count("pk", filter=alone),
            shared=Count("order__holder", distinct=True, filter=able),
            held_back=Count("pk", filter=~able),
        )
        known = Counts(**rows, claims=claims(team).filter(state__in=Claim.TEAM_TO_ANSWER).count())
        team._counts = known  # type: ignore[attr-defined]
    return known


# --- What to pack -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Pile:
    """So many units of one variant, for all parcels that wait."""

    variant_id: int
    name_zh: str
    name_en: str
    units: int


def piles(team: Team, *, by: date | None = None) -> list[Pile]:
    """What the team has to bring together for all its parcels; with `by`, what is promised by that day."""
    waiting = Q(shipment__state=State.WAITING, order__state__in=Order.WITH_TEAMS)
    if by is not None:
        waiting &= Q(shipment__ship_by__lte=by)
    lines = Line.objects.filter(waiting, ~held_back("shipment"), team=team).values("variant_id")
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
    gift_note: str = ""
    sender: str = ""


def packing_rows(team: Team) -> list[Row]:
    """The team's paid parcels that are not sent yet, the most urgent first."""
    waiting = Shipment.objects.filter(
        ~held_back(), team=team, state=State.WAITING, order__state__in=Order.WITH_TEAMS
    )
    holders = holding.rows("order", "region__parent__parent")
    related = waiting.select_related("order", "parcel__region__parent__parent", *holders)
    single: list[Row] = []
    shared: dict[UUID, list[Shipment]] = {}
    for parcel in related.prefetch_related("lines").order_by("ship_by", "pk"):
        if parcel.order.holder:
            shared.setdefault(parcel.order.holder, []).append(parcel)
        else:
            single.append(_row(parcel))
    rows = [*single, *(_shared_row(parcels) for parcels in shared.values())]
    return sorted(rows, key=lambda row: row.ship_by or NEVER)


@dataclass(frozen=True)
class ListChange:
    """What is sent no more of a row of the downloaded list: an order, or what held several by its title."""

    number: str
    is_called_off: bool
    taken_out: list[str]
    new_address: str = ""


def list_made_at(team: Team) -> datetime | None:
    """When somebody last downloaded the team's packing list."""
    made = AuditEntry.objects.filter(noun="PackingList", object_uid=str(team.uid), deed="download")
    return made.order_by("-pk").values_list("at", flat=True).first()


def changed_since_list(team: Team, most: int = 1000) -> list[ListChange]:
    """What stood on the list that was made, and was called off after that and before it was sent, or goes elsewhere."""
    made = list_made_at(team)
    if made is None:
        return []
    # Neither what was held by then stood on it, nor what a bank was deciding about.
    rows = RefundLine.objects.filter(
        Q(line__order__holder=None) | Q(line__order__confirmed_at__lt=made),
        line__team=team,
        line__shipment__state__in=Shipment.UNSENT,
        units__gt=0,
        refund__requested_at__gt=made,
        line__order__paid_at__lt=made,
    ).exclude(line__order__contested_at__lt=made)
    found: dict[str, ListChange] = {}
    still_sent = set(_holders_waiting(team))
    # What is owed for units that a bank's decision had called off takes nothing more out.
    rows = rows.exclude(refund__reason=Refund.Reason.REGAINED)
    for row in rows.select_related("line__order", "line__shipment", *holding.rows("line__order")).order_by(
        "-pk"
    ):
        assert row.line and row.line.shipment
        order = row.line.order
        name = holding.row_of(order).title if order.holder else order.number
        called_off = row.line.shipment.state == State.CANCELLED and order.holder not in still_sent
        change = found.setdefault(f"{order.holder or order.number}", ListChange(name, called_off, []))
        change.taken_out.append(f"{language.localized(row.line, 'name')} × {row.units}")
    return [*_sent_elsewhere(team, made), *found.values()][:most]


def _sent_elsewhere(team: Team, made: datetime) -> list[ListChange]:
    changed = Shipment.objects.filter(
        team=team,
        state=State.WAITING,
        parcel__changed_at__gt=made,
        order__paid_at__lt=made,
        order__state__in=Order.WITH_TEAMS,
    )
    rows = changed.select_related("order", "parcel__region__parent__parent").order_by("-parcel__changed_at")
    return [ListChange(row.order.number, False, [], _in_one_line(row.parcel)) for row in rows]


def _in_one_line(parcel: Parcel) -> str:
    return " · ".join([parcel.recipient, parcel.phone, on_a_parcel(parcel.region, parcel.street)])


def _holders_waiting(team: Team) -> QuerySet:
    """Holders of which something still waits to be sent."""
    waiting = Shipment.objects.filter(team=team, state=State.WAITING, order__holder__isnull=False)
    return waiting.values_list("order__holder", flat=True)


def _row(parcel: Shipment) -> Row:
    to = parcel.parcel
    return Row(
        parcel.order.number,
        parcel.ship_by,
        to.recipient,
        to.phone,
        on_a_parcel(to.region, to.street),
        contents(parcel.lines.all()),
        parcel.order.note,
        to.gift_note,
        to.sender,
    )


def _shared_row(parcels: list[Shipment]) -> Row:
    holder: holding.HolderRow = holding.row_of(parcels[0].order)
    return Row(
        holder.title,
        min((p.ship_by for p in parcels if p.ship_by), default=None),
        holder.recipient,
        holder.phone,
        on_a_parcel(holder.region, holder.street),
        contents(line for parcel in parcels for line in parcel.lines.all()),
    )


def contents(lines: Iterable[Line]) -> list[str]:
    """What lies in a parcel, as "name × units"; what was given back stays at home."""
    units: dict[str, int] = {}
    for line in lines:
        name = language.localized(line, "name")
        units[name] = units.get(name, 0) + line.quantity - line.refunded_units
    return [f"{name} × {count}" for name, count in units.items() if count > 0]
