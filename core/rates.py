"""How often somebody may do something: fixed windows, counted in the cache."""

import logging
import time
from threading import Lock

from django.core.cache import cache

from core.refusals import TooMany

log = logging.getLogger("sheaf.rates")


def allow(name: str, who: str, limit: int, seconds: int, cost: int = 1) -> bool:
    """Count `cost` against this window; False when it is used up. Without a cache nobody is held up."""
    window = int(time.time()) // seconds
    key = f"rate:{name}:{who}:{window}"
    try:
        return _count(key, cost, seconds) <= limit
    except Exception as failure:
        log.warning("no rate is kept for %s: %s", name, type(failure).__name__)
        return True


class Tally:
    """What this process has counted against one window and not told the cache yet."""

    __slots__ = ("untold", "known", "told_at")

    def __init__(self) -> None:
        self.untold, self.known, self.told_at = 0, 0, float("-inf")


# By name and asker, for the window that is running.
_tallies: dict[str, Tally] = {}
_window = 0
_lock = Lock()
TELL_EVERY = 0.1  # seconds
MOST_TALLIES = 50_000


def allow_roughly(name: str, who: str, limit: int, seconds: int, cost: int = 1) -> bool:
    """As `allow`, for what is asked thousands of times a second: each process tells the cache its count ten times
    a second, so that a limit may be passed by what comes in a tenth of a second at each of them."""
    global _window
    now = time.time()
    window = int(now) // seconds
    key = f"rate:{name}:{who}:{window}"
    with _lock:
        if window != _window or len(_tallies) > MOST_TALLIES:
            _tallies.clear()
            _window = window
        tally = _tallies.get(key) or _tallies.setdefault(key, Tally())
        tally.untold += cost
        if now - tally.told_at < TELL_EVERY:
            return tally.known + tally.untold <= limit
        telling, tally.untold, tally.told_at = tally.untold, 0, now
        tally.known += telling
    try:
        known = _count(key, telling, seconds)
    except Exception as failure:
        log.warning("no rate is kept for %s: %s", name, type(failure).__name__)
        with _lock:
            tally.known = 0
        return True
    tally.known = known
    return tally.known + tally.untold <= limit


def forget() -> None:
    """Know nothing of what was counted, as at the start."""
    with _lock:
        _tallies.clear()


def _count(key: str, cost: int, seconds: int) -> int:
    try:
        return cache.incr(key, cost)
    except ValueError:  # the window's first
        cache.add(key, 0, timeout=seconds + 1)
        return cache.incr(key, cost)


def demand(name: str, who: str, limit: int, seconds: int, cost: int = 1) -> None:
    """Refuse with TOO_MANY_REQUESTS when the window is used up."""
    if not allow(name, who, limit, seconds, cost):
        raise TooMany()
