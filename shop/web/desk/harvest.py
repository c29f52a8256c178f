"""A lot that is late or short, at the desk: what comes of saying so."""

from typing import Any

from django.http import HttpRequest

from core import money
from core.api.ids import uid_of
from core.language import say
from orders.models import Setback
from orders.reads.setback import lot_to_mark
from shop.web.acts import Act, Lines, done


def buyers_know(request: HttpRequest, payload: dict[str, Any]) -> str:
    """How many were written to."""
    words = say(
        "告诉了 {n} 个订单的买家，选了什么会写在这里。",
        "The buyers of {n} orders are told. What they choose stands here.",
        single="The buyer of 1 order is told. What is chosen stands here.",
        n=payload["buyers"],
    )
    return done(request, words)


def asks_its_buyers(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """Whom it asks of how much, what goes back at most, and that of a short lot nothing more is sold; what is not short is
    refused by the act."""
    lot = lot_to_mark(request.user, uid_of(variables["lot"], "Lot"))
    is_short = variables["kind"] == Setback.Kind.SHORT.name
    there = variables.get("unitsThere")
    if is_short and (there is None or not 0 <= there < lot.units):
        return []
    lines = [
        (
            say(
                "买家收到信，三天内选；不能收回",
                "Buyers are written to and choose within three days, for good",
            ),
            str(say("{n} 份，{m} 个订单", "{n} units, {m} orders", n=lot.units, m=lot.buyers)),
        ),
        (say("都选退款的话，退", "If all want their money back"), money.show(lot.refund_minor)),
    ]
    if is_short:
        lines.append((say("这一批停卖", "Nothing more of this lot is sold"), lot.lot.code))
    return lines


HARVEST = {"set_back_lot": Act(follow=buyers_know, look=asks_its_buyers)}
