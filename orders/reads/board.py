"""A team's board of parcels: found by state, lot, day and by what a buyer or courier can say of one.

What grows with the years is what was sent: so whatever is asked goes by an index of the team's, and a search gathers at most
`MOST` parcels before it looks at any.
"""

import re
from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from accounts import clean
from catalog.models import Team
from core import texts
from core.refusals import Invalid
from orders.models import Line, LineLot, Order, Parcel, ParcelNumber, Shipment
from orders.reads.find import dashed
from orders.reads.stopped import held_back

State = Shipment.State
MOST = 200
_PHONE = re.compile(r"\+?[0-9]{7,15}")
_TRACKING = re.compile(r"[A-Za-z0-9-]{4,40}")


def of_lot(rows: QuerySet[Shipment], lot: UUID) -> QuerySet[Shipment]:
    """Those in which units of this lot lie."""
    draws = LineLot.objects.filter(line__shipment=OuterRef("pk"), lot__uid=lot)
    return rows.filter(Exists(draws))


def found_by(rows: QuerySet[Shipment], team: Team, words: str) -> QuerySet[Shipment]:
    """Those of the team's that go by these words: an order's number or its first four letters, the beginning of a
    recipient's name, a whole telephone or tracking number, one that the parcel had before too."""
    parcels: set[int] = set()
    orders: set[int] = set()
    for noun, ids in _found(team, words):
        (orders if noun is Order else parcels).update(ids)
    return rows.filter(Q(parcel__in=parcels) | Q(order__in=orders))


def _found(team: Team, words: str) -> Iterator[tuple[type, Collection[int]]]:
    text = " ".join(texts.visible(words).split())[:60]
    if not text:
        return
    if number := dashed(text):
        found = Order.objects.filter(number__gte=number, number__lt=f"{number}~", shipments__team=team)
        yield Order, _ids(found, "pk")
    mine = Parcel.objects.filter(team=team)
    yield Parcel, _ids(mine.filter(recipient__startswith=text), "pk")
    try:
        phone = clean.phone_number(text)
    except Invalid:
        phone = re.sub(r"[\s()-]", "", texts.code(text))
    if _PHONE.fullmatch(phone):
        yield Parcel, _ids(mine.filter(phone=phone), "pk")
    tracking = texts.code(text)
    if _TRACKING.fullmatch(tracking):
        had = ParcelNumber.objects.filter(tracking_number__in={tracking, tracking.upper()}, parcel__team=team)
        yield Parcel, _ids(had, "parcel")


def _ids(rows: QuerySet, column: str) -> list[int]:
    """The last ones: of a name that thousands have it is those that somebody asks about."""
    return list(rows.order_by("-pk").values_list(column, flat=True)[:MOST])


class LotToSend(NamedTuple):
    """A lot of which something waits to be sent, and how many units."""

    uid: UUID
    code: str
    units: int


class DayToSend(NamedTuple):
    """A day by which parcels were promised, and how many."""

    day: date
    parcels: int


def _waiting(team: Team) -> QuerySet[Shipment]:
    rows = Shipment.objects.filter(team=team, state=State.WAITING, order__state__in=Order.WITH_TEAMS)
    return rows.filter(~held_back())


def lots_to_send(team: Team) -> list[LotToSend]:
    """Of which lots parcels wait that can be sent, the earliest first."""
    lines = Line.objects.filter(shipment__in=_waiting(team).values("pk"), quantity__gt=F("refunded_units"))
    draws = LineLot.objects.filter(line__in=lines).values("lot__uid", "lot__code", "lot_id")
    sums = draws.annotate(left=Sum(F("units") - F("units_returned"))).order_by("lot_id")
    return [LotToSend(row["lot__uid"], row["lot__code"], row["left"]) for row in sums if row["left"] > 0]


def days_to_send(team: Team) -> list[DayToSend]:
    """By which days parcels that wait were promised, the first first."""
    days = _waiting(team).filter(ship_by__isnull=False).values("ship_by").annotate(parcels=Count("pk"))
    return [DayToSend(row["ship_by"], row["parcels"]) for row in days.order_by("ship_by")]


# --- What is printed of it --------------------------------------------------------------------------

# More than these no printer's tray holds: whoever has more prints by lot or day.
MOST_PRINTED = 500


def chosen(
    team: Team,
    *,
    ids: Collection[UUID] = (),
    lot: UUID | None = None,
    ship_by: date | None = None,
    search: str = "",
) -> list[Shipment]:
    """Parcels that wait and can be sent, each on its own, the most urgent first: these, or those of a lot, a day or a search,
    or all; what one holder held travels as one, and is none of them."""
    rows = _waiting(team).filter(order__holder=None)
    if ids:
        rows = rows.filter(uid__in=ids)
    if lot:
        rows = of_lot(rows, lot)
    if ship_by:
        rows = rows.filter(ship_by=ship_by)
    if search.strip():
        rows = found_by(rows, team, search)
    rows = rows.select_related("order", "parcel__region__parent__parent").prefetch_related("lines")
    return list(rows.order_by(F("ship_by").asc(nulls_last=True), "pk")[:MOST_PRINTED])


class Pick(NamedTuple):
    """So many units of a line's goods that are fetched from one lot."""

    lot: str
    name_zh: str
    name_en: str
    units: int


def picks(parcels: Collection[Shipment]) -> list[Pick]:
    """What to bring together for these parcels, lot by lot, the earliest lot first."""
    rows = LineLot.objects.filter(line__shipment__in=[one.pk for one in parcels])
    sums = rows.values("lot_id", "lot__code", "line__name_zh", "line__name_en").annotate(
        left=Sum(F("units") - F("units_returned"))
    )
    return [
        Pick(row["lot__code"], row["line__name_zh"], row["line__name_en"], row["left"])
        for row in sums.order_by("lot_id", "line__name_zh")
        if row["left"] > 0
    ]
