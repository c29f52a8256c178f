"""What follows the acts of the office, and what comes of those that are final."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from accounts.permissions import must_somewhere
from accounts.places import name_of
from accounts.reads import appointments_seen_by, signed_in
from accounts.subjects import named
from core import money
from core.api.ids import uid_of
from core.language import localized, say
from core.refusals import NotFound
from orders.actions import refund as refunds
from orders.api.refund import parts_of
from orders.models import Dispute, Refund
from orders.reads.dispute import disputes_for
from orders.reads.order import refundable_minor
from orders.reads.refund import order_to_refund, refunds_for
from shop.web.account.acts import shown_once
from shop.web.acts import Act, Lines, done, gathered, says, tells, to, will
from shop.web.coupons import OF_SHOP
from shop.web.desk.claims import answered, ends_the_claim
from shop.web.desk.parcels import on_its_way_back
from shop.web.office.accounts import ACCOUNTS
from shop.web.office.closing import CLOSING
from shop.web.office.keeping import KEEPING
from shop.web.webhooks import OF_SHOPS_WEBHOOKS

# --- what waits ---


def _listing_decided(zh: str, en: str) -> Any:
    def follow(request: HttpRequest, payload: dict[str, Any]) -> str:
        done(request, say(zh, en, x=payload["product"]["name"]))
        return to("office/listings/")

    return follow


def owed(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """What the buyer is still owed of a refund that failed."""
    must_somewhere(signed_in(request), "orders.refund")
    row = refunds_for(signed_in(request)).filter(uid=uid_of(variables["refund"], "Refund")).first()
    if row is None or row.state != Refund.State.FAILED:
        raise NotFound()
    how = [(say("怎么退的", "How"), variables["how"])] if variables.get("how") else []
    return [(say("退给买家", "Given back to the buyer"), money.show(row.due_minor)), *how]


def comes_to(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """What an unclear dispute came to, in yuan."""
    must_somewhere(signed_in(request), "orders.decide_dispute")
    seen = disputes_for(signed_in(request))
    if not seen.filter(uid=uid_of(variables["dispute"], "Dispute"), state=Dispute.State.UNCLEAR).exists():
        raise NotFound()
    return [
        (say("银行最后拿走", "Taken by the bank for good"), money.show(variables["lostMinor"])),
        (say("依据", "Why"), variables["reason"]),
    ]


def released(request: HttpRequest, payload: dict[str, Any]) -> str:
    """How many are tried again."""
    return done(
        request, say("放行了 {n} 件，几秒内再试。", "{n} are tried again within seconds.", n=payload["count"])
    )


WAITING = {
    "approve_listing": Act(
        follow=_listing_decided("“{x}”已上架。", "“{x}” is published."),
        as_written="all of it stands above the button, and an operator suspends what should not be sold",
    ),
    "return_listing": Act(
        follow=_listing_decided("“{x}”已退回团队。", "“{x}” is with its team again."),
        as_written="its words are typed, and its team hands it in again",
    ),
    "suspend_listing": Act(
        follow=tells(
            say("“{x}”已暂停，团队会收到原因。", "“{x}” is suspended; its team is told why."),
            "product",
            "name",
        ),
        undone_by="resume_listing",
    ),
    "resume_listing": Act(
        follow=tells(say("“{x}”又在卖了。", "“{x}” is on the shelf again."), "product", "name"),
        undone_by="suspend_listing",
    ),
    "retry_refund": Act(
        follow=tells(
            say("{x} 的退款又上路了。", "The refund of {x} is on its way again."), "refund", "number"
        ),
        look=owed,
    ),
    "give_refund": Act(
        follow=tells(
            say("{x} 的退款已记为退还。", "The refund of {x} is written down as given."), "refund", "number"
        ),
        look=owed,
    ),
    "decide_dispute": Act(
        follow=tells(say("{x} 的争议已判断。", "The dispute about {x} is decided."), "dispute", "number"),
        look=comes_to,
    ),
    "answer_left_claim": Act(follow=answered, look=ends_the_claim),
    "save_synonym": Act(
        follow=says(say("已保存，搜索一秒内就用上。", "Saved; search goes by it within a second.")),
        undone_by="remove_synonym",
    ),
    "remove_synonym": Act(
        follow=says(say("已删掉，搜索不再用它。", "Taken out; search goes by it no more.")),
        undone_by="save_synonym",
    ),
    "hide_review": Act(
        follow=says(say("已隐藏。", "It is hidden.")),
        look=will(say("这条评价不再显示，不能恢复", "This review is out of sight for good")),
    ),
    "release_parked": Act(
        follow=released,
        look=lambda request, variables: [
            (say("放行，再试", "Released and tried again"), variables["reaction"])
        ],
    ),
}

# --- orders ---


def found(request: HttpRequest, payload: dict[str, Any]) -> str:
    """To the one that was found, or to a list of them: numbers stand in its address, and not what was looked for."""
    numbers = payload["numbers"]
    if not numbers:
        return done(request, say("没有这样的订单。", "There is no such order."))
    if len(numbers) == 1:
        return to(f"office/orders/{numbers[0]}/")
    return to(f"office/orders/?{urlencode([('numbers', number) for number in numbers])}")


def goes_back(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """Exactly what would be given back: each line, each parcel's sending, and all of it."""
    order, teams = order_to_refund(request.user, variables["number"])
    plan = refunds.planned(
        order,
        parts_of([_as_input(line) for line in variables["lines"]]),
        shipping=variables.get("shipping", False),
        sum_minor=variables.get("sumMinor"),
        teams=teams,
    )
    if not plan.amount_minor:
        return []
    lines: Lines = []
    for share in plan.shares:
        name = localized(share.line, "name")
        words = say("{x} × {n}", "{x} × {n}", x=name, n=share.units)
        alone = say("{x}，只退钱", "{x}, money alone", x=name)
        lines.append((words if share.units else alone, money.show(share.amount_minor)))
    lines += [
        (say("运费：{x}", "Sending: {x}", x=localized(parcel.team, "name")), money.show(minor))
        for parcel, minor in plan.postage
    ]
    return [*lines, (say("退给买家，一共", "Given back to the buyer in all"), money.show(plan.amount_minor))]


def _as_input(line: dict[str, Any]) -> dict[str, Any]:
    return {"line_id": line["lineId"], "units": line.get("units"), "amount_minor": line.get("amountMinor")}


def all_goes_back(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """All that is left of it."""
    order, _ = order_to_refund(request.user, variables["number"])
    return [
        (
            say("取消整单，退给买家", "Called off; given back to the buyer"),
            money.show(refundable_minor(order)),
        ),
        (say("为什么", "Why"), variables["reason"]),
    ]


ORDERS = {
    "call_off_order": Act(follow=on_its_way_back, look=all_goes_back),
    "find_order": Act(follow=found, as_written="it changes nothing"),
    "refund_in_part": Act(follow=on_its_way_back, look=goes_back),
}

# --- the audit log ---


def to_her_trail(request: HttpRequest, payload: dict[str, Any]) -> str:
    """What she has done: her id stands in the address, and not her mailbox."""
    return to(f"office/audit/?{urlencode({'person': payload['id']})}")


AUDIT = {"find_trail": Act(follow=to_her_trail, as_written="it changes nothing")}

# --- people ---


def ends_now(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """Whose, and what she may no more from this moment on."""
    seen = appointments_seen_by(signed_in(request)).select_related("person")
    row = named(seen).filter(uid=uid_of(variables["id"], "Appointment")).first()
    if row is None:
        raise NotFound()
    words = say(
        "{who}不再是{role}，立即生效；本人会收到信",
        "{who} is {role} no more, from this moment; she is told",
        who=row.person.name or row.person.email or "",
        role=row.Role(row.role).words,
    )
    return [(words, str(name_of(row))), (say("为什么", "Why"), variables["reason"])]


PEOPLE = {
    "give_device_code": Act(
        follow=shown_once("deviceCode", "code"),
        as_written="it opens nothing without the code from her mailbox, and is dead in ten minutes",
    ),
    "send_role_invitation": Act(
        follow=tells(
            say("邀请已发给 {x}，对方接受后生效。", "Sent to {x}; it counts once accepted."),
            "invitation",
            "email",
        ),
        undone_by="withdraw_role_invitation",
    ),
    "withdraw_role_invitation": Act(
        follow=says(say("已收回。", "Withdrawn.")), undone_by="send_role_invitation"
    ),
    "end_appointment": Act(
        follow=tells(say("{x}：任命已结束。", "{x}: the appointment has ended."), "appointment", "roleName"),
        look=ends_now,
    ),
}

NEWS = {
    "approve_news": Act(
        follow=tells(say("“{x}”已放行。", "“{x}” is let out."), "news", "titleZh"),
        as_written="all of its words stand above the button and never change; return_news takes it off again",
    ),
    "return_news": Act(
        follow=tells(say("“{x}”已退回团队。", "“{x}” is with its team again."), "news", "titleZh"),
        as_written="its words are typed, and its team writes anew",
    ),
}

ACTS = gathered(WAITING, NEWS, ORDERS, AUDIT, KEEPING, CLOSING, OF_SHOP, OF_SHOPS_WEBHOOKS, PEOPLE, ACCOUNTS)
