"""Who asks, in one word: keys of idempotency and rates hang on it."""

import hashlib
from typing import Any

from django.conf import settings

from core.idempotency import UNNAMED

GUEST_HEADER = "X-Guest"
# A guest who has just written is marked for this long, so that what she reads next shows it.
WROTE, WROTE_SECONDS = "wrote", 2


def asker(request: Any) -> str:
    """The person; for a guest the session, else the token a client without cookies sends as X-Guest.

    A guest with neither is "guest": her idempotency keys then stand for themselves. That is sound, since a
    key is a random UUID, a kept result is read again through `reads` that ask who is there, and another
    input under the same key is a conflict.
    """
    if request.user.is_authenticated:
        return f"person:{request.user.uid}"
    if key := getattr(getattr(request, "session", None), "session_key", None):
        return f"session:{_hashed(key)}"
    if token := request.headers.get(GUEST_HEADER):
        return f"token:{_hashed(token)}"
    return UNNAMED


def read_your_writes(request: Any) -> bool:
    """Whether the answer must show what the asker has just done; whoever names herself by token may always have."""
    return WROTE in request.COOKIES or GUEST_HEADER in request.headers


def remember_write(request: Any, response: Any) -> None:
    """Let a guest's next requests show what she has done; for whoever is signed in nothing is kept anyway."""
    if not request.user.is_authenticated and GUEST_HEADER not in request.headers:
        response.set_cookie(
            WROTE,
            "1",
            max_age=WROTE_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )


def _hashed(secret: str) -> str:
    # The table of keys must not become a table of sessions.
    return hashlib.sha256(secret.encode()).hexdigest()[:40]
