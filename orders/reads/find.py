"""An order found by what its buyer or a courier can say of it: number, mailbox, telephone, tracking number."""

import re
from typing import Any

from django.db.models import Q, QuerySet

from accounts import clean
from accounts.models.person import CODE_LETTERS
from accounts.permissions import places_of
from accounts.ways import texted
from core.language import say
from core.refusals import Invalid
from orders.models import Order, Parcel, Shipment
from orders.reads.place import of_order

# More than these are not told: whoever asks says more of it.
MOST = 20
# What is shorter is the beginning of too many numbers.
LEAST_LETTERS = 4
_NUMBER = re.compile(rf"[{CODE_LETTERS}]{{{LEAST_LETTERS},12}}")
_TRACKING = re.compile(r"[A-Za-z0-9-]{4,40}")


def orders_for(person: Any) -> QuerySet[Order]:
    """The orders that lie where she may see them."""
    return Order.objects.filter(of_order(places_of(person, "orders.see_orders")))


def found_by(words: str, person: Any) -> tuple[str, list[Order]]:
    """(by what, orders) of those that she may see: "number" (whole or its beginning), "email", "phone" or "tracking", each exact; the newest
    first, at most MOST. Raises Invalid for what is none of them."""
    text = clean.line(words, "words", 254)
    ways = [(kind, rows) for kind, rows in _ways(text, orders_for(person)) if rows is not None]
    if not ways:
        raise Invalid(_NONE_OF_THESE, field="words")
    for kind, rows in ways:
        if orders := list(rows.order_by("-pk")[:MOST]):
            return kind, orders
    return ways[0][0], []


_NONE_OF_THESE = say(
    "请填写订单号（至少前 4 位）、邮箱、完整的电话或运单号。",
    "Write an order's number (its first 4 letters at least), an e-mail address, a whole telephone or tracking number.",
)


def _ways(text: str, seen: QuerySet[Order]) -> list[tuple[str, QuerySet[Order] | None]]:
    if "@" in text:
        return [("email", seen.filter(email=clean.mailbox(text)))]
    return [
        ("number", _by_number(text, seen)),
        ("phone", _by_phone(text, seen)),
        ("tracking", _by_tracking(text, seen)),
    ]


def _by_number(text: str, seen: QuerySet[Order]) -> QuerySet[Order] | None:
    number = dashed(text)
    # A range and not LIKE: the one index of the column serves it. No letter of a number comes behind the tilde.
    return seen.filter(number__gte=number, number__lt=f"{number}~") if number else None


def dashed(text: str) -> str:
    """An order's number or its beginning as it is kept, however it is typed; nothing of what cannot be one."""
    letters = re.sub(r"[\s-]", "", text).upper()
    if not _NUMBER.fullmatch(letters):
        return ""
    return "-".join(letters[at : at + 4] for at in range(0, len(letters), 4))


def _by_phone(text: str, seen: QuerySet[Order]) -> QuerySet[Order] | None:
    try:
        number = clean.phone_number(text)
    except Invalid:
        number = re.sub(r"[\s()-]", "", text)
        if not re.fullmatch(r"\+?[0-9]{7,15}", number):
            return None
    parcels = Parcel.objects.filter(phone=number)
    if told := texted(number):
        return seen.filter(Q(mobile=told) | Q(pk__in=_in(parcels)))
    return seen.filter(pk__in=_in(parcels))


def _by_tracking(text: str, seen: QuerySet[Order]) -> QuerySet[Order] | None:
    number = text.replace(" ", "")
    if not _TRACKING.fullmatch(number):
        return None
    return seen.filter(pk__in=_in(Parcel.objects.filter(tracking_number__in={number, number.upper()})))


def _in(parcels: QuerySet[Parcel]) -> Any:
    """The orders of which something lies in one of these parcels."""
    return Shipment.objects.filter(parcel__in=parcels).values("order")
