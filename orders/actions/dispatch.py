"""Many parcels handed to a carrier at once: all that is wrong with any of them is said, and then none is sent."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.permissions import absent
from core.language import say
from core.refusals import Invalid, Refusal
from orders.actions import shipment as shipments
from orders.actions.tracking import Number
from orders.models import Order, Shipment
from orders.reads import stopped
from orders.reads.shipment import PACK, shipments_at_desk
from orders.reads.tracking import twins
from orders.refusals import NumberTwice

MOST = 500


@dataclass(frozen=True)
class Wanted:
    """One row of what a desk sends: which parcel, under what, and how many units its sender saw in it (None: unasked)."""

    shipment: UUID
    number: Number
    expected_units: int | None = None


@transaction.atomic
def send(rows: Sequence[Wanted], by: Any) -> list[Shipment]:
    """These parcels are on their way. Raises the first of all that is wrong, the others beside it, each naming its row
    (`parcels`, n, …) and its order; then nothing was sent."""
    if not 0 < len(rows) <= MOST:
        raise Invalid(
            say("一次 1 到 {n} 个包裹。", "From 1 to {n} parcels at once.", n=MOST), field="parcels"
        )
    found = at_desk(by, [row.shipment for row in rows])
    shipments.lock_all(found)
    fresh = Shipment.objects.filter(pk__in=[one.pk for one in found])
    waiting = {row.uid: row for row in fresh.select_related("order", "parcel").prefetch_related("lines")}
    wrong: list[Refusal] = []
    numbers = _validated(rows, waiting, wrong)
    _look(rows, waiting, wrong)
    _look_for_twins(rows, numbers, waiting, wrong)
    if wrong:
        wrong[0].beside = tuple(wrong[1:])
        raise wrong[0]
    now = timezone.now()
    sent = shipments.ship_many(
        [
            shipments.Sent(waiting[row.shipment], now, number.carrier, number.tracking_number, number.grams)
            for row, number in zip(rows, numbers, strict=True)
            if number
        ]
    )
    for one in sent:
        audit.record(by, "ship", "Shipment", one.uid)
    return sent


def at_desk(by: Any, uids: Sequence[UUID]) -> list[Shipment]:
    """These parcels, all on her desk. Raises what sounds like none such where one is not."""
    found = shipments_at_desk(by, uids)
    if len(found) < len(set(uids)):
        raise absent(by, PACK)
    return found


def _validated(
    rows: Sequence[Wanted], waiting: dict[UUID, Shipment], wrong: list[Refusal]
) -> list[Number | None]:
    found: list[Number | None] = []
    for n, row in enumerate(rows):
        try:
            found.append(row.number.validated())
        except Refusal as no:
            found.append(None)
            wrong.append(_of_row(no, n, waiting[row.shipment]))
    return found


def _look(rows: Sequence[Wanted], waiting: dict[UUID, Shipment], wrong: list[Refusal]) -> None:
    """Whether each waits, is held back by nothing, and is what its sender saw."""
    held = stopped.held_back_of(one.pk for one in waiting.values())
    twice = {uid for uid, times in Counter(row.shipment for row in rows).items() if times > 1}
    for n, row in enumerate(rows):
        parcel = waiting[row.shipment]
        units = sum(line.units_sent for line in parcel.lines.all())
        no: Refusal | None = None
        if parcel.state != Shipment.State.WAITING or parcel.order.state not in Order.WITH_TEAMS:
            no = shipments.not_now()
        elif row.shipment in twice:
            no = Invalid(say("这个包裹写了两次。", "This parcel is named twice."), field="shipment_id")
        elif parcel.order.contested_at or parcel.pk in held:
            no = shipments.held_back_now()
        elif row.expected_units is not None and row.expected_units != units:
            no = shipments.changed(units)
        if no:
            wrong.append(_of_row(no, n, parcel))


def _look_for_twins(
    rows: Sequence[Wanted],
    numbers: Sequence[Number | None],
    waiting: dict[UUID, Shipment],
    wrong: list[Refusal],
) -> None:
    """A number that stands here twice, or on another of the team's parcels, is asked about."""
    asked = {n: number for n, number in enumerate(numbers) if number and not number.is_meant}
    first: dict[tuple[int, str], int] = {}
    for n, number in asked.items():
        parcel = waiting[rows[n].shipment]
        key = (parcel.team_id, number.tracking_number)
        if key in first and rows[first[key]].shipment != rows[n].shipment:
            before = waiting[rows[first[key]].shipment].order.number
            wrong.append(_of_row(NumberTwice(number.tracking_number, before), n, parcel))
        first.setdefault(key, n)
    for team_id in {one.team_id for one in waiting.values()}:
        wanted = {number: n for (team, number), n in first.items() if team == team_id}
        for twice, order in twins(team_id, wanted).items():
            n = wanted[twice]
            wrong.append(_of_row(NumberTwice(twice, order), n, waiting[rows[n].shipment]))


def _of_row(no: Refusal, n: int, parcel: Shipment) -> Refusal:
    """The no with its row's place, and the order's number before its words."""
    name = no.field[-1] if no.field else "shipment_id"
    no.field = ("parcels", str(n), name)
    no.words = say("订单 {n}：{w}", "Order {n}: {w}", n=parcel.order.number, w=no.words)
    return no
