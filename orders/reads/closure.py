"""Which places are closed for delivery: as conditions of a statement, exact in its transaction, and as each process
knows them, at most half a second old.

By the wall clock: what the database calls now. A region lies in those whose code it begins with (GB/T 2260).
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Concat, Left, Now
from django.utils import timezone

from catalog.models import Product
from core.clock import SHANGHAI
from core.language import MONTHS, Words, say
from core.refusals import NotFound
from orders.models import Closure, Incident, Line, Order, Shipment
from orders.refusals import PlaceClosed

# What each process remembers; a deed here makes it look anew at once, others hear of it within this time.
_SECONDS = 0.5
_seen: tuple[float, "list[Shut]"] | None = None


EVERYTHING = say("全部商品", "Everything")


# --- Conditions -------------------------------------------------------------------------------------


def holding() -> QuerySet[Closure]:
    """Closures that hold now."""
    return Closure.objects.filter(Q(ends_at=None) | Q(ends_at__gt=Now()), begins_at__lte=Now())


def around(region: str) -> list[str]:
    """The codes of a region and of all in which it lies."""
    return list(dict.fromkeys((region, f"{region[:4]}00", f"{region[:2]}0000")))


def _lies_in(column: str) -> Q:
    """A condition on a closure: its place is that of the row outside, whose column of this path has a code, or one in
    which that lies."""
    division = Concat(Left(OuterRef(column), 4), Value("00"))
    province = Concat(Left(OuterRef(column), 2), Value("0000"))
    return Q(region=OuterRef(column)) | Q(region=division) | Q(region=province)


def closing(codes: Sequence[str], storage: Any) -> QuerySet[Closure]:
    """Those that close one of these places for a storage class, the one that lasts longest first."""
    found = holding().filter(Q(storage="") | Q(storage=storage), region__code__in=codes)
    return found.order_by(F("ends_at").desc(nulls_first=True), "pk")


def closed_by(codes: Sequence[str], storage: str) -> Subquery:
    """The id of what closes these places for a row whose storage class has this path; null where they are open."""
    return Subquery(closing(codes, OuterRef(storage)).values("pk")[:1])


def closes_line() -> Exists:
    """A condition on an order's line: nothing of its storage class is delivered to where it goes."""
    of_its_class = Q(storage="") | Q(storage=OuterRef("variant__product__storage"))
    return Exists(holding().filter(_lies_in("shipment__parcel__region_id"), of_its_class))


def order_closed_by() -> Subquery:
    """The id of what closes an order's place for something in it; null where nothing does."""
    place = F("shipment__parcel__region_id")
    lines = Line.objects.filter(order=OuterRef(OuterRef("pk"))).alias(
        division=Concat(Left(place, 4), Value("00")), province=Concat(Left(place, 2), Value("0000"))
    )
    there = lines.filter(
        Q(shipment__parcel__region=OuterRef("region"))
        | Q(division=OuterRef("region"))
        | Q(province=OuterRef("region"))
    )
    of_its_class = Exists(there.filter(variant__product__storage=OuterRef("storage")))
    found = holding().filter(Q(storage="") & Exists(there) | of_its_class)
    return Subquery(found.order_by(F("ends_at").desc(nulls_first=True), "pk").values("pk")[:1])


def parcels_closed(rows: QuerySet[Shipment]) -> QuerySet[Shipment]:
    """Those of these parcels that wait, with something in them that is not delivered to where they go."""
    lines = Line.objects.filter(closes_line(), shipment=OuterRef("pk"), quantity__gt=F("refunded_units"))
    return rows.filter(Exists(lines), state=Shipment.State.WAITING)


# --- As each process knows them ---------------------------------------------------------------------


class Shut(NamedTuple):
    """A closure that is not over, with what is told of it."""

    pk: int
    region: str
    storage: str
    begins_at: datetime
    ends_at: datetime | None
    reason: Words
    place: Words
    incident: str
    title: Words


@dataclass(frozen=True)
class Closed:
    """A place is closed for what somebody wants sent there."""

    pk: int
    place: Words
    storage: str  # empty: for all that is sent
    reason: Words
    since: datetime
    until: datetime | None  # null: until somebody says so
    incident: str  # the code of its page
    title: Words

    def refusal(self, field: str | Sequence[str]) -> PlaceClosed:
        """The no to whoever asks for it."""
        return PlaceClosed(
            self.words,
            place=self.place,
            reason=self.reason,
            until=self.until,
            incident=self.incident,
            field=field,
        )

    @property
    def words(self) -> Words:
        """What is not delivered where, why, and until when, in a sentence or two."""
        what = Product.Storage(self.storage).parcel if self.storage else say("包裹", "parcels")
        facts: dict[str, Any] = {"what": what, "place": self.place, "why": self.reason}
        if self.until is None:
            return say(
                "{place}暂停配送{what}：{why}。恢复时间未定，恢复后这里会改。",
                "For now no {what} go to {place}: {why}. It is not known yet until when.",
                **facts,
            )
        return say(
            "{place}暂停配送{what}：{why}。预计 {until} 恢复。",
            "For now no {what} go to {place}: {why}. It is expected to be open again on {until}.",
            until=moment(self.until),
            **facts,
        )


def moment(at: datetime) -> Words:
    """Day and minute in Shanghai, as each reader writes them."""
    at = timezone.localtime(at, SHANGHAI)
    return Words(
        f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}",
        f"{at.day} {MONTHS[at.month - 1]} {at.year}, {at:%H:%M}",
    )


def known() -> "list[Shut]":
    """Closures that are not over, planned ones among them."""
    global _seen
    moment = time.monotonic()
    if _seen is None or moment - _seen[0] > _SECONDS:
        _seen = (moment, _read())
    return _seen[1]


def forget() -> None:
    """Look anew next time."""
    global _seen
    _seen = None


_TOLD = (
    *("pk", "region_id", "storage", "begins_at", "ends_at", "reason_zh", "reason_en", "incident__code"),
    *("incident__title_zh", "incident__title_en", "region__name_zh", "region__name_en"),
    *("region__parent__name_zh", "region__parent__name_en"),
)


def _read() -> "list[Shut]":
    rows = Closure.objects.filter(Q(ends_at=None) | Q(ends_at__gt=Now()))
    return [_shut(*row) for row in rows.values_list(*_TOLD)]


def _shut(
    pk: int, region: str, storage: str, begins: datetime, ends: datetime | None, *texts: str | None
) -> Shut:
    why_zh, why_en, code, title_zh, title_en, zh, en, above_zh, above_en = (text or "" for text in texts)
    place = Words(above_zh + zh, f"{en}, {above_en}" if above_en else en)
    reason, title = Words(why_zh, why_en), Words(title_zh, title_en)
    return Shut(pk, region, storage, begins, ends, reason, place, code, title)


def over(region: str, storage: str | None = None, at: datetime | None = None) -> Closed | None:
    """What closes a region for a storage class, or without one for anything; None where nothing does.

    Of several it is the one that lasts longest; `until` is when nothing follows on it.
    """
    if not region or not (rows := known()):
        return None
    codes = set(around(region))
    here = [row for row in rows if row.region in codes and storage in (None, row.storage or storage)]
    now = at or timezone.now()
    if not (current := [row for row in here if row.begins_at <= now and not _is_over(row, now)]):
        return None
    longest = max(current, key=_end)
    return _closed(longest, _until(longest.ends_at, here))


def of(pk: int, region: str, storage: str | None = None) -> Closed:
    """What is told of a closure that a statement has found, be it so new that this process has not heard of it."""
    _hear_of(pk)
    return over(region, storage) or _ended(pk)


def of_order(pk: int, order: Order) -> Closed:
    """The same of an order's place, for what is to be sent there."""
    _hear_of(pk)
    return closed_for(order) or _ended(pk)


def _hear_of(pk: int) -> None:
    if all(row.pk != pk for row in known()):
        forget()


def _ended(pk: int) -> Closed:
    """What held when a statement found it, and has ended since."""
    shut = _shut(*Closure.objects.values_list(*_TOLD).get(pk=pk))
    return _closed(shut, shut.ends_at)


def _closed(row: Shut, until: datetime | None) -> Closed:
    return Closed(row.pk, row.place, row.storage, row.reason, row.begins_at, until, row.incident, row.title)


def _is_over(row: Shut, at: datetime) -> bool:
    return row.ends_at is not None and row.ends_at <= at


def _end(row: Shut) -> float:
    return row.ends_at.timestamp() if row.ends_at else float("inf")


def _until(end: datetime | None, rows: Iterable[Shut]) -> datetime | None:
    """When the place is open again: past those, too, that begin before this one ends."""
    for row in sorted(rows, key=lambda row: row.begins_at):
        if end is not None and row.begins_at <= end and not _is_over(row, end):
            end = row.ends_at
    return end


# --- Orders -----------------------------------------------------------------------------------------


def closed_for(order: Order) -> Closed | None:
    """What closes a place of an order for what is still to be sent there; asks nothing where no place is closed."""
    if order.state not in (Order.State.PLACED, *Order.REFUNDABLE) or not known():
        return None
    if (regions := getattr(order, "_sent_to", None)) and not any(over(region) for region in regions):
        return None
    waits = order.lines.filter(closes_line(), quantity__gt=F("refunded_units"))
    there = waits.filter(shipment__state=Shipment.State.WAITING).values_list(
        "shipment__parcel__region_id", "variant__product__storage"
    )
    found = [over(region, storage) for region, storage in dict.fromkeys(there)]
    return next((one for one in found if one is not None), None)


# --- Incidents --------------------------------------------------------------------------------------


def incidents() -> QuerySet[Incident]:
    """All that happened, the newest first."""
    return Incident.objects.all()


def incident_of(uid: Any) -> Incident:
    """An incident by its uid."""
    row = Incident.objects.filter(uid=uid).first()
    if row is None:
        raise NotFound(field="incident_id")
    return row


def closure_of(uid: Any) -> Closure:
    """A closure by its uid, with its incident."""
    row = Closure.objects.filter(uid=uid).select_related("incident").first()
    if row is None:
        raise NotFound(field="closure_id")
    return row
