"""A product that is remembered, from wherever its button is pressed; by whoever is signed out, once she has signed in."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.views.decorators.http import require_POST

from core import language
from core.language import say
from shop.web.act import act, do, ours, spoken
from shop.web.acts import to
from shop.web.once import slip_of

WAITS = "wish"
_FIELDS = ("product", "letter", "variant")
KEPT = {
    "BACK": say("记下了：到货时写信告诉您，只写一次。", "Noted: we write once, when it is back."),
    "SEASON": say("记下了：当季时写信告诉您，只写一次。", "Noted: we write once, when it is in season."),
    "NONE": say("记到您的心愿单了。", "It is on your wish list."),
}


@require_POST
def keep_wish(request: HttpRequest) -> HttpResponse:
    """Put it on her list; a guest signs in first, and it is there when she comes back."""
    if request.user.is_authenticated:
        return act(request, "keep_wish")
    language.activate(spoken(request))
    slip_of(request).put(WAITS, {name: request.POST.get(name, "")[:120] for name in _FIELDS})
    words = say(
        "登录后就记到您的心愿单；没有账户的话，先注册。",
        "Sign in and it is on your wish list; without an account, sign up first.",
    )
    messages.info(request, str(words))
    return HttpResponseRedirect(f"{to('sign-in/')}?{urlencode({'next': ours(request, 'next')})}")


def keep_what_waits(request: Any) -> None:
    """She has signed in: what she wanted to remember before is on her list now."""
    waiting = slip_of(request).take(WAITS)
    if not isinstance(waiting, dict):
        return
    given = QueryDict(mutable=True)
    given.update({name: value for name, value in waiting.items() if value})
    payload, refused = do(request, "keep_wish", given)
    for text in dict.fromkeys(message for _, message in refused):
        messages.warning(request, text)
    if not refused:
        say_noted(request, payload)


def say_noted(request: HttpRequest, payload: dict[str, Any]) -> str:
    """What comes of it, in a sentence."""
    messages.success(request, str(KEPT[payload["wish"]["letter"]]))
    return ""
