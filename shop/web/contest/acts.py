"""What follows the acts of the contest's public pages."""

from core.language import say
from shop.web.acts import Act, says

ACTS = {
    "ask_about_edition": Act(
        follow=says(
            say(
                "已提问，48 小时内答复，会发邮件告诉您。",
                "Asked. It is answered within 48 hours, and you are told by mail.",
            )
        ),
        as_written="it can be asked on, and is shown to nobody but who answers",
    ),
}
