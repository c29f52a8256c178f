"""Money that waits: an order may be held for a holder, paid into escrow, until it is confirmed or repaid.

Orders know a holder by its kind and its uid and by nothing else. What only the holder can say is asked of the
implementer that `settings.ORDER_HOLDERS` names for the kind. Whoever holds confirms, repays or lets go by
`orders/actions/held.py`.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.models import Region
from core.language import Words
from orders.models import Order


@dataclass(frozen=True)
class HolderWords:
    """How a kind of holder is spoken of."""

    called: Words  # what it is
    part: Callable[[str], Words]  # an order in the holder of this title, to those who send it
    waits: Words  # where a held order stands
    being_refunded: Words  # where it stands, of which all is on its way back
    undecided: Words  # why nothing of it can be refunded yet
    fell_short: Words  # why it is refunded, when the holder came to nothing


class HolderRow(Protocol):
    """What is read of a holder: its name, and where the one parcel goes in which all that it holds travels."""

    uid: UUID
    title: str
    recipient: str
    phone: str
    region: Region
    street: str


class Holder(Protocol):
    """One kind of holder: the port by which orders ask about those that are held."""

    words: HolderWords
    row: str  # the path of relations from an order to its holder's row

    def lock(self, uids: Collection[UUID]) -> None:
        """Lock these holders in the order of their ids; their orders are locked after them."""

    def arrived(self, order: Order, paid_at: datetime) -> None:
        """Take in an order whose money has just come, at the latest with `confirm` at once.

        Raises TooLate where the holder takes it no more: then the money goes back. Both locks are held.
        """

    def follow(self, orders: Sequence[Order]) -> None:
        """Bring the holder's own figures in line: these have ended unpaid, or what is left of them has changed."""

    def binds(self, order: Order) -> Words | None:
        """Why its buyer cannot call a paid order off any more; None as long as she can."""


def held(orders: Iterable[Order]) -> Iterator[tuple[Holder, list[Order]]]:
    """Those of the orders that are held, by the kind of their holder."""
    kinds: dict[str, list[Order]] = {}
    for order in orders:
        if order.holder_kind:
            kinds.setdefault(order.holder_kind, []).append(order)
    return ((_made(kind), kinds[kind]) for kind in sorted(kinds))


def follow(orders: Iterable[Order]) -> None:
    """Have whoever holds some of these bring its own figures in line."""
    for holder, mine in held(orders):
        holder.follow(mine)


def holder_of(order: Order) -> Holder:
    """Whom to ask about a held order."""
    return _made(order.holder_kind)


def row_of(order: Order) -> Any:
    """What an order is held for, a `HolderRow`; None of one that is held for nothing."""
    if not order.holder_kind:
        return None
    row: Any = order
    for step in holder_of(order).row.split("__"):
        row = getattr(row, step)
    return row


def rows(order: str = "", below: str = "") -> list[str]:
    """The paths of relations to what orders are held for, for `select_related`: from a row with an order, to what
    lies below the holder's own."""
    return ["__".join(filter(None, (order, _made(kind).row, below))) for kind in settings.ORDER_HOLDERS]


@cache
def _made(kind: str) -> Holder:
    made: Holder = import_string(settings.ORDER_HOLDERS[kind])()
    return made
