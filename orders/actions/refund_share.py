"""What of an order a refund is for: each line's own share, the sending of parcels, and what goes back on the shelf."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from django.db.models import F

from catalog.actions import stock
from catalog.models import Lot, Reservation
from core import clock
from core.language import Words, say
from core.money import show, split
from core.refusals import Invalid
from orders.models import Line, LineLot, Order, RefundLine, Shipment
from orders.refusals import RefundTooLarge


@dataclass(frozen=True)
class Part:
    """What to give back of a line: units at what was paid for them, or an amount, or both at once."""

    units: int = 0
    amount_minor: int | None = None
    lot_id: int | None = None  # from which these units come back first


@dataclass
class Share:
    """A part as it will be written."""

    line: Line
    units: int
    amount_minor: int
    restocked: dict[int, int] = field(default_factory=dict)
    lot_id: int | None = None


Postage = Sequence[tuple[Shipment, int]]


@dataclass(frozen=True)
class Plan:
    """What a refund gives back: the lines that were asked for, each line's share, each parcel's sending."""

    asked: list[Line]
    shares: list[Share]
    postage: Postage

    @property
    def amount_minor(self) -> int:
        """All of it, in fen."""
        return sum(share.amount_minor for share in self.shares) + sum(minor for _, minor in self.postage)


def parts_of_sum(minor: int, lines: Mapping[UUID, Part], rows: Mapping[UUID, Line]) -> dict[UUID, Part]:
    """So many fen of what remains of all these lines, by what remains of each; beside parts of lines there is no sum."""
    if lines or minor <= 0:
        raise Invalid(_EITHER, field="sum_minor")
    remains = [line.net_minor - line.refunded_minor for line in rows.values()]
    if minor > sum(remains):
        raise RefundTooLarge(sum(remains), field="sum_minor")
    parts = zip(rows, split(minor, remains), strict=True)
    return {uid: Part(amount_minor=part) for uid, part in parts if part}


_EITHER = say(
    "要么按行退，要么退一个总数，只填一种。",
    "Either parts of lines or one sum above 0: please give one of them.",
)


def postage_of(order: Order) -> list[tuple[Shipment, int]]:
    """What remains of each parcel's sending."""
    parcels = order.shipments.all()
    return [(p, p.shipping_minor - p.refunded_minor) for p in parcels if p.refunded_minor < p.shipping_minor]


def units_with(line: Line, amount: int) -> int:
    """Money for all that remains of a line that was not sent takes its units back too."""
    is_whole = amount == line.net_minor - line.refunded_minor
    return line.quantity - line.refunded_units if is_whole and is_unsent(line) else 0


def is_unsent(line: Line) -> bool:
    return line.shipment is not None and line.shipment.state == Shipment.State.WAITING


def call_off(lines: Collection[Line], shares: list[Share]) -> set[int]:
    """The unsent parcels of which these shares leave nothing to send.

    All that remains of their lines' fen joins the shares: a parcel that is called off keeps no money.
    """
    given = {share.line.pk: share for share in shares}
    left = {line.pk: line.quantity - line.refunded_units for line in lines}
    for share in shares:
        left[share.line.pk] -= share.units
    needed = {line.shipment_id for line in lines if left[line.pk]}
    unsent = {share.line.shipment_id for share in shares if is_unsent(share.line)}
    idle = {pk for pk in unsent - needed if pk is not None}
    for line in lines:
        remains = line.net_minor - line.refunded_minor
        if line.shipment_id not in idle or not remains:
            continue
        if line.pk in given:
            given[line.pk].amount_minor = remains
        else:
            shares.append(Share(line, 0, remains))
    return idle


def share_of(line: Line, part: Part, index: int) -> Share:
    """The line's own share: what was paid for these units, or an amount, within what remains.

    Units that were not sent go back on the shelf and are sold again, so the buyer has all she paid for them;
    less is refused, not made more: whoever wrote an amount decides what leaves the team's account.
    """
    path = ("lines", str(index))
    amount_left = line.net_minor - line.refunded_minor
    units_left = line.quantity - line.refunded_units
    if part.units < 0 or (part.amount_minor is not None and part.amount_minor < 0):
        raise Invalid(field=path)
    if part.units > units_left:
        raise RefundTooLarge(amount_left, units_left, field=(*path, "units"))
    # A unit's part that was given back before as an amount is not given twice.
    due = min(line.paid_for(part.units), amount_left)
    amount = due if part.amount_minor is None else part.amount_minor
    if amount > amount_left:
        raise RefundTooLarge(amount_left, units_left, field=(*path, "amount"))
    if amount < due and is_unsent(line):
        raise Invalid(_less_than(due), field=(*path, "amount"))
    return Share(line, max(part.units, units_with(line, amount)), amount, lot_id=part.lot_id)


def _less_than(due: int) -> Words:
    return say(
        "还没有发出的货要全额退：这些份是 {due}。",
        "Units that were not sent are refunded in full: these come to {due}.",
        due=show(due),
    )


def count_lines(rows: Sequence[RefundLine], sign: int = 1) -> None:
    """Lines and parcels say that so much more of them was given back; with `sign` -1 so much less."""
    for row in rows:
        minor = F("refunded_minor") + sign * row.amount_minor
        if row.line_id:
            units = F("refunded_units") + sign * row.units
            Line.objects.filter(pk=row.line_id).update(refunded_minor=minor, refunded_units=units)
        elif row.shipment_id:
            Shipment.objects.filter(pk=row.shipment_id).update(refunded_minor=minor)


def restock(order: Order, shares: Sequence[Share]) -> None:
    """Units that were never sent go back on the shelf, to the lots they came from: those of a lot that is recalled or
    past its date before all others, so that what is still sent is of the good ones; then the last draw first. What has come
    back from a carrier is not sold again."""
    unsent = [s for s in shares if s.units and is_unsent(s.line) and not _has_travelled(s.line)]
    if not unsent:
        return
    sold = Reservation.objects.filter(holder=order.uid, state=Reservation.State.SOLD)
    rows = LineLot.objects.filter(line__in=[s.line.pk for s in unsent], lot__in=sold.values("lot"))
    draws = list(rows.select_related("lot"))
    back: dict[int, int] = defaultdict(int)
    today = clock.today()
    for share in unsent:
        missing = share.units
        drawn = [row for row in draws if row.line_id == share.line.pk]
        first = share.lot_id
        for row in sorted(
            drawn, key=lambda row: (row.lot_id != first, not _is_unfit(row.lot, today), -row.pk)
        ):
            units = min(missing, row.units - row.units_returned)
            if units:
                share.restocked[row.lot_id] = units
                back[row.lot_id] += units
                row.units_returned += units
                missing -= units
    LineLot.objects.bulk_update(draws, ["units_returned"])
    stock.restock(order.uid, back)


def _has_travelled(line: Line) -> bool:
    return line.shipment is not None and line.shipment.came_back_at is not None


def _is_unfit(lot: Lot, today: date) -> bool:
    return lot.state == Lot.State.RECALLED or (lot.best_before is not None and lot.best_before < today)
