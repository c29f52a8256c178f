"""How often somebody may do something: fixed windows, counted in the cache."""

import logging
import time
from collections.abc import Sequence
from functools import cache as once
from threading import Lock
from typing import Any, cast

from django.conf import settings
from django.core.cache import cache
from redis import Redis
from redis.commands.core import Script

from core.refusals import TooMany

log = logging.getLogger("sheaf.rates")


def allow(name: str, who: str, limit: int, seconds: int, cost: int = 1) -> bool:
    """Count `cost` against this window; False when it is used up. Without a cache nobody is held up."""
    return allow_each([(name, who, limit)], seconds, cost)


def allow_each(windows: Sequence[tuple[str, str, int]], seconds: int, cost: int = 1) -> bool:
    """The same for several windows, (name, who, limit), until one of them is used up."""
    window = int(time.time()) // seconds
    keys = [f"rate:{name}:{who}:{window}" for name, who, _ in windows]
    limits = [limit for _, _, limit in windows]
    try:
        counts = _count_each(keys, limits, cost, seconds)
    except Exception as failure:
        log.warning("no rate is kept for %s: %s", windows[0][0], type(failure).__name__)
        return True
    return all(count <= limit for count, limit in zip(counts, limits, strict=False))


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
# What each weighs with its name, roughly, and all of them in a process.
TALLY_BYTES, MOST_BYTES = 400, 8_000_000
MOST_TALLIES = MOST_BYTES // TALLY_BYTES


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


def allow_without_waiting(name: str, who: str, limit: int, seconds: int, cost: int = 1) -> bool:
    """As `allow_roughly` without waiting for the cache: False, and nothing counted, when it has to be told first."""
    now = time.time()
    window = int(now) // seconds
    with _lock:
        tally = _tallies.get(f"rate:{name}:{who}:{window}") if window == _window else None
        if tally is None or now - tally.told_at >= TELL_EVERY or tally.known + tally.untold + cost > limit:
            return False
        tally.untold += cost
    return True


def forget() -> None:
    """Know nothing of what was counted, as at the start."""
    with _lock:
        _tallies.clear()


def _count(key: str, cost: int, seconds: int) -> int:
    return _count_each([key], [MANY], cost, seconds)[0]


MANY = 2**53
# All windows of a request in one round trip: Django's cache takes four for each that is new.
_SCRIPT = """
    local counts = {}
    for i, key in ipairs(KEYS) do
        counts[i] = redis.call('INCRBY', key, ARGV[1])
        if counts[i] == tonumber(ARGV[1]) then redis.call('EXPIRE', key, ARGV[2]) end
        if counts[i] > tonumber(ARGV[i + 2]) then break end
    end
    return counts
"""


def _count_each(keys: Sequence[str], limits: Sequence[int], cost: int, seconds: int) -> list[int]:
    """Add `cost` to each until one is above its limit: what they have come to."""
    names = [cache.make_key(key) for key in keys]
    return cast(list[int], _script()(keys=names, args=[cost, seconds + 1, *limits]))


@once
def _script() -> Script:
    return connected().register_script(_SCRIPT)


@once
def connected() -> Redis:
    """The cache's server itself, for what is counted by a script."""
    where: Any = settings.CACHES["default"]
    return Redis.from_url(where["LOCATION"], **where["OPTIONS"])


def counted(name: str, who: str, seconds: int, cost: int = 0) -> int:
    """What a window has come to, `cost` included; without a cache nothing."""
    window = int(time.time()) // seconds
    try:
        return _count(f"rate:{name}:{who}:{window}", cost, seconds)
    except Exception as failure:
        log.warning("nothing is counted of %s: %s", name, type(failure).__name__)
        return 0


def demand(name: str, who: str, limit: int, seconds: int, cost: int = 1) -> None:
    """Refuse with TOO_MANY_REQUESTS when the window is used up."""
    demand_each([(name, who, limit)], seconds, cost)


def demand_each(windows: Sequence[tuple[str, str, int]], seconds: int, cost: int = 1) -> None:
    """Refuse with TOO_MANY_REQUESTS when one of the windows (name, who, limit) is used up."""
    if not allow_each(windows, seconds, cost):
        raise TooMany(seconds=seconds_left(seconds))


def seconds_left(seconds: int) -> float:
    """Until the window that is running ends."""
    return seconds - time.time() % seconds
