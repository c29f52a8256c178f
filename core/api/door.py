"""Kept answers are handed out at the door, before the house is entered: they depend on nobody who is in it."""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Iterable
from io import BytesIO
from threading import Lock
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DatabaseError, connection

from core.api.asker import WROTE
from core.api.cache import answers_are_kept
from core.api.kept import Kept, Key, answers
from core.api.view import SAYS, may_spend, unchanged
from core.forwarded import address_in
from core.numbers import body_length

PATH = "/graphql"
# Longer requests are rare, and remembering them is what a stranger would fill the memory with.
MOST_BODY = 4_000
MOST_REMEMBERED = 4_000
# All of a request that the house looks at before it answers somebody who is signed out.
LOOKED_AT = (
    *("REQUEST_METHOD", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH", "wsgi.url_scheme"),
    *("HTTP_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_ORIGIN", "HTTP_CONTENT_ENCODING"),
    *("HTTP_ACCEPT_LANGUAGE", "HTTP_COOKIE"),
)
EACH_ONES_OWN = {"content-length", "etag", "x-request-id"}

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Asked = tuple[Any, ...]


class Remembered(NamedTuple):
    """Which answer a request led to, what it cost, and the headers with which it left the house."""

    key: Key
    cost: int
    headers: list[tuple[str, str]]
    is_by_get: bool


class Door:
    """A WSGI application around the shop's: a request like one that was answered before gets what is kept.

    The first of its kind goes the whole way, through every check; what it left with is remembered under all that
    those checks look at, so that neither the checks nor the headers of the two can differ.
    """

    def __init__(self, house: Application):
        self.house = house
        self._lock = Lock()
        self._remembered: OrderedDict[Asked, Remembered] = OrderedDict()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != PATH or (asked := _asked(environ)) is None:
            return self.house(environ, start_response)
        known = self._remembered.get(asked)
        if known is not None and (found := _found(environ, known)):
            return _answer(environ, start_response, known, found)

        def noting(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            if (said := environ.get(SAYS)) and status.startswith("200"):
                key, cost = said
                self._remember(asked, Remembered(key, cost, headers, environ["REQUEST_METHOD"] == "GET"))
            return start_response(status, headers, *more)

        return self.house(environ, noting)

    def _remember(self, asked: Asked, known: Remembered) -> None:
        names = {name.lower() for name, _ in known.headers}
        if "set-cookie" in names:
            return
        headers = [(name, value) for name, value in known.headers if name.lower() not in EACH_ONES_OWN]
        with self._lock:
            self._remembered[asked] = known._replace(headers=headers)
            if len(self._remembered) > MOST_REMEMBERED:
                self._remembered.popitem(last=False)


def _asked(environ: Environ) -> Asked | None:
    """What an answer may depend on; None for a request that has to go the whole way."""
    if "HTTP_AUTHORIZATION" in environ or settings.SESSION_COOKIE_NAME in environ.get("HTTP_COOKIE", ""):
        return None
    body = b""
    if environ["REQUEST_METHOD"] == "POST":
        size = body_length(environ)
        if size is None or size > MOST_BODY:
            return None
        body = environ["wsgi.input"].read(size)
        environ["wsgi.input"] = BytesIO(body)  # for the house, should it be entered
    return body, *map(environ.get, LOOKED_AT)


def _found(environ: Environ, known: Remembered) -> Kept | None:
    if not answers_are_kept():
        return None
    has_just_written = "HTTP_X_GUEST" in environ or WROTE in environ.get("HTTP_COOKIE", "")
    try:
        found = answers.find(known.key, has_just_written)
    except DatabaseError:
        return None
    finally:
        if connection.connection is not None and not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()  # back to the pool, as at the end of a request
    # What would be too much is told by the house.
    return found if found and may_spend("address", address_in(environ), known.cost) else None


def _answer(
    environ: Environ, start_response: Callable[..., Any], known: Remembered, found: Kept
) -> Iterable[bytes]:
    status, body = "200 OK", found.body
    headers = [*known.headers, ("X-Request-Id", secrets.token_hex(8))]
    if known.is_by_get:
        headers.append(("ETag", found.etag))
        if unchanged(environ, found.etag):
            status, body = "304 Not Modified", b""
    start_response(status, [*headers, ("Content-Length", str(len(body)))])
    return [body]
