"""Short messages to mobile numbers: the port that each message house is an adapter of.

A house sends no text of ours but a template that it has approved, under a signature that it has approved, with what is
to be filled in: so that is what the port takes. From tasks only, as mails: nothing is sent inside a transaction.
"""

from functools import lru_cache
from typing import Any, Protocol

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string


class NotSent(Exception):
    """The house has not taken it; its own code says why. It names no number."""


class TextHouse(Protocol):
    """Whoever carries texts."""

    def send(self, number: str, template: str, language: str, facts: dict[str, str]) -> None:
        """Have this template sent to this number (E.164), filled in. NotSent, or the transport's own error, where it was
        not taken: it is tried again."""


def is_on() -> bool:
    """Whether this shop sends texts at all: without a house no page offers what would wait for one."""
    return bool(settings.TEXT_HOUSE["adapter"])


def carries(template: str) -> bool:
    """Whether the house has a template for this: of one that names none of its own, each."""
    named = settings.TEXT_HOUSE["options"].get("templates")
    return is_on() and (named is None or any(name.partition(".")[0] == template for name in dict(named)))


@lru_cache(maxsize=4)
def _house(adapter: str, options: tuple[tuple[str, Any], ...]) -> TextHouse:
    return import_string(adapter)(**dict(options))


def send(number: str, template: str, language: str, facts: dict[str, str]) -> None:
    """Send one by the shop's house."""
    if any(not getattr(block, "_from_testcase", False) for block in connection.atomic_blocks):
        raise RuntimeError("a text was to be sent inside a transaction")
    chosen = settings.TEXT_HOUSE
    options = {
        k: tuple(sorted(v.items())) if isinstance(v, dict) else v for k, v in chosen["options"].items()
    }
    _house(chosen["adapter"], tuple(sorted(options.items()))).send(number, template, language, facts)
