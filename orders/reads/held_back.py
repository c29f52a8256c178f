"""A team's parcels that must not be sent as things are, and why."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from django.db.models import Exists, OuterRef

from catalog.models import Team
from orders import holding
from orders.models import Line, Shipment
from orders.reads.desk import PAID, counts
from orders.reads.stopped import SUSPENDED, held_back, out_of_date_in, recalled_in


class Why(StrEnum):
    """What holds a parcel back."""

    CONTESTED = "contested"  # a bank is deciding about what paid it
    RECALLED = "recalled"
    OUT_OF_DATE = "out_of_date"  # past its best-before date
    SUSPENDED = "suspended"


@dataclass(frozen=True)
class HeldBack:
    """A parcel that is on no list: whose, why, and since when if that is known."""

    number: str
    title: str
    why: list[str]
    since: datetime | None
    lines: list[Line]


def parcels_held_back(team: Team, most: int = 50) -> list[HeldBack]:
    """The team's parcels that must not be sent, the first paid first; nothing is asked where there is none."""
    if not counts(team).held_back:
        return []
    lines = Line.objects.filter(shipment=OuterRef("pk"))
    waiting = Shipment.objects.filter(
        held_back(), team=team, state=Shipment.State.WAITING, order__state__in=PAID
    ).annotate(
        is_recalled=Exists(lines.filter(recalled_in("variant", "order__uid"))),
        is_out_of_date=Exists(lines.filter(out_of_date_in("variant", "order__uid"))),
        is_suspended=Exists(lines.filter(SUSPENDED)),
    )
    rows = waiting.select_related("order", *holding.rows("order")).order_by("order__paid_at", "pk")
    rows = rows.prefetch_related("lines")[:most]
    return [
        HeldBack(
            row.order.number,
            holding.row_of(row.order).title if row.order.holder else "",
            [str(why) for why in _why(row)],
            row.order.contested_at,
            list(row.lines.all()),
        )
        for row in rows
    ]


def _why(row: Shipment) -> list[Why]:
    """All that holds it back: when one ends, the others still do."""
    held = {
        Why.CONTESTED: row.order.contested_at is not None,
        Why.RECALLED: row.is_recalled,  # type: ignore[attr-defined]
        Why.OUT_OF_DATE: row.is_out_of_date,  # type: ignore[attr-defined]
        Why.SUSPENDED: row.is_suspended,  # type: ignore[attr-defined]
    }
    return [why for why, is_so in held.items() if is_so]
