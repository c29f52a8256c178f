"""What this floor keeps of a person: told on export, forgotten on erasure."""

from typing import Any

from django.db.models import Exists, OuterRef, Q

from accounts.actions.handover import led_alone
from accounts.models import Person
from core.language import Words, say
from core.refusals import Conflict
from orders.models import Order, Parcel
from orders.people import FORGOTTEN, IS_FORGOTTEN, going_on, lock_orders_of
from orders.reads.order import orders_of
from together.models import GroupPurchase, Seat

State = GroupPurchase.State


def export(person: Person) -> dict[str, Any]:
    """The person's seats and the groups she opened, in plain values."""
    seats = Seat.objects.filter(order__in=orders_of(person)).select_related("group").order_by("pk")
    groups = GroupPurchase.objects.filter(coordinator=person).order_by("pk")
    return {
        "seats": [
            {
                "group": seat.group.title,
                **_columns(seat, "name", "units", "pickup_code", "state", "joined_at"),
            }
            for seat in seats
        ],
        "groups": [
            _columns(group, "title", "state", "opened_at", "closes_at", "recipient", "phone", "street")
            for group in groups
        ],
    }


def _columns(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def erase(person: Person) -> None:
    """Take her name out of her seats, and whom a courier asked for with a group's parcel, and at which door, out of the
    groups she opened and their members' orders. A group that is still going on is ended first."""
    groups = GroupPurchase.objects.filter(coordinator=person)
    seats = Order.objects.filter(holder__in=groups.values("uid"))
    if groups.filter(state=State.OPEN).exists() or going_on(seats).exists():
        words = say(
            "您发起的团购还在进行，请在结束后再注销。",
            "A group purchase of yours is still going on. Please erase the account once it is over.",
        )
        raise Conflict(words)
    Parcel.objects.filter(shipments__order__in=seats.values("pk")).update(phone="", street="")
    groups.update(recipient=FORGOTTEN, phone="", street="")
    # Before her orders are forgotten: of what she bought as a guest nobody could say then that it was hers.
    Seat.objects.filter(order__in=lock_orders_of(person)).update(name=FORGOTTEN)


def duties(person: Person) -> list[Words]:
    """What buyers wait for, and would have nobody to see to it without her (`settings.PERSON_DUTIES`): groups of
    organisations that she alone coordinates."""
    going = going_on(Order.objects.filter(holder=OuterRef("uid")))
    groups = GroupPurchase.objects.filter(organisation__in=led_alone(person))
    left = groups.filter(Q(state=State.OPEN) | Exists(going)).order_by("pk")
    return [say("团购“{x}”", "the group purchase “{x}”", x=group.title) for group in left]


def forget_old() -> int:
    """The names in seats whose orders nobody is kept for any more (`orders.people.forget_old`)."""
    forgotten = Seat.objects.filter(order__in=Order.objects.filter(IS_FORGOTTEN)).exclude(name=FORGOTTEN)
    return forgotten.update(name=FORGOTTEN)
