"""Words that the shop alone can make and read: a stranger learns nothing of one, and cannot make another.

The same values under the same name are the same word for ever, so that cached answers stay equal byte for byte.
"""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# A longer word is none of ours: known before anything is computed with it.
MOST_CHARACTERS = 2_000
# Values are filled up with spaces to whole blocks: the length of an id would tell how many there are.
BLOCK = 96


@lru_cache(maxsize=8)
def _box(secret: str) -> AESSIV:
    return AESSIV(HKDF(SHA256(), 64, salt=None, info=b"sheaf.opaque").derive(secret.encode()))


def encode(name: Sequence[str], values: Sequence[Any]) -> str:
    """The values as one word; only under the same name it can be read again."""
    raw = json.dumps(values, separators=(",", ":"), ensure_ascii=False).encode()
    filled = raw.ljust(-(-len(raw) // BLOCK) * BLOCK)
    sealed = _box(settings.SECRET_KEY).encrypt(filled, [part.encode() for part in name])
    return urlsafe_b64encode(sealed).rstrip(b"=").decode()


def decode(name: Sequence[str], word: str) -> list[Any] | None:
    """The values inside a word of this name; None for anything that the shop did not write."""
    if not word or len(word) > MOST_CHARACTERS or not word.isascii():
        return None
    try:
        sealed = urlsafe_b64decode(word + "=" * (-len(word) % 4))
    except ValueError:
        return None
    parts = [part.encode() for part in name]
    for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS):
        try:
            found: list[Any] = json.loads(_box(secret).decrypt(sealed, parts))
            return found
        except (InvalidTag, ValueError):
            continue
    return None
