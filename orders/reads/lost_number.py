"""Parcels on their way that still tell a number which has a new owner by now."""

from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from accounts.models import SignInWay
from orders.models import Order, Shipment
from orders.reads.find import orders_for

# A number is ended and its account marked in one deed.
_AT_ONCE = timedelta(minutes=1)
# What was paid for before that, and has not come by then, is found by what else its buyer can be reached by.
_LOOKED_AT_FOR = timedelta(days=90)
MOST = 50
ON_ITS_WAY = (Shipment.State.WAITING, Shipment.State.SHIPPED)


def lost_numbers(now: datetime) -> dict[str, datetime]:
    """Numbers, as they stand on parcels, that were taken from their accounts lately because somebody else reads them, and
    since when."""
    lost = SignInWay.objects.filter(
        kind=SignInWay.Kind.PHONE,
        person__number_lost_at__gt=now - _LOOKED_AT_FOR,
        ended_at__range=(F("person__number_lost_at") - _AT_ONCE, F("person__number_lost_at")),
    )
    rows = lost.order_by("ended_at").values_list("value", "ended_at")
    return {number: at for value, at in rows if at for number in spellings(value)}


def spellings(number: str) -> tuple[str, str]:
    """How a number of this country's stands on parcels: with its prefix, or without."""
    return number, number.removeprefix("+86")


def parcels_telling(numbers: dict[str, datetime], orders: QuerySet[Order]) -> list[Shipment]:
    """What of these orders is to be sent, or on its way, with a number on it that was its buyer's when she ordered."""
    if not numbers:
        return []
    told = Q(pk__in=[])
    for number, at in numbers.items():
        told |= Q(parcel__phone=number, order__placed_at__lt=at)
    rows = Shipment.objects.filter(
        told, state__in=ON_ITS_WAY, order__in=orders.filter(state__in=Order.WITH_TEAMS)
    )
    return list(rows.select_related("order", "team", "parcel").order_by("pk")[:MOST])


def parcels_seen_by(person: Any, now: datetime) -> list[tuple[Shipment, datetime]]:
    """The same of all such numbers, of orders that she may see, each with since when its number is another's."""
    numbers = lost_numbers(now)
    return [(one, numbers[one.parcel.phone]) for one in parcels_telling(numbers, orders_for(person))]
