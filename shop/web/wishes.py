"""A product that is remembered, by a button of its page's form; by whoever is signed out, once she has signed in."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.views.decorators.http import require_POST

from core import language
from core.language import say
from orders.models import Wish
from shop.web.act import do, ours, spoken
from shop.web.acts import to
from shop.web.once import filled_in, slip_of

WAITS = "wish"
LEFT = say("已从心愿单去掉。", "It is off your wish list.")


@require_POST
def press_wish(request: HttpRequest) -> HttpResponse:
    """Put it on her list or take it off; a guest signs in first, and it is there when she comes back. The button stands in
    the form that buys: what was chosen there stays."""
    language.activate(spoken(request))
    name, given = _read(request.POST.get("wish", ""))
    back = ours(request, "back").partition("#")[0]
    if request.user.is_authenticated:
        _keep_chosen(request)
        _press(request, name, given)
        return HttpResponseRedirect(f"{back}#wish")
    slip_of(request).put(WAITS, given)
    words = say(
        "登录后就记到您的心愿单；没有账户的话，先注册。",
        "Sign in and it is on your wish list; without an account, sign up first.",
    )
    messages.info(request, str(words))
    return HttpResponseRedirect(f"{to('sign-in/')}?{urlencode({'next': back})}")


def _read(button: str) -> tuple[str, dict[str, str]]:
    """Which act a button's value names, and with which fields: `BACK slug variant`, or `leave id`."""
    first, *rest = button[:300].split(" ")
    if first == "leave":
        return "leave_wish", {"wish": " ".join(rest)}
    return "keep_wish", dict(zip(("letter", "product", "variant"), (first, *rest), strict=False))


def _press(request: HttpRequest, name: str, given: dict[str, str]) -> None:
    posted = QueryDict(mutable=True)
    posted.update({field: value for field, value in given.items() if value})
    payload, refused = do(request, name, posted)
    for text in dict.fromkeys(message for _, message in refused):
        messages.warning(request, text)
    if not refused and name == "leave_wish":
        messages.success(request, str(LEFT))
    elif not refused:
        say_noted(request, payload)


def _keep_chosen(request: HttpRequest) -> None:
    values = {name: [found[:200]] for name in ("quantity", "variant") if (found := request.POST.get(name))}
    if values:
        slip_of(request).put("form", filled_in("add_to_cart", values))


def keep_what_waits(request: Any) -> None:
    """She has signed in: what she wanted to remember before is on her list now."""
    waiting = slip_of(request).take(WAITS)
    if isinstance(waiting, dict):
        _press(request, "keep_wish", waiting)


def say_noted(request: HttpRequest, payload: dict[str, Any]) -> str:
    """What comes of it, in a sentence."""
    messages.success(request, str(Wish.Letter[payload["wish"]["letter"]].noted))
    return ""
