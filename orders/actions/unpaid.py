"""How much a buyer whom nobody knows may hold without paying: enough for a household, never a shop.

Counted is who asks: an account, a cookie, X-Guest; of whoever brings none of them the place she asks from. A mailbox and
a number, which anybody can type, change nothing: she who types them would be told what waits under them. Proved is a
confirmed account, or the cookie of a guest who has proved an order of hers.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection

from catalog.models import Lot
from core.idempotency import UNNAMED
from orders.marks import mark
from orders.models import Order
from orders.refusals import TooMuchUnpaid

HELD_FOR = timedelta(minutes=15)
# After one order that ran out unpaid within a day, and after more of them.
AFTER_LAPSES = (HELD_FOR, timedelta(minutes=8), timedelta(minutes=5))
# Of a lot: a fifth of what it was declared with, in steps, so that asking for more and more tells no lot's size.
OF_A_LOT = ((150, 30), (100, 20), (50, 10), (0, 5))

# So begins what stands for whoever brings nothing by which to know her again: `counted_as` in orders/api/counted.py.
PLACE = "place:"


@dataclass(frozen=True)
class Allowance:
    """What an unproved buyer may still hold: for how long, and how much of a lot."""

    lasts: timedelta
    held: dict[int, int]  # units by lot, in her other open orders

    def of_lot(self, lot: Lot) -> int:
        """Units of this lot that she may hold with the order that is being placed."""
        most = next(units for declared, units in OF_A_LOT if lot.units_declared >= declared)
        return max(0, most - self.held.get(lot.pk, 0))


class Asking(NamedTuple):
    """An unproved buyer as what she holds is counted: by a number that nobody can read back."""

    number: int | None  # none where nobody asked: a demo's own deeds
    is_her_own: bool  # and not that of a place, which others share


def asking(person: Any, asker: str) -> Asking | None:
    """How a buyer is counted whom nobody knows; None of a confirmed account. `asker` is her request's `counted_as`."""
    if person.is_authenticated:
        return None if person.is_proved else Asking(mark(f"person {person.uid}"), True)
    return Asking(mark("" if asker == UNNAMED else f"asker {asker}"), not asker.startswith(PLACE))


def allowance(
    buyer: Asking | None, units: int, total_minor: int, within: tuple[UUID, int] | None = None
) -> Allowance | None:
    """What she may hold beside her open orders, which are locked against a twin; refused when this is too much.

    None for whoever is proved: she is not hindered. Of what one holder holds, (its uid, its most units), a fifth or five units.
    """
    if buyer is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM orders_unproved(%s::bigint, NULL, NULL)", [buyer.number])
        rows = cursor.fetchall()
    if buyer.is_her_own and any(is_proof for *_, is_proof in rows):
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
