"""What follows the acts that close places and open them, and how many it concerns before it is done."""

from typing import Any

from django.http import HttpRequest

from accounts.permissions import Place, must
from accounts.reads import signed_in
from core.language import say
from orders.actions.closure import PERMISSION
from orders.reads.standstill import would_stand
from shop.web.acts import Act, Lines, done, tells, to, will

_TITLE = ("incident", "title")


def published(request: HttpRequest, payload: dict[str, Any]) -> str:
    """To the incident, where the places are closed next."""
    incident = payload["incident"]
    done(
        request,
        say(
            "“{x}”已公布。现在关哪些地方？",
            "“{x}” is published. Which places are closed?",
            x=incident["title"],
        ),
    )
    return to(f"office/closures/#incident-{incident['code']}")


def concerns(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """How many paid orders would wait, and be told of it; for whoever may close that place alone."""
    must(signed_in(request), PERMISSION, Place(region=variables["region"]))
    orders = would_stand(variables["region"], (variables.get("storage") or "").lower())
    return [
        (say("往那里不再下单、付款、参加团购", "Nothing is placed, paid or joined for it any more"), ""),
        (
            say(
                "已付款、要先留着的订单；买家会收到邮件",
                "Paid orders that wait; their buyers are told by mail",
            ),
            str(orders),
        ),
    ]


def _of_the_place(zh: str, en: str) -> Any:
    def follow(request: HttpRequest, payload: dict[str, Any]) -> str:
        return done(request, say(zh, en, x=payload["closure"]["region"]["fullName"]))

    return follow


CLOSING = {
    "open_incident": Act(follow=published, undone_by="end_incident"),
    "update_incident": Act(
        follow=tells(say("“{x}”已保存。", "“{x}” is saved."), *_TITLE), undone_by="update_incident"
    ),
    "end_incident": Act(
        follow=tells(
            say("“{x}”已结束，关的地方都恢复了。", "“{x}” is over, and what it closed is open."), *_TITLE
        ),
        look=will(
            say(
                "它关的地方全部恢复配送，买家会收到邮件",
                "All that it closes is open again, and buyers are told by mail",
            )
        ),
    ),
    "close_place": Act(follow=_of_the_place("{x}已暂停配送。", "{x} is closed for delivery."), look=concerns),
    "open_place": Act(
        follow=_of_the_place("{x}已恢复配送。", "{x} is open again."),
        look=will(
            say(
                "恢复配送，留着的包裹照常发，买家会收到邮件",
                "It is open again: what was kept is sent, and buyers are told",
            )
        ),
    ),
    "move_end": Act(
        follow=_of_the_place("{x}的恢复时间已改。", "{x} has another end."), undone_by="move_end"
    ),
}
