"""Tracking numbers as a table: what is to be sent goes out with empty columns, comes back filled in, is looked at, then done.

Whatever is wrong is named by row and column, and nothing is done until all of it is right. What may be meant and may be a
mistake is asked about: a number that stands twice, and one other than a sent parcel has. A number that was put right before
is never taken from a table: yesterday's sheet still has it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO
from uuid import UUID

from django.db import transaction

from catalog.models import Team
from core.language import Words, say
from core.refusals import Invalid, Refusal
from core.tables import Bounds, Column, Reading, Row, Table, kinds
from core.tables.cell import Cell
from orders import carriers
from orders.actions import dispatch, tracking
from orders.actions.tracking import MOST_GRAMS, Number
from orders.models import Order, Shipment
from orders.reads import stopped
from orders.reads.tracking import TRAVELS, given_up, twins

State = Shipment.State
BOUNDS = Bounds(bytes=4 * 2**20, rows=dispatch.MOST)
_CODE = 8


def code_of(parcel: Shipment) -> str:
    """What names one of several parcels of an order in a table: P first, since a spreadsheet takes 582E5251 for a number."""
    return f"P{parcel.uid.hex[:_CODE].upper()}"


def _carrier(cell: Cell) -> str:
    return carriers.validated(kinds.text(40)(cell))


def _number(cell: Cell) -> str:
    return carriers.clean_tracking(kinds.code(60)(cell))


ORDER, PARCEL = Words("订单", "Order"), Words("包裹", "Parcel")
CARRIER, NUMBER = Words("承运公司", "Carrier"), Words("运单号", "Tracking number")
WEIGHT = Words("重量（克）", "Weight (g)")
TABLE = Table(
    (
        Column("order", ORDER, kinds.code(20), others=("订单号", "Order number")),
        Column("parcel", PARCEL, kinds.code(40), needed=False),
        Column("carrier", CARRIER, _carrier, needed=False, others=("快递", "快递公司", "物流公司")),
        Column("tracking_number", NUMBER, _number, needed=False, others=("快递单号", "物流单号")),
        Column("grams", WEIGHT, kinds.whole(1, MOST_GRAMS), needed=False),
    ),
    bounds=BOUNDS,
    # A packing list has columns for whoever packs, and a courier's sheet its own.
    is_foreign=True,
)


@dataclass(frozen=True)
class SheetRow:
    """What one row says of one parcel; of one that travels already `was` is its number until now."""

    row: int
    shipment: UUID
    order: str
    carrier: str
    tracking_number: str
    grams: int | None
    units: int
    was: str = ""


@dataclass
class Plan:
    """What a table would do: parcels to be sent, numbers to be put right, what is so already, numbers given up (not taken),
    numbers that stand twice, each with a sentence; and what is wrong, in which case it does nothing."""

    to_send: list[SheetRow] = field(default_factory=list)
    to_correct: list[SheetRow] = field(default_factory=list)
    already: int = 0
    given_up: list[SheetRow] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    faults_total: int = 0


def plan(team: Team, file: BinaryIO) -> Plan:
    """What the table would do for this team, without doing anything. Raises Unreadable for what is no table."""
    reading = TABLE.read(file)
    rows = [row for row in reading if row["tracking_number"]]
    known = _parcels(team, {row["order"].upper() for row in rows})
    held = stopped.held_back_of(one.pk for several in known.values() for one in several)
    old = given_up(one.parcel_id for several in known.values() for one in several)
    found, seen = Plan(), set[UUID]()
    for row in rows:
        try:
            parcel = _parcel_of(row, known, seen)
            _place(found, row, parcel, held, old)
        except Refusal as no:
            reading.refuse(row, no)
    _ask_about_twins(team, found)
    found.faults, found.faults_total = [str(one) for one in _in_order(reading)], reading.faults_total
    if not rows and not found.faults:
        found.faults, found.faults_total = [str(_EMPTY)], 1
    return found


def _in_order(reading: Reading) -> list[Any]:
    return sorted(reading.faults, key=lambda fault: (fault.row or 0, fault.column))


def _parcels(team: Team, numbers: set[str]) -> Mapping[str, list[Shipment]]:
    """The team's own parcels of these orders; of another team's or an unpaid one there is none."""
    rows = Shipment.objects.filter(
        team=team, order__number__in=numbers, order__state__in=Order.WITH_TEAMS, order__holder=None
    )
    found: dict[str, list[Shipment]] = {}
    related = rows.exclude(state=State.CANCELLED).select_related("order", "parcel").prefetch_related("lines")
    for parcel in related.order_by("pk"):
        found.setdefault(parcel.order.number, []).append(parcel)
    return found


def _parcel_of(row: Row, known: Mapping[str, list[Shipment]], seen: set[UUID]) -> Shipment:
    several = known.get(row["order"].upper(), [])
    if not several:
        raise Invalid(_NO_ORDER, field="order")
    if code := (row["parcel"] or "").upper():
        several = [one for one in several if code_of(one) == code]
        if not several:
            raise Invalid(_NO_PARCEL, field="parcel")
    elif len(several) > 1:
        raise Invalid(_WHICH_PARCEL, field="parcel")
    (parcel,) = several
    if parcel.uid in seen:
        raise Invalid(_NAMED_TWICE, field="order")
    seen.add(parcel.uid)
    return parcel


def _place(found: Plan, row: Row, parcel: Shipment, held: set[int], old: Mapping[int, set[str]]) -> None:
    """Where the row belongs."""
    carrier, number = row["carrier"] or parcel.carrier, row["tracking_number"]
    if not carrier:
        raise Invalid(_NO_CARRIER, field="carrier")
    units = sum(line.units_sent for line in parcel.lines.all())
    told = SheetRow(
        row.number,
        parcel.uid,
        parcel.order.number,
        carrier,
        number,
        row["grams"],
        units,
        parcel.tracking_number,
    )
    if parcel.state == State.WAITING:
        if parcel.order.contested_at or parcel.pk in held:
            raise Invalid(_HELD_BACK, field="order")
        found.to_send.append(told)
    elif (parcel.carrier, parcel.tracking_number) == (carrier, number):
        found.already += 1
    elif number in old.get(parcel.parcel_id, ()):
        found.given_up.append(told)
    elif parcel.state not in TRAVELS:
        raise Invalid(_OVER, field="order")
    else:
        found.to_correct.append(told)


def _ask_about_twins(team: Team, found: Plan) -> None:
    first: dict[str, str] = {}
    for told in [*found.to_send, *found.to_correct]:
        if before := first.get(told.tracking_number):
            found.twice.append(_twice(told.tracking_number, before, told.order))
        first.setdefault(told.tracking_number, told.order)
    uids = [told.shipment for told in found.to_correct]
    own = Shipment.objects.filter(uid__in=uids).values_list("parcel_id", flat=True)
    for number, order in twins(team.pk, first, list(own)).items():
        found.twice.append(_twice(number, order, first[number]))


def _twice(number: str, before: str, order: str) -> str:
    return str(
        say(
            "{n}：订单 {a} 和订单 {b}",
            "{n}: order {a} and order {b}",
            n=number,
            a=before,
            b=order,
        )
    )


@transaction.atomic
def apply(
    to_send: Sequence[SheetRow], to_correct: Sequence[SheetRow], by: Any, *, is_meant: bool = False
) -> tuple[int, int]:
    """Do what was looked at: how many were sent, how many put right. All is looked at again under its locks: what has
    changed since is refused with its order's number, and then nothing is done."""
    sent = []
    if to_send:
        rows = [
            dispatch.Wanted(
                one.shipment, Number(one.carrier, one.tracking_number, is_meant, one.grams), one.units
            )
            for one in to_send
        ]
        sent = dispatch.send(rows, by)
    parcels = {row.uid: row for row in dispatch.at_desk(by, [one.shipment for one in to_correct])}
    for one in to_correct:
        tracking.correct(parcels[one.shipment], by, Number(one.carrier, one.tracking_number, is_meant))
    return len(sent), len(to_correct)


_EMPTY = say("这张表里没有运单号。", "There is no tracking number in this table.")
_NO_ORDER = say("没有这个订单的包裹。", "There is no parcel of such an order.")
_NO_PARCEL = say("这个订单没有这个包裹。", "The order has no such parcel.")
_WHICH_PARCEL = say(
    "这个订单有几个包裹：请填“包裹”这一列，导出的表里有。",
    "The order has several parcels: fill in the column Parcel, as the table that you download has it.",
)
_NAMED_TWICE = say("这个包裹在表里有两行。", "Two rows are about this parcel.")
_NO_CARRIER = say("请填承运公司。", "Please fill in the carrier.")
_HELD_BACK = say("这个包裹现在不能发。", "This parcel must not be sent now.")
_OVER = say("这个包裹已完成，单号不再改。", "This parcel is complete: its number stays.")
