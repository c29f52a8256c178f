"""What follows the acts that keep webhooks, a team's and the shop's."""

from typing import Any

from django.http import HttpRequest

from core.language import say
from shop.web.account.acts import shown_once
from shop.web.acts import Act, saved, says, will
from shop.web.once import slip_of

_MADE = shown_once("secret", "secret")


def _turned(request: HttpRequest, payload: dict[str, Any]) -> str:
    """The new secret is on the next page, beside its receiver, and on no page after it."""
    slip_of(request).put("told", {"secret": payload["secret"], "of": payload["webhook"]["id"]})
    return ""


WEBHOOKS = {
    "make_webhook": Act(follow=_MADE, undone_by="end_webhook"),
    "update_webhook": Act(follow=saved, undone_by="update_webhook"),
    "turn_webhook_secret": Act(
        follow=_turned,
        look=will(
            say(
                "换一把新密钥，只显示一次；旧的还能用 24 小时，之后作废",
                "A new secret, shown once; the former one signs beside it for 24 hours and then ends",
            )
        ),
    ),
    "end_webhook": Act(
        follow=says(say("已结束，不再通知。", "Ended: it is told nothing more.")),
        look=will(
            say(
                "不再通知这个地址；还没送到的也不送了", "It is told nothing more, nor what still waits for it"
            )
        ),
    ),
    "test_webhook": Act(
        follow=says(
            say("已试发，刷新页面看结果。", "A test is on its way: load the page again to see the answer.")
        ),
        as_written="it tells of nothing that happened",
    ),
    "send_message_again": Act(
        follow=says(
            say(
                "正在再发一次，刷新页面看结果。",
                "It is sent once more: load the page again to see the answer.",
            )
        ),
        as_written="a program that has had it knows it by its id",
    ),
}
OF_SHOPS_WEBHOOKS = {"make_shop_webhook": Act(follow=_MADE, undone_by="end_webhook")}
