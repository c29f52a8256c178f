"""Who keeps trying waits longer each time; counted in the cache, and no worker ever sleeps for it.

A lane is where somebody tries: this account from that address. Each lane waits for itself, so that a stranger's
tries are paid by the stranger. A try is counted before anybody looks whether it was right: a hundred at one moment
are a hundred tries. `relent` forgets them once it was.
"""

import logging
import time
from functools import cache as once
from typing import Any, cast

from django.core.cache import cache
from redis.commands.core import Script

from core.rates import connected
from core.refusals import TooMany

log = logging.getLogger("sheaf.rates")

FREE = 5  # tries before the first wait
FIRST_SECONDS, MOST_SECONDS = 2.0, 900.0
FORGOTTEN_AFTER = 3600.0  # seconds without a try

# The state is (tries, until when the next one waits). A lane that is new while others are under attack is greeted:
# it waits once before its first try, so that changing the lane gains nothing, and whoever waits is let in.
_SCRIPT = """
    local now, free, first, most = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
    local greeting, kept = tonumber(ARGV[5]), ARGV[6]
    local tries = tonumber(redis.call('HGET', KEYS[1], 'tries'))
    local till = tonumber(redis.call('HGET', KEYS[1], 'till') or '0')
    if not tries and greeting > 0 then
        redis.call('HSET', KEYS[1], 'tries', 0, 'till', now + greeting)
        redis.call('PEXPIRE', KEYS[1], kept)
        return greeting
    end
    if now < till then return till - now end
    tries = (tries or 0) + 1
    local pause = 0
    if tries >= free then pause = math.min(most, first * 2 ^ math.min(tries - free, 40)) end
    redis.call('HSET', KEYS[1], 'tries', tries, 'till', string.format('%.0f', now + pause))
    redis.call('PEXPIRE', KEYS[1], kept)
    return 0
"""


def seconds_to_wait(
    name: str,
    lane: str,
    *,
    free: int = FREE,
    first: float = FIRST_SECONDS,
    most: float = MOST_SECONDS,
    greeting: float = 0,
    forget: float = FORGOTTEN_AFTER,
) -> float:
    """0 lets this try go on and counts it; else how long to wait. Without a cache nobody is held up.

    The first `free` tries of a lane do not wait, then twice as long each time, from `first` seconds to `most`.
    With `greeting` a new lane waits so many seconds before its first.
    """
    given = [_milliseconds(n) for n in (now(), first, most, greeting, forget)]
    try:
        left = _script()(keys=[_key(name, lane)], args=[given[0], free, *given[1:]])
    except Exception as failure:
        log.warning("nobody waits for %s: %s", name, type(failure).__name__)
        return 0
    return cast(int, left) / 1000


def demand(name: str, lane: str, **how: Any) -> None:
    """Refuse a try that comes too soon, and say when it may come again."""
    if wait := seconds_to_wait(name, lane, **how):
        raise TooMany(seconds=wait)


def relent(name: str, lane: str) -> None:
    """It was right: what was tried before is forgotten."""
    try:
        cache.delete(_plain(name, lane))
    except Exception as failure:
        log.warning("nothing is forgotten of %s: %s", name, type(failure).__name__)


def now() -> float:
    """The wall clock's seconds."""
    return time.time()


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)


def _plain(name: str, lane: str) -> str:
    return f"patience:{name}:{lane}"


def _key(name: str, lane: str) -> str:
    return cache.make_key(_plain(name, lane))


@once
def _script() -> Script:
    return connected().register_script(_SCRIPT)
