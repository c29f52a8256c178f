"""Parcels and claims at the desk: what follows each deed, and what comes of those that are final."""

from typing import Any

from django.http import HttpRequest

from core import money
from core.api.ids import uid_of
from core.language import say
from orders.reads.refund import order_to_refund, sending_of
from shop.web.acts import Act, Lines, done, says, will
from shop.web.desk.claims import CLAIMS, SENT, TYPED


def on_its_way_back(request: HttpRequest, payload: dict[str, Any]) -> str:
    """How much is on its way."""
    amount = money.show(payload["refund"]["amount"]["minor"])
    return done(request, say("已退款 {x}，正在原路退回。", "{x} is on its way back.", x=amount))


def refunds_at_least(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """More than is left, or too late, is refused by the act."""
    order, teams = order_to_refund(request.user, variables["number"])
    line = order.lines.filter(uid=uid_of(variables["line"], "Line")).first()
    if (
        line is None
        or (teams is not None and line.team_id not in teams)
        or not 0 < variables["units"] <= line.units_sent
    ):
        return []
    minor = min(line.paid_for(variables["units"]), line.net_minor - line.refunded_minor)
    sending = sending_of(line, minor)
    return [(say("退给买家，至少", "Given back to the buyer, at least"), money.show(minor + sending))]


def many_sent(request: HttpRequest, payload: dict[str, Any]) -> str:
    """How many are on their way; each buyer is told."""
    words = say(
        "{n} 个包裹已发出，买家会收到运单号。",
        "{n} parcels are on their way; each buyer is sent the number.",
        single="1 parcel is on its way; its buyer is sent the number.",
        n=payload["sent"],
    )
    return done(request, words)


PARCELS = {
    "pack_parcel": Act(undone_by="pack_parcel"),
    "ship_parcel": Act(follow=SENT, undone_by="undo_sending"),
    # One carrier for all stands in the form alone: each row is sent with it.
    "send_parcels": Act(
        follow=many_sent, undone_by="undo_sending", refilled=frozenset({"carrier", "parcels"})
    ),
    "import_numbers": Act(as_written="the table is looked at, and nothing is done", refilled=frozenset()),
    "send_numbers": Act(undone_by="undo_sending", refilled=frozenset({"sheet", "correct", "isMeant"})),
    "correct_number": Act(
        follow=says(
            say(
                "已更正，买家会收到现在这个运单号。",
                "Put right. The buyer is sent the number that is true now.",
            )
        ),
        undone_by="correct_number",
    ),
    "undo_sending": Act(
        follow=says(say("撤回了，包裹又在待发里。", "Taken back: the parcel waits to be sent again.")),
        look=will(
            say(
                "包裹回到待发，运单号作废；买家会收到信",
                "The parcel waits again and its number is void; its buyer is written to",
            )
        ),
    ),
    "tell_came_back": Act(
        follow=says(
            say("记下了，包裹在待发里，买家会收到信。", "Noted: it waits again, and its buyer is written to.")
        ),
        look=will(
            say(
                "包裹回到待发；买家收到信，可以改地址，也可以取消",
                "The parcel waits again; its buyer is written to, and may change the address or call it off",
            )
        ),
    ),
    "tell_lost": Act(
        follow=says(
            say(
                "记下了，请在售后里答复退款或补发。",
                "Noted. Please answer under Claims, with money or goods.",
            )
        ),
        look=will(
            say(
                "为买家开一条售后，您三天内答复退款或补发，不然由平台裁定；买家会收到信",
                "A claim is opened for the buyer, who is written to: within three days you answer with money or goods, "
                "else the shop decides",
            )
        ),
    ),
    "split_parcel": Act(
        follow=says(say("分好了，两个包裹各有各的日子。", "Done: each of the two parcels has its own day.")),
        as_written="what stays is ticked and its day is typed; the other parcel is sent as it was to be",
    ),
    "ship_group": Act(follow=SENT, as_written=TYPED),
    "request_refund": Act(follow=on_its_way_back, look=refunds_at_least),
    **CLAIMS,
}
