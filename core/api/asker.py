"""Who asks, in one word: keys of idempotency and rates hang on it."""

import hashlib
from typing import Any

GUEST_HEADER = "X-Guest"


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
    return "guest"


def _hashed(secret: str) -> str:
    # The table of keys must not become a table of sessions.
    return hashlib.sha256(secret.encode()).hexdigest()[:40]
