"""The number under which a parcel travels: put right, taken back within the hour, and asked about where a team has it twice.

What a parcel had before stays in its history (`ParcelNumber`); letters, pages and lists tell the number that is true now.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from accounts.actions import audit
from core.language import say
from core.outbox import record
from core.refusals import Conflict, Invalid, TooLate
from core.states import move_many
from orders import carriers
from orders.actions.order import lock
from orders.events_of_parcels import NumberCorrected, SendingUndone
from orders.models import Order, Parcel, Shipment
from orders.reads import tracking as reads
from orders.reads.tracking import twins
from orders.refusals import NumberTwice

State = Shipment.State
MOST_GRAMS = 200_000


def ask_about_twins(team_id: int, numbers: Iterable[str], but: Collection[int] = ()) -> None:
    """Raises NumberTwice where one of these numbers is another parcel's of this team. What other teams have sent is neither
    looked at nor told. `but`: ids of parcels that may have them."""
    if found := twins(team_id, set(numbers), but):
        number = min(found)
        raise NumberTwice(number, found[number])


@dataclass(frozen=True)
class Number:
    """What a team says of a parcel's way; with `is_meant` it has been asked about a number that it has twice."""

    carrier: str
    tracking_number: str
    is_meant: bool = False
    grams: int | None = None

    def validated(self) -> "Number":
        """As it is kept. Raises Invalid."""
        carrier, number = carriers.validated(self.carrier), carriers.clean_tracking(self.tracking_number)
        if self.grams is not None and not 0 < self.grams <= MOST_GRAMS:
            raise Invalid(_TOO_HEAVY, field="grams")
        return Number(carrier, number, self.is_meant, self.grams)


@transaction.atomic
def correct(shipment: Shipment, by: Any, number: Number) -> Shipment:
    """A parcel that was sent travels under another number than was told: whoever waits for it is told that one, once.

    What several orders of one holder share travels as one, and is put right as one. The same number again changes
    nothing; one that the team has on another parcel, or had on this one and took back, is asked about.
    """
    number = number.validated()
    rows = together(shipment)
    if any(row.state not in reads.TRAVELS for row in rows):
        raise TooLate(_NOT_SENT)
    changed = [
        row for row in rows if (row.carrier, row.tracking_number) != (number.carrier, number.tracking_number)
    ]
    if not changed:
        return rows[0]
    parcels = {row.parcel_id for row in rows}
    if not number.is_meant:
        ask_about_twins(shipment.team_id, [number.tracking_number], parcels)
        if any(number.tracking_number in before for before in reads.given_up(parcels).values()):
            raise NumberTwice(number.tracking_number, "")
    write([(row.parcel, number.carrier, number.tracking_number) for row in changed])
    latest = reads.latest(parcels)
    record(*[NumberCorrected(shipment_id=row.pk, number_id=latest[row.parcel_id]) for row in changed])
    for row in changed:
        audit.record(by, "correct_number", "Shipment", row.uid)
    return rows[0]


@transaction.atomic
def undo(shipment: Shipment, by: Any) -> Shipment:
    """Within the hour: it was not sent after all. It waits again, its number is nobody's, and its buyer is told."""
    rows = together(shipment)
    if any(row.state != State.SHIPPED or not reads.is_young(row) for row in rows):
        raise TooLate(_NOT_UNDONE)
    wait_again(rows)
    record(*[SendingUndone(shipment_id=row.pk) for row in rows])
    for row in rows:
        audit.record(by, "undo_sending", "Shipment", row.uid)
    return rows[0]


def wait_again(rows: Sequence[Shipment], **also: Any) -> None:
    """These parcels are their team's once more, under no number and not packed; their orders step back with them, so that
    who bought may call them off or change the address. Locks are held."""
    orders = list(Order.objects.filter(pk__in={row.order_id for row in rows}))
    if any(order.state not in Order.WITH_TEAMS for order in orders):
        raise Conflict(_ORDER_OVER)
    write([(row.parcel, "", "") for row in rows])
    Parcel.objects.filter(pk__in=[row.parcel_id for row in rows]).update(packed_at=None)
    for row in rows:
        row.parcel.packed_at = None
    move_many(rows, State.WAITING, shipped_at=None, **also)
    back = [order for order in orders if order.state == Order.State.SHIPPED]
    if back:
        move_many(back, Order.State.PAID)


def write(numbers: Sequence[tuple[Parcel, str, str]]) -> None:
    """Each parcel travels under this carrier's number from now on. Locks are held."""
    for parcel, carrier, number in numbers:
        parcel.carrier, parcel.tracking_number = carrier, number
    Parcel.objects.bulk_update([parcel for parcel, *_ in numbers], ["carrier", "tracking_number", "grams"])


def together(shipment: Shipment) -> list[Shipment]:
    """The parcel as it is under its order's lock; of what one holder held all that travels under its number."""
    rows = Shipment.objects.filter(pk=shipment.pk)
    holder = Order.objects.values_list("holder", flat=True).get(pk=shipment.order_id)
    if holder:
        number = Parcel.objects.values_list("tracking_number", flat=True).get(pk=shipment.parcel_id)
        rows = Shipment.objects.filter(
            team=shipment.team_id, order__holder=holder, parcel__tracking_number=number, state=shipment.state
        )
    lock(list(Order.objects.filter(shipments__in=rows).only("pk", "holder_kind", "holder")))
    found = list(
        rows.model.objects.filter(pk__in=[row.pk for row in rows]).select_related("parcel").order_by("pk")
    )
    if not found:
        raise TooLate(_NOT_SENT)
    return sorted(found, key=lambda row: row.pk != shipment.pk)


_TOO_HEAVY = say("重量要在 0 到 200 公斤之间。", "A parcel weighs from 0 to 200 kg.")
_NOT_SENT = say(
    "这个包裹不在路上，没有可以更正的运单号。",
    "This parcel is not on its way: it has no number to put right.",
)
_NOT_UNDONE = say(
    "只有一小时内标记为已发、还没有签收的包裹可以撤回。",
    "Only what was marked as sent within the hour, and has not arrived, can be taken back.",
)
_ORDER_OVER = say(
    "这个订单已经结束，包裹不能再等着发。", "Its order is over: the parcel cannot wait to be sent again."
)
