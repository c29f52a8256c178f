"""What is said when something is amiss: by the template `broken`, which asks nobody anything."""

import sys
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.shop import last_known
from catalog.photos import MOST_BYTES
from core import language, outage
from core.middleware import language_of


def broken(request: HttpRequest) -> HttpResponse:
    """Something of ours failed: said without asking the database or the session, which may be what failed."""
    failure = sys.exc_info()[1]
    if failure is None or not outage.is_one(failure):
        return _apology(request, 500)
    outage.noted(failure)
    if request.path_info == "/graphql":  # before the API's own door: who asks could not be read
        error = {"message": str(outage.WORDS), "extensions": {"code": outage.UNAVAILABLE}}
        response: HttpResponse = JsonResponse({"errors": [error]}, status=503)
    else:
        response = _apology(request, 503, away=str(outage.WORDS))
    response.headers["Retry-After"] = str(outage.RETRY_SECONDS)
    return response


def forged(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form came without its token: too old, or not from a page of ours."""
    return _apology(request, 403, forged=True)


def too_large(request: HttpRequest) -> HttpResponse:
    """More was sent than the shop takes: said unread, in the language of the page that the form is on."""
    page = urlsplit(came_from(request))
    spoken = page.path[1:3] if page.path[1:3] in language.LANGUAGES else language_of(request)
    # Its path alone: an address with another's token or words in it is not shown again.
    request.language = spoken
    return _apology(
        request, 413, large=MOST_BYTES // 1_000_000, back=page.path if page.path[:4] == f"/{spoken}/" else ""
    )


def came_from(request: HttpRequest) -> str:
    """The page of ours that the visitor comes from; nothing when it is anybody else's."""
    url = request.META.get("HTTP_REFERER", "")
    return url if url and url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}) else ""


def _apology(request: HttpRequest, status: int, **context: Any) -> HttpResponse:
    language.activate(getattr(request, "language", None) or language_of(request))
    facts = {
        "page": "words/broken",
        "number": getattr(request, "id", ""),
        "this_shop": last_known(),
        **context,
    }
    return HttpResponse(render_to_string("words/broken.html", facts), status=status)
