"""What differs from visitor to visitor on a page that is otherwise the same for every guest.

Such a page is kept with holes in these places, and filled for each visitor: her token against forgery, the keys
of her deeds, how much is in her cart, and whether her place is closed for delivery.
"""

import re
import secrets
from typing import Any
from uuid import uuid4

from django.middleware.csrf import get_token
from django.utils.safestring import SafeString

# Nobody can write it into a text that is shown: it is new in each process.
_MARK = secrets.token_hex(12)
_HOLE = re.compile(rf"{_MARK}-([a-z]+)-".encode())


def is_shared(request: Any) -> bool:
    """Whether the page that is being made is one for all guests, with holes."""
    return getattr(request, "has_holes", False)


def hole(name: str) -> SafeString:
    """A place to be filled: token, key, cart or closed."""
    return SafeString(f"{_MARK}-{name}-")


def has_hole(text: str) -> bool:
    """Whether something is still to be filled in there."""
    return _MARK in text


def filled(request: Any, page: bytes, **shown: str) -> bytes:
    """The page for this visitor; `shown` is what the places of these names show."""
    token = b""

    def fill(found: re.Match[bytes]) -> bytes:
        nonlocal token
        if (text := shown.get(found[1].decode())) is not None:
            return text.encode()
        if found[1] == b"key":
            return str(uuid4()).encode()
        token = token or get_token(request).encode()
        return token

    return _HOLE.sub(fill, page)
