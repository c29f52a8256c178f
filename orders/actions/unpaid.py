"""How much a buyer whom nobody knows may hold without paying: enough for a household, never a shop.

Known by her cookie (or X-Guest), her mailbox and her phone, and by nothing of her machine or address: an office behind
one address buys together. Proved is a confirmed account, or the cookie of a guest who has proved an order of hers;
what somebody else has bought under a mailbox changes nothing for whoever types it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection

from catalog.models import Lot
from core.idempotency import UNNAMED
from orders.marks import mark, mark_of_mailbox, mark_of_phone
from orders.models import Order
from orders.refusals import TooMuchUnpaid

HELD_FOR = timedelta(minutes=15)
# After one order that ran out unpaid within a day, and after more of them.
AFTER_LAPSES = (HELD_FOR, timedelta(minutes=8), timedelta(minutes=5))
# Of a lot: a fifth of what it was declared with, in steps, so that asking for more and more tells no lot's size.
OF_A_LOT = ((150, 30), (100, 20), (50, 10), (0, 5))


@dataclass(frozen=True)
class Allowance:
    """What an unproved buyer may still hold: for how long, and how much of a lot."""

    lasts: timedelta
    held: dict[int, int]  # units by lot, in her other open orders

    def of_lot(self, lot: Lot) -> int:
        """Units of this lot that she may hold with the order that is being placed."""
        most = next(units for declared, units in OF_A_LOT if lot.units_declared >= declared)
        return max(0, most - self.held.get(lot.pk, 0))


class Marks(NamedTuple):
    """By what an unproved buyer is known again, as numbers that nobody can read back."""

    cookie: int | None  # or her account; her own, where strangers may have written the others
    mailbox: int | None
    phone: int | None


def marks_of(person: Any, asker: str, email: str, phone: str) -> Marks | None:
    """The marks of a buyer whom nobody knows; none of a confirmed account."""
    if person.is_authenticated and person.is_proved:
        return None
    own = f"person {person.uid}" if person.is_authenticated else "" if asker == UNNAMED else f"asker {asker}"
    return Marks(mark(own), mark_of_mailbox(email), mark_of_phone(phone))


def columns(marks: Marks | None) -> dict[str, int | None]:
    """The same, as an order keeps them."""
    cookie, mailbox, phone = marks or (None, None, None)
    return {"unproved_cookie": cookie, "unproved_mailbox": mailbox, "unproved_phone": phone}


def allowance(
    marks: Marks | None, units: int, total_minor: int, within: tuple[UUID, int] | None = None
) -> Allowance | None:
    """What she may hold beside her open orders, which are locked against a twin; refused when this is too much.

    None for whoever is proved: she is not hindered. Of what one holder holds, (its uid, its most units), a fifth or five units.
    """
    if marks is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM orders_unproved(%s::bigint, %s::bigint, %s::bigint)", list(marks))
        rows = cursor.fetchall()
    if any(is_own_proof for *_, is_own_proof in rows):
        return None
    held: dict[int, int] = {}
    open_orders: dict[int, int] = {}
    lapsed = set()
    in_holder = units
    for order, state, minor, holder, lot, of_lot, _ in rows:
        if state == Order.State.PLACED:
            open_orders[order] = minor
            held[lot] = held.get(lot, 0) + (of_lot or 0)
            in_holder += (of_lot or 0) if within and holder == within[0] else 0
        else:
            lapsed.add(order)
    most = settings.UNPAID
    is_over = (
        len(open_orders) + 1 > most["orders"]
        or sum(open_orders.values()) + total_minor > most["minor"]
        or sum(held.values()) + units > most["units"]
        or (within is not None and in_holder > max(5, within[1] // 5))
    )
    if is_over:
        raise TooMuchUnpaid(most["orders"], most["units"], most["minor"])
    return Allowance(AFTER_LAPSES[min(len(lapsed), len(AFTER_LAPSES) - 1)], held)
