"""Before the shop opens it is shut: whoever comes is told that it is being set up, and nothing is bought or claimed.

503 with Retry-After is what search engines and monitors read as "not yet": no page of the time before is indexed, and
an address that answers again is not taken for a new one. Once the shop is open the gate asks nothing.
"""

from collections.abc import Callable
from pathlib import PurePath
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve

from accounts.permissions import is_appointed
from accounts.shop import is_open, this_shop
from core import labels
from core.language import say
from shop.web.acts import name_of_act
from shop.web.document import act_document

RETRY_SECONDS = 3600
NOT_OPEN = say("小店正在准备，还没有开张。", "This shop is being set up and is not open yet.")
# A provider's notices are kept, and there is nothing yet that one could move.
ALWAYS = ("/healthz", "/livez", "/readyz", "/notices/", "/static/", "/media/pictures/")
# Rooms in which nothing is done before the opening, whoever asks; one that is anybody's who is signed in.
SHUT, OWN = {"buying", "together"}, "account"
# What a guest may do all the same: come in, with the server's link or as somebody who was made.
ROOM_FOR_GUESTS = "setup"
GUESTS = {"account/signing_in", "account/password_forgotten", "account/password_new"}
GUESTS_ACTS = {"sign_in", "sign_out", "ask_for_reset", "reset_password"}
# Once somebody runs the shop: whom she invites opens an account and accepts.
INVITED = {"account/signing_up", "account/confirm", "account/role"}
INVITED_ACTS = {"sign_up", "confirm_email"}


class GateMiddleware:
    """Lets everybody in once the shop is open; before that those who set it up, to what does not sell."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if is_open() or _passes(request):
            return self.get_response(request)
        return _being_set_up(request)


def _passes(request: HttpRequest) -> bool:
    if request.path_info.startswith(ALWAYS):
        return True
    if request.path_info == "/graphql":
        return False
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return _works_here(request.user)
    page, act = _page(match), _act(match)
    room, deed = (page or act).partition("/")[0], PurePath(act).stem
    if room == ROOM_FOR_GUESTS or page in GUESTS or deed in GUESTS_ACTS:
        return True
    if this_shop().set_up_closed_at and (page in INVITED or deed in INVITED_ACTS):
        return True
    if room == OWN:
        return bool(request.user.is_authenticated)
    return _works_here(request.user) and (bool(page) or room not in SHUT)


def _works_here(person: Any) -> bool:
    """Whether she was appointed to something: she looks at the shop before others do."""
    return person.is_authenticated and is_appointed(person)


def _page(match: Any) -> str:
    page = getattr(match.func, "page", None)
    return page.name if page else ""


def _act(match: Any) -> str:
    return act_document(name_of_act(match.kwargs["name"])) if match.url_name == "act" else ""


def _being_set_up(request: HttpRequest) -> HttpResponse:
    response: HttpResponse
    if request.path_info == "/graphql":
        extensions = {"code": "NOT_OPEN", "requestId": request.id}
        error = {"message": str(NOT_OPEN), "extensions": extensions}
        response = JsonResponse({"errors": [error]}, status=503)
    else:
        response = render(request, "setup/being_set_up.html", {"page": "setup/being_set_up"}, status=503)
    # It is no error of ours: none is logged, and no alarm goes by it.
    request.META[labels.PAGE], response._has_been_logged = labels.NOT_OPEN, True
    response["Retry-After"] = str(RETRY_SECONDS)
    response["Cache-Control"] = "no-store"
    return response
