"""The port to WeChat: settings.WECHAT names the adapter and its keys; without keys it works nowhere."""

import re
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.wechat.port import Answer, Away, NoCode, NoKeys, Ticket, WeChat, Where

__all__ = [
    "Answer",
    "Away",
    "NoCode",
    "NoKeys",
    "Ticket",
    "WeChat",
    "Where",
    "is_inside",
    "place_of",
    "wechat",
]
_PHONE = re.compile(r"Android|iPhone|iPad|iPod|Mobile|HarmonyOS|OpenHarmony")


def wechat() -> WeChat:
    """Whom settings name."""
    made: WeChat = _made(str(settings.WECHAT["adapter"]), repr(settings.WECHAT["options"]))
    return made


@lru_cache(maxsize=4)
def _made(dotted: str, _: str) -> Any:
    options: Any = settings.WECHAT["options"]
    return import_string(dotted)(**options)


def is_inside(browser: str) -> bool:
    """Whether a browser says by its name that it is WeChat's own."""
    return "MicroMessenger" in browser


def place_of(browser: str) -> Where | None:
    """Where WeChat can be asked from, by the name that a browser gives itself: in WeChat's own (`MicroMessenger`), or on
    a desk. None where it works not: a phone's other browser has nothing to read a QR code with, or the shop has no keys.
    """
    if is_inside(browser):
        # WeChat on a computer opens the official account's page too.
        where = Where.INSIDE
    elif _PHONE.search(browser):
        return None
    else:
        where = Where.DESK
    return where if wechat().works(where) else None
