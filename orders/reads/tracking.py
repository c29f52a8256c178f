"""Which parcel travels under a number, and which had it before: within one team, since numbers of others are none of its business."""

from collections.abc import Collection, Iterable
from datetime import timedelta

from django.db.models import Max
from django.utils import timezone

from orders.models import Order, Parcel, ParcelNumber, Shipment

State = Shipment.State
# So long a team may say that it has not sent a parcel after all: until then no courier has moved it far.
UNDONE_WITHIN = timedelta(hours=1)
# From where a parcel may still be told otherwise: afterwards what lay in it is somebody's to answer for.
TRAVELS = (State.SHIPPED, State.DELIVERED)


def allowed_actions(parcel: Shipment) -> list[str]:
    """What its team may do with a parcel now."""
    if parcel.order.state not in Order.WITH_TEAMS:
        return []
    if parcel.state == State.WAITING:
        parts = sum(1 for line in parcel.lines.all() if line.units_sent)
        return ["SHIP", "SPLIT"] if parts > 1 and parcel.order.holder is None else ["SHIP"]
    may = ["CORRECT_NUMBER"] if parcel.state in TRAVELS else []
    if parcel.state == State.SHIPPED:
        may += ["UNDO_SENDING"] if is_young(parcel) else []
        may += ["TELL_CAME_BACK", *([] if parcel.lost_at else ["TELL_LOST"])]
    return may


def is_young(parcel: Shipment) -> bool:
    """Whether it was marked as sent within the hour."""
    return parcel.shipped_at is not None and parcel.shipped_at >= timezone.now() - UNDONE_WITHIN


def twins(team_id: int, numbers: Collection[str], but: Collection[int] = ()) -> dict[str, str]:
    """Of these numbers those that another parcel of this team travels under, each with the number of that one's order."""
    wanted = set(numbers) - {""}
    if not wanted:
        return {}
    found = Parcel.objects.filter(team=team_id, tracking_number__in=wanted).exclude(pk__in=but)
    rows = found.values_list(
        "tracking_number", "shipments__order__number", "replacements__claim__line__order__number"
    )
    return {number: order or in_place or "" for number, order, in_place in rows}


def given_up(parcels: Iterable[int]) -> dict[int, set[str]]:
    """Numbers that each of these parcels had and does not have now."""
    rows = ParcelNumber.objects.filter(parcel__in=parcels).exclude(tracking_number="")
    found: dict[int, set[str]] = {}
    for pk, number, current in rows.values_list("parcel", "tracking_number", "parcel__tracking_number"):
        if number != current:
            found.setdefault(pk, set()).add(number)
    return found


def latest(parcels: Iterable[int]) -> dict[int, int]:
    """The last entry of each parcel's history: a letter that tells an older one is not sent any more."""
    rows = (
        ParcelNumber.objects.filter(parcel__in=parcels).values("parcel").annotate(last=Max("pk")).order_by()
    )
    return dict(rows.values_list("parcel", "last"))


def tells_the_truth(parcel: Shipment, number_id: int) -> bool:
    """Whether a letter of this entry tells under which number the parcel travels now; of before there were entries any."""
    if parcel.state not in Shipment.SENT or parcel.order.state not in Order.PAID_STATES:
        return False
    return not number_id or latest([parcel.parcel_id]).get(parcel.parcel_id) == number_id
