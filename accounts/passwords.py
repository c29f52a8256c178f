"""Passwords that are easy to guess in this shop, whatever they are elsewhere."""

import re
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError

# What somebody types who is told to think of a password here; with the parts of the shop's own host (docs/security.md).
WORDS = ("sheaf", "hesu", "禾束", "fupin", "扶贫", "bangfu", "帮扶")
LEAST_BESIDE = 8
# What a hash is computed of; a longer one is refused, never cut short.
LONGEST = 200


class ShopWordsValidator:
    """Refuses a password that is a word of the shop's with fewer than eight characters beside it."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raises ValidationError with the code `password_of_the_shop`."""
        plain = password.casefold()
        words = {*WORDS, *(part for part in _host().split(".") if len(part) > 3)}
        for word in sorted(words, key=len, reverse=True):
            if (
                word in plain
                and len(plain) - len(word) * len(re.findall(re.escape(word), plain)) < LEAST_BESIDE
            ):
                raise ValidationError("of the shop", code="password_of_the_shop")


def _host() -> str:
    return (urlsplit(settings.SITE_URL).hostname or "").casefold()
