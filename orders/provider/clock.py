"""Whether our clock is the provider's: signed notices are believed for five minutes, so a wrong one refuses them all."""

import logging
import time
from collections.abc import Mapping
from email.utils import parsedate_to_datetime

log = logging.getLogger("sheaf.payments")

# Answers carry whole seconds and take their time; two minutes are no accident.
TOLERATED_SECONDS = 120.0
SAID_EVERY_SECONDS = 600.0
_off: float = 0.0
_said_at: float = float("-inf")


def note(headers: Mapping[str, str]) -> None:
    """Compare our clock with the moment that an answer carries, and say so when they are minutes apart."""
    global _off, _said_at
    try:
        told = parsedate_to_datetime(headers.get("Date") or "").timestamp()
    except (TypeError, ValueError):
        return
    _off = time.time() - told
    if is_wrong() and time.monotonic() - _said_at > SAID_EVERY_SECONDS:
        _said_at = time.monotonic()
        log.error("our clock and the payment provider's are %+d seconds apart: its notices are refused", _off)


def is_wrong() -> bool:
    """Whether they were minutes apart when the provider last answered this process."""
    return abs(_off) > TOLERATED_SECONDS


def seconds_off() -> int:
    """How far ours is ahead, in whole seconds."""
    return round(_off)
