"""What follows the acts of the contest's public pages."""

from typing import Any

from django.http import HttpRequest

from core.language import say
from shop.web.acts import Act, done, says


def tried(request: HttpRequest, payload: dict[str, Any]) -> str:
    """How many of her answers were right."""
    result = payload["result"]
    if result["passedAt"]:
        words = say("通过了，答对 {n} 题。", "Passed, with {n} right answers.", n=result["right"])
    else:
        words = say(
            "还没有通过，答对最多的一次是 {n} 题。", "Not passed yet; {n} right at best.", n=result["right"]
        )
    return done(request, words)


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
    "give_engagement": Act(undone_by="revoke_engagement"),
    "revoke_engagement": Act(undone_by="give_engagement"),
    "make_link": Act(
        follow=says(say("链接已备好，可以转发了。", "Your link is ready to be handed on.")),
        undone_by="revoke_link",
    ),
    "revoke_link": Act(
        follow=says(
            say(
                "链接已收回：还能打开，但不再记作因您而来。",
                "The link has ended: it still opens, and counts for nobody.",
            )
        ),
        undone_by="make_link, with another address",
    ),
    "mark_lesson": Act(as_written="that it was read is told to nobody"),
    "answer_quiz": Act(follow=tried, as_written="the best try counts"),
}
