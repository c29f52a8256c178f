"""Cached answers are handed out at the door, before the house is entered: they depend on nobody who is in it."""

import hashlib
import secrets
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any, NamedTuple

from django.conf import settings
from django.db import DatabaseError, connection

from core import clock, language
from core.api.asker import WROTE
from core.api.files import name_of
from core.api.reply import unchanged
from core.api.spending import may_spend, may_spend_without_waiting
from core.counting import counts
from core.fast.bounded import Bounded
from core.fast.changes import feed
from core.fast.responses import CachedResponse, Key, responses
from core.forwarded import address_in, settle
from core.middleware import LANGUAGE_COOKIE
from core.numbers import body_length

PATH = "/graphql"
GRAPHQL = "graphql"  # as its address is called where pages are counted
# Where the house says which answer was given, and what it cost.
SAYS = "sheaf.cached"
# Longer requests are rare, and what they asked is not looked for.
MOST_BODY = 4_000
# What is remembered weighs no more than this in a process, whatever strangers send.
MOST_BYTES = 4_000_000
# All of a request that the house looks at before it answers somebody who is signed out, beside her language.
LOOKED_AT = (
    *("REQUEST_METHOD", "QUERY_STRING", "CONTENT_TYPE", "CONTENT_LENGTH", "wsgi.url_scheme"),
    *("HTTP_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_ORIGIN", "HTTP_CONTENT_ENCODING"),
)
EACH_ONES_OWN = {"content-length", "etag", "x-request-id"}

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]
Answer = tuple[int, list[tuple[str, str]], bytes]


class Remembered(NamedTuple):
    """Which answer a request led to, what it cost, and the headers with which it left the house."""

    key: Key
    cost: int
    headers: list[tuple[str, str]]
    is_by_get: bool

    @property
    def weight(self) -> int:
        """Bytes of memory, roughly."""
        words = sum(len(name) + len(value) + 200 for name, value in self.headers)
        return 600 + sum(2 * len(part) for part in self.key) + words


class Door:
    """A WSGI application around the shop's: a request like one that was answered before gets what is kept.

    The first of its kind goes the whole way, through every check; what it left with is remembered under all that
    those checks look at, so that neither the checks nor the headers of the two can differ.
    """

    def __init__(self, house: Application):
        self.house = house
        # What requests of a kind led to, by the digest of all they may depend on.
        self.memory: Bounded[bytes, Remembered] = Bounded(MOST_BYTES)

    def answer_without_waiting(self, environ: Environ) -> Answer | None:
        """What is kept, if it can be told without waiting for anything; None for the whole way."""
        if environ["PATH_INFO"] != PATH or not (feed.is_young() and clock.is_known()):
            return None
        settle(environ)
        known = (digest := _digest_of(environ)) and self.memory.get(digest)
        if not known or not _keeps() or _read_your_writes(environ):
            return None
        found = responses.at_hand(known.key)
        if found is None or not may_spend_without_waiting("address", address_in(environ), known.cost):
            return None
        return _answer(environ, known, found)

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ.get("PATH_INFO") != PATH:
            return self.house(environ, start_response)
        settle(environ)
        if (digest := _digest_of(environ)) is None:
            return self.house(environ, start_response)
        known = self.memory.get(digest)
        if known is not None and (found := _found(environ, known)):
            status, headers, body = _answer(environ, known, found)
            start_response("200 OK" if status == 200 else "304 Not Modified", headers)
            return [body]

        def noting(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            if (said := environ.get(SAYS)) and status.startswith("200"):
                key, cost = said
                self._remember(digest, Remembered(key, cost, headers, environ["REQUEST_METHOD"] == "GET"))
            return start_response(status, headers, *more)

        return self.house(environ, noting)

    def _remember(self, digest: bytes, known: Remembered) -> None:
        names = {name.lower() for name, _ in known.headers}
        if "set-cookie" in names:
            return
        headers = [(name, value) for name, value in known.headers if name.lower() not in EACH_ONES_OWN]
        self.memory.put(digest, known._replace(headers=headers))


def _digest_of(environ: Environ) -> bytes | None:
    """A digest of what an answer may depend on; None for a request that has to go the whole way."""
    cookie = environ.get("HTTP_COOKIE", "")
    if "HTTP_AUTHORIZATION" in environ or settings.SESSION_COOKIE_NAME in cookie:
        return None
    body = b""
    if environ["REQUEST_METHOD"] == "POST":
        size = body_length(environ)
        if size is None or size > MOST_BODY:
            return None
        body = environ["wsgi.input"].read(size)
        environ["wsgi.input"] = BytesIO(body)  # for the house, should it be entered
    parts = [str(environ.get(name)) for name in LOOKED_AT]
    # Of cookies and preferences only what the house makes of them: a stranger's odd ones are all one.
    parts.append(_spoken(cookie, environ.get("HTTP_ACCEPT_LANGUAGE", "")))
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape") + b"\0" + body).digest()


def _spoken(cookie: str, preferred: str) -> str:
    """The language in which the house would answer, as core.middleware finds it."""
    if LANGUAGE_COOKIE in cookie:
        chosen = ""
        for part in cookie.split(";"):
            name, _, value = part.partition("=")
            if name.strip() == LANGUAGE_COOKIE:
                chosen = value.strip().strip('"')
        if chosen in language.LANGUAGES:
            return chosen
    return language.preferred(preferred)


def _keeps() -> bool:
    return settings.FAST and settings.API_ANSWER_CACHE


def _read_your_writes(environ: Environ) -> bool:
    return "HTTP_X_GUEST" in environ or WROTE in environ.get("HTTP_COOKIE", "")


def _found(environ: Environ, known: Remembered) -> CachedResponse | None:
    if not _keeps():
        return None
    try:
        found = responses.find(known.key, _read_your_writes(environ))
    except DatabaseError:
        return None
    finally:
        if connection.connection is not None and not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()  # back to the pool, as at the end of a request
    # What would be too much is told by the house.
    return found if found and may_spend("address", address_in(environ), known.cost) else None


def _answer(environ: Environ, known: Remembered, found: CachedResponse) -> Answer:
    counts.cached(environ, GRAPHQL, name_of(known.key[0]))
    status, body = 200, found.body
    headers = [*known.headers, ("X-Request-Id", secrets.token_hex(8))]
    if known.is_by_get:
        headers.append(("ETag", found.etag))
        if unchanged(environ, found.etag):
            status, body = 304, b""
    return status, [*headers, ("Content-Length", str(len(body)))], body
