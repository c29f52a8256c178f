"""Answers and pages as bytes, ready to send, kept in this process for as long as nothing changes that they show."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import TypeVar

from core import clock
from core.api.reply import etag_of
from core.fast.bounded import Bounded
from core.fast.changes import feed

T = TypeVar("T")
Key = tuple[str, str, str]
"""A document's hash or a page's name, its variables or address, and the language."""

# In a process: what a thousand lists weigh.
MOST_BYTES = 24_000_000
# Nobody waits longer than this for another one's answer.
PATIENCE_SECONDS = 3.0


@dataclass(slots=True, frozen=True)
class CachedResponse:
    """One answer: its bytes, and what it stands on."""

    key: Key
    body: bytes
    cache_tags: tuple[str, ...]
    look: int  # the number of the feed's look before its data were read
    until: float
    day: date
    etag: str

    @property
    def weight(self) -> int:
        """Bytes of memory, roughly: each character of what a stranger wrote may take four."""
        written = sum(map(len, self.key)) + sum(map(len, self.cache_tags))
        return len(self.body) + 4 * written + 60 * len(self.cache_tags) + 1000

    def holds(self) -> bool:
        """Whether it may still be given."""
        return (
            time.monotonic() < self.until
            and self.day == clock.today()
            and feed.is_unchanged(self.cache_tags, self.look)
        )


class Responses:
    """Those kept, the least asked for leaving first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.cached: Bounded[Key, CachedResponse] = Bounded(most_bytes)
        self._making: dict[Key, Lock] = {}
        self._lock = Lock()

    def find(self, key: Key, read_your_writes: bool = False) -> CachedResponse | None:
        """The answer, if it is cached and shows what is true; `read_your_writes` for whoever has just written."""
        feed.look(read_your_writes)
        return self.at_hand(key)

    def at_hand(self, key: Key) -> CachedResponse | None:
        """The same by what is known of the changes, without a look at them."""
        found = self.cached.get(key)
        return found if found is not None and found.holds() else None

    @contextmanager
    def alone(self, key: Key) -> Iterator[None]:
        """Inside it nobody else makes this answer: when it changes, the next one who asks makes it for all."""
        with self._lock:
            mine = self._making.setdefault(key, Lock())
        taken = mine.acquire(timeout=PATIENCE_SECONDS)
        try:
            yield
        finally:
            if taken:
                mine.release()
            with self._lock:
                self._making.pop(key, None)

    def keep(
        self, key: Key, body: bytes, cache_tags: tuple[str, ...], look: int, seconds: float
    ) -> CachedResponse:
        """Keep an answer whose data were read after that look."""
        until = time.monotonic() + seconds
        made = CachedResponse(key, body, cache_tags, look, until, clock.today(), etag_of(body))
        self.cached.put(key, made)
        return made

    def forget(self) -> None:
        """Keep nothing."""
        self.cached.clear()

    def made(
        self,
        key: Key,
        cache_tags: tuple[str, ...],
        seconds: float,
        make: Callable[[], tuple[bytes | None, T]],
    ) -> tuple[CachedResponse | None, T | None]:
        """(cached, what `make` gave beside its bytes): another's answer, or one made now; no bytes, nothing kept."""
        with self.alone(key):
            if found := self.at_hand(key):
                return found, None
            look = feed.number  # before the data, so that no change between the two is missed
            began = time.monotonic()
            body, beside = make()
            if body is None:
                return None, beside
            return self.keep(key, body, cache_tags, look, seconds - (time.monotonic() - began)), beside


responses = Responses()
