"""What follows the acts of a shop's opening."""

from typing import Any

from django.http import HttpRequest

from core.language import say
from shop.web.acts import Act, done, saved, says, second_factor_page, to


def runs_it_now(request: HttpRequest, payload: dict[str, Any]) -> str:
    """She sets up her second factor, and then goes on."""
    done(request, say("您现在管这家店了。", "You run this shop now."))
    return second_factor_page(to("set-up/"))


ACTS = {
    "begin_shop": Act(
        follow=runs_it_now, as_written="whoever holds the server's link can have another one made"
    ),
    "save_shop": Act(follow=saved, undone_by="save_shop"),
    "upload_logo": Act(undone_by="upload_logo"),
    "confirm_texts": Act(
        follow=says(say("已确认，买家现在看到的就是这些文本。", "Confirmed: buyers read these texts now.")),
        undone_by="confirm_texts",
    ),
    "send_letter": Act(
        follow=says(
            say(
                "信发出去了，请看您的邮箱（也看看垃圾邮件）。",
                "The letter is on its way: look into your mailbox, and among the spam.",
            )
        ),
        as_written="a letter to oneself may be left unread",
    ),
    "confirm_letter": Act(
        follow=says(say("邮件能送到。", "Mail arrives.")),
        as_written="it says what has come, and moves nothing",
    ),
    "send_text": Act(
        follow=says(say("短信发出去了，请看手机。", "The text is on its way: look at your telephone.")),
        as_written="a text to oneself may be left unread",
    ),
    "confirm_text": Act(
        follow=says(say("短信能送到。", "Texts arrive.")),
        as_written="it says what has come, and moves nothing",
    ),
    "begin_trial": Act(follow=lambda request, payload: payload["trial"]["url"], undone_by="refund_trial"),
    "look_at_trial": Act(as_written="it asks, and moves nothing"),
    "refund_trial": Act(
        follow=says(say("支付方已收到退款请求。", "The provider has taken the refund.")),
        as_written="it gives back what a trial took",
    ),
    "save_rate": Act(follow=saved, undone_by="save_rate"),
    "confirm_rates": Act(
        follow=says(say("记下了，运费看过一遍。", "Noted: the rates were gone through.")),
        undone_by="save_rate",
    ),
    "look_at_rates": Act(as_written="it looks, and writes nothing"),
    "import_rates": Act(undone_by="save_rate"),
    "put_up_categories": Act(follow=saved, undone_by="save_category"),
    "save_category": Act(follow=saved, undone_by="save_category"),
    "open_shop": Act(
        follow=says(say("开张了。", "The shop is open.")),
        as_written="the page with its button tells what is fixed by it, and refuses while anything is missing",
    ),
}
