"""Each request gets an id for the log and a language for its words."""

import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, JsonResponse
from django.urls import get_resolver

from core import forwarded, labels, language
from core.language import say
from core.logs import new_id, request_id
from core.numbers import body_length

LANGUAGE_COOKIE = "language"
_IN_PATH = re.compile(r"^/(zh|en)(/|$)")


class RequestMiddleware:
    """Set `request.id` and `request.language`, and speak that language while answering."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        forwarded.settle(request.META)
        request.id = new_id()
        request.language = language_of(request)
        named = request_id.set(request.id)
        try:
            with language.use(request.language):
                response = refused(request) or self.get_response(request)
        finally:
            request_id.reset(named)
        request.META[labels.PAGE] = labels.page_of(request)
        response.headers["X-Request-Id"] = request.id
        if wait := getattr(request, "retry_after", None):
            response.headers.setdefault("Retry-After", str(wait))
        response.headers.setdefault("Content-Language", language.tag(request.language))
        return response


def refused(request: HttpRequest) -> HttpResponse | None:
    """What no honest browser sends: U+0000, which no table can hold, and bodies that would fill the disk."""
    if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
        return HttpResponseBadRequest()
    size = body_length(request.META)
    # Before any middleware reads a form: Django itself bounds its fields, never its files.
    if size is None or size > settings.MOST_BODY_BYTES:
        return too_large(request)
    return None


def too_large(request: HttpRequest) -> HttpResponse:
    """A sentence that a reader understands: an empty answer shows her the browser's own page, in its own words.

    The house's page is `handler413` beside its addresses, as Django's 404 and 500 are; programs are told in JSON.
    """
    if request.path_info == "/graphql":
        words = f"A request has at most {settings.MOST_BODY_BYTES} bytes."
        extensions = {"code": "TOO_LARGE", "requestId": request.id}
        return JsonResponse({"errors": [{"message": words, "extensions": extensions}]}, status=413)
    if page := getattr(get_resolver().urlconf_module, "handler413", None):
        return page(request)
    words = str(say("发送的内容太大。请返回上一页。", "This is too large to send. Please go back."))
    return HttpResponse(words, status=413, content_type="text/plain; charset=utf-8")


def language_of(request: HttpRequest) -> str:
    """By the address (/zh/, /en/), else what the reader chose last, else what the browser prefers."""
    if found := _IN_PATH.match(request.path_info):
        return found[1]
    chosen = request.COOKIES.get(LANGUAGE_COOKIE)
    if chosen in language.LANGUAGES:
        return chosen
    return language.preferred(request.headers.get("Accept-Language", ""))


def address_of(request: HttpRequest) -> str:
    """The asker's place, as limits count it (core/forwarded.py)."""
    return forwarded.address_in(request.META)
