"""A team's parcels that must not be sent as things are, and why."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, F, OuterRef

from catalog.models import Team
from core.choices import Choices
from core.language import say
from orders import holding
from orders.models import Line, Order, Shipment
from orders.reads.closure import closes_line
from orders.reads.desk import counts
from orders.reads.stopped import SUSPENDED, held_back, out_of_date_in, recalled_in, undecided_in


class Why(Choices):
    """What holds a parcel back, in a sentence to the team that would send it."""

    CONTESTED = (
        "contested",
        say(
            "买家的银行正在裁定这笔付款。裁定之前先不要发；有结果会发邮件，包裹会自己回到列表。",
            "The buyer’s bank is deciding about the payment. Keep it until then: you are told by mail, and if the payment "
            "stands the parcel is back on the list by itself.",
        ),
    )
    RECALLED = (
        "recalled",
        say(
            "里面有已召回的批次，不能发；这一部分要退给买家。",
            "A recalled lot is in it: it must not be sent, and that part is to be given back.",
        ),
    )
    OUT_OF_DATE = (
        "out_of_date",
        say(
            "里面有已过保质期的批次，不能发；请把这一部分退给买家，其余的就会回到列表。",
            "Something in it is past its best-before date and must not be sent: give that part back, and the rest is on the "
            "list again.",
        ),
    )
    CLOSED = (
        "closed",
        say(
            "收货地暂停配送。先留着，不算逾期；恢复后发货日期顺延，会自己回到列表。买家选退款的会从这里消失。",
            "Its place is closed for delivery. Keep it: it is not overdue. Once the place is open its day moves on and it is "
            "back on the list by itself; what its buyer has refunded is gone from here.",
        ),
    )
    UNDECIDED = (
        "undecided",
        say(
            "里面有收成晚了或不够的批次，买家还在选；选好了会自己回到列表，或者退款。",
            "A lot that is late or short is in it and its buyer chooses; then it is back on the list by itself, or given back.",
        ),
    )
    SUSPENDED = (
        "suspended",
        say(
            "运营人员暂停了里面的商品或团队；恢复后会自己回到列表。",
            "An operator has suspended the product or the team; once that ends it is back on the list by itself.",
        ),
    )


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
        held_back(), team=team, state=Shipment.State.WAITING, order__state__in=Order.WITH_TEAMS
    ).annotate(
        is_recalled=Exists(lines.filter(recalled_in("variant", "order__uid"))),
        is_out_of_date=Exists(lines.filter(out_of_date_in("variant", "order__uid"))),
        is_undecided=Exists(lines.filter(undecided_in())),
        is_suspended=Exists(lines.filter(SUSPENDED)),
        is_closed=Exists(lines.filter(closes_line(), quantity__gt=F("refunded_units"))),
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
        Why.CLOSED: row.is_closed,  # type: ignore[attr-defined]
        Why.UNDECIDED: row.is_undecided,  # type: ignore[attr-defined]
        Why.SUSPENDED: row.is_suspended,  # type: ignore[attr-defined]
    }
    return [why for why, is_so in held.items() if is_so]
