"""What follows the acts of those who buy together, and what comes of those that are final."""

from typing import Any

from django.http import HttpRequest

from core import money
from core.api.ids import uid_of
from core.language import say
from shop.web.acts import Act, Lines, order_page, says, to, will
from together.reads import group as groups


def opened(request: HttpRequest, payload: dict[str, Any]) -> str:
    """To its page, where the link to pass on is."""
    return to(f"g/{payload['group']['joinCode']}/")


def joined(request: HttpRequest, payload: dict[str, Any]) -> str:
    """A seat is an order of its own, to be paid."""
    return order_page(payload["order"], payload.get("token"))


def everyone_is_repaid(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """How many are repaid, and how much, in the group that she leads."""
    seats, minor = groups.would_be_repaid(request.user, uid_of(variables["group"], "GroupPurchase"))
    return [
        (say("团购取消，退款的份位", "The group ends; members repaid"), str(seats)),
        (say("一共退回", "Given back in all"), money.show(minor)),
    ]


ACTS = {
    "open_group": Act(follow=opened, undone_by="cancel_group"),
    "join_group": Act(follow=joined, undone_by="cancel_order"),
    "cancel_group": Act(
        follow=says(say("团购已取消，全额退款。", "The group purchase is called off; everyone is repaid.")),
        look=everyone_is_repaid,
    ),
    "group_delivered": Act(
        look=will(
            say(
                "记下包裹到了，每位参加的人申请售后的时间从现在算起",
                "It has arrived: the time to report a problem begins now, for every member",
            )
        ),
    ),
    "collect_seat": Act(
        as_written="a tick on the coordinator's list, for each of many who stand before her; nothing else follows"
    ),
}
