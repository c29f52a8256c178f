"""Claims at the desk and in the office: what an answer gives back is looked at before it is given."""

from typing import Any

from django.http import HttpRequest

from core import money
from core.api.ids import uid_of
from core.language import Words, say
from core.numbers import MONEY, NotANumber, scaled
from orders.reads.claim import claim_to_answer
from orders.reads.refund import sending_of
from orders.reads.replacement import most_units
from orders.reads.return_parcel import return_of_team
from shop.web.acts import Act, Lines, done, says, will


def answered(request: HttpRequest, payload: dict[str, Any]) -> str:
    """How much is on its way; the buyer is told."""
    if refunded := payload["claim"]["replies"][-1]["refunded"]:
        words = say(
            "已答复，{x} 正在退给买家；买家会收到邮件。",
            "Answered: {x} is on its way back, and the buyer is told by mail.",
            x=money.show(refunded["minor"]),
        )
        return done(request, words)
    return done(request, say("已答复，买家会收到邮件。", "Answered. The buyer is told by mail."))


def answers_the_claim(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """What the team's answer gives back; without money its buyer may still disagree."""
    return gives_back(
        request,
        variables,
        say(
            "不退款；买家可以不同意，或请平台裁定",
            "Nothing is given back; the buyer may disagree, or let the shop decide",
        ),
    )


def ends_the_claim(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """What the shop's decision gives back; it is the last word."""
    return gives_back(
        request,
        variables,
        say("裁定后这项售后就结束了，不退款", "Your decision ends the claim, without a refund"),
    )


def gives_back(request: HttpRequest, variables: dict[str, Any], nothing: Words) -> Lines:
    """What cannot be read, nor given, is refused by the act: no sum is promised that will not move."""
    try:
        minor = scaled(variables.get("amount") or "0", 2, MONEY)
    except NotANumber:
        return []
    claim = claim_to_answer(request.user, uid_of(variables["claim"], "Claim"))
    if (variables.get("returnTo") or "").strip():
        asked = say("收到退货后退给买家", "Given back once the goods have come")
        return [(asked, money.show(minor))] if 0 < minor <= claim.refundable_minor else []
    if units := variables.get("replaceUnits") or 0:
        offered = say("从货架上留出、买家同意后补发", "Taken from the shelf, and sent once the buyer agrees")
        return [] if minor or not 0 < units <= most_units(claim.line) else [(offered, f"× {units}")]
    if not 0 <= minor <= claim.refundable_minor or not (minor or (variables.get("words") or "").strip()):
        return []
    if not minor:
        return [(nothing, "")]
    if sending := sending_of(claim.line, minor):
        words = say(
            "退给买家，含运费 {s}", "Given back to the buyer, {s} of it for sending", s=money.show(sending)
        )
        return [(words, money.show(minor + sending))]
    return [(say("退给买家", "Given back to the buyer"), money.show(minor))]


def comes_back(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """What goes back to the buyer for what has come."""
    one = return_of_team(request.user, uid_of(variables["return"], "ReturnParcel"))
    left = one.claim.refundable_minor
    return [(say("退给买家", "Given back to the buyer"), money.show(min(one.amount_minor, left)))]


SENT = says(say("已记下，买家会收到运单号。", "Noted. The buyer is sent the tracking number."))
TYPED = "carrier and number are typed, beside the units that must still be the same"

CLAIMS = {
    "answer_claim": Act(follow=answered, look=answers_the_claim),
    "ship_replacement": Act(follow=SENT, as_written=TYPED),
    "receive_return": Act(
        follow=says(say("已记下，退款在路上。", "Noted; the refund is on its way.")),
        look=comes_back,
    ),
    "call_off_replacement": Act(
        follow=says(say("已记下，请再答复买家。", "Noted. Please answer the buyer anew.")),
        look=will(
            say(
                "补发取消，货回到货架，您再答复买家",
                "It is not sent; its units are on the shelf again, and you answer anew",
            )
        ),
    ),
}
