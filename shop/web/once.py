"""What the next page shows and no page after it: a refused form as it was written, a secret just made, words said once.

A guest carries it herself, sealed, in a cookie of a few minutes: whatever she sends, nothing is written for it here.
Whoever is signed in has it in her session, sealed likewise, since a desk's longest forms fill no cookie.
"""

import json
import zlib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.messages.storage.base import BaseStorage, Message
from django.http import HttpRequest, HttpResponse
from django.utils.safestring import SafeString

from core import rates
from core.middleware import address_of

COOKIE = "__Host-once" if settings.HTTPS else "once"
SECONDS = 600
# Browsers take 4,096 bytes with the cookie's name and terms; what is read back is unpacked no further than a form.
MOST_IN_COOKIE, MOST_READ = 3_800, 200_000
# What does not fit there (a claim in many words) makes a guest a short session, so often an hour from one place.
SESSIONS_AN_HOUR = 10
MESSAGES, MOST_MESSAGES = "messages", 10
# A form that was sent before the code it needs: it is shown again once the code was given.
WAITS_FOR_FACTOR = "waits_for_factor"


@lru_cache(maxsize=4)
def _box(*secrets: str) -> MultiFernet:
    keys = [HKDF(SHA256(), 32, salt=None, info=b"sheaf.once").derive(secret.encode()) for secret in secrets]
    return MultiFernet([Fernet(urlsafe_b64encode(key)) for key in keys])


def sealed(value: Any) -> str:
    """A value as a word that the shop alone can read."""
    packed = zlib.compress(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), 9)
    return _box(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS).encrypt(packed).decode()


def opened(word: str, seconds: int = SECONDS) -> Any:
    """The value inside a word that is no older than that; None for any other."""
    try:
        box = _box(settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
        unpacking = zlib.decompressobj()
        found = unpacking.decompress(box.decrypt(word.encode(), ttl=seconds), MOST_READ)
        return None if unpacking.unconsumed_tail else json.loads(found)
    except (InvalidToken, ValueError, zlib.error):
        return None


def filled_in(act: str, values: dict[str, list[str]], item: str = "") -> dict[str, Any]:
    """A form of an act as it was filled in, of which nothing is said yet; it is put on a slip as `form`."""
    return {"act": act, "item": item, "values": values, "errors": {}, "look": None}


class Slip:
    """What a request's visitor is to be shown once: what came with it, and what this request adds."""

    def __init__(self, request: HttpRequest):
        self.request, self.is_changed = request, False
        came = opened(request.COOKIES[COOKIE]) if COOKIE in request.COOKIES else None
        self.held: dict[str, Any] = came if isinstance(came, dict) else {}

    def put(self, name: str, value: Any) -> None:
        """Keep something for the next page."""
        request: Any = self.request
        if request.user.is_authenticated:
            request.session[name] = sealed(value)
            return
        self.held[name], self.is_changed = value, True
        if len(sealed(self.held)) > MOST_IN_COOKIE:
            del self.held[name]
            self._keep_here(name, value)

    def _keep_here(self, name: str, value: Any) -> None:
        session: Any = self.request.session
        if rates.allow("kept form", address_of(self.request), SESSIONS_AN_HOUR, 3600):
            if session.session_key is None:
                session.set_expiry(SECONDS)
            session[name] = sealed(value)
        elif isinstance(value, dict) and "values" in value:
            # Why it was refused is said all the same.
            self.held[name] = {**value, "values": {}, "errors": dict(list(value["errors"].items())[:10])}

    def look(self, name: str) -> Any:
        """What is kept of this name, and stays; None for nothing."""
        if name in self.held:
            return self.held[name]
        session: Any = self.request.session
        word = session.get(name) if self.request.COOKIES else None
        # A session may say it hours later: a tab that is opened again the next day.
        return opened(word, settings.SESSION_COOKIE_AGE) if isinstance(word, str) else None

    def take(self, name: str) -> Any:
        """What is kept of this name, which is then gone; None for nothing."""
        found, session = self.look(name), self.request.session
        if self.held.pop(name, None) is not None:
            self.is_changed = True
        elif (
            self.request.COOKIES and session.pop(name, None) and not set(session.keys()) - {"_session_expiry"}
        ):
            session.flush()
        return found

    def waits(self) -> bool:
        """Whether something is to be shown."""
        session: Any = self.request.session
        return bool(self.held) or any(session.get(name) for name in ("form", "told", MESSAGES))

    def send(self, response: HttpResponse) -> None:
        """Let the visitor carry what is left."""
        if self.held:
            response.set_cookie(
                COOKIE,
                sealed(self.held),
                max_age=SECONDS,
                httponly=True,
                samesite="Lax",
                secure=settings.SESSION_COOKIE_SECURE,
            )
        elif COOKIE in self.request.COOKIES:
            response.delete_cookie(COOKIE, samesite="Lax")
            response.cookies[COOKIE]["secure"] = settings.SESSION_COOKIE_SECURE or ""


def slip_of(request: Any) -> Slip:
    """The slip of this request."""
    if not hasattr(request, "slip"):
        request.slip = Slip(request)
    slip: Slip = request.slip
    return slip


def remember(request: Any, name: str, value: Any) -> None:
    """Keep something in the session for as long as sessions live, even if it was opened for a form alone."""
    request.session.set_expiry(None)
    request.session[name] = value


class OnceMiddleware:
    """Hand the slip back with the answer; around the messages, which are put on it last."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        slip: Slip | None = getattr(request, "slip", None)
        if slip is not None and slip.is_changed:
            slip.send(response)
        return response


class Messages(BaseStorage):
    """Django's messages, carried on the slip."""

    def _get(self, *args: Any, **kwargs: Any) -> tuple[list[Message], bool]:
        found = slip_of(self.request).look(MESSAGES) or ()
        return [
            Message(level, SafeString(text) if is_safe else text, tags)
            for level, text, tags, is_safe in found
        ], True

    def _store(self, messages: Any, response: HttpResponse, *args: Any, **kwargs: Any) -> list[Message]:
        told = [
            [one.level, str(one.message), one.extra_tags or "", isinstance(one.message, SafeString)]
            for one in list(messages)[-MOST_MESSAGES:]
        ]
        slip = slip_of(self.request)
        if told:
            slip.put(MESSAGES, told)
        else:
            slip.take(MESSAGES)
        return []
