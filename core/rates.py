"""How often somebody may do something: fixed windows, counted in the cache."""

import logging
import time

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
