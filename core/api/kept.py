"""Answers as bytes, ready to send, kept in this process for as long as nothing changes that they show."""

import hashlib
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any, TypeVar

import orjson

from core import clock
from core.changes import feed

T = TypeVar("T")
Key = tuple[str, str, str]
"""A document's hash, its variables, and the language."""

# In a process: what a thousand lists weigh.
MOST_BYTES = 24_000_000
# What a look at the changes cannot see (an address that a storage signed for an hour) is read anew after so long.
LONGEST_SECONDS = 60.0
# Nobody waits longer than this for another one's answer.
PATIENCE_SECONDS = 3.0


@dataclass(slots=True, frozen=True)
class Kept:
    """One answer: its bytes, and what it stands on."""

    key: Key
    body: bytes
    names: tuple[str, ...]
    look: int  # the number of the feed's look before its data were read
    until: float
    day: date
    etag: str

    @property
    def weight(self) -> int:
        """Bytes of memory, roughly: each character of what a stranger wrote may take four."""
        written = sum(map(len, self.key)) + sum(map(len, self.names))
        return len(self.body) + 4 * written + 60 * len(self.names) + 1000

    def holds(self) -> bool:
        """Whether it may still be given."""
        return (
            time.monotonic() < self.until
            and self.day == clock.today()
            and feed.is_unchanged(self.names, self.look)
        )


class Answers:
    """Those kept, the least asked for leaving first."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most, self._size = most_bytes, 0
        self._kept: OrderedDict[Key, Kept] = OrderedDict()
        self._making: dict[Key, Lock] = {}
        self._lock = Lock()

    def find(self, key: Key, at_once: bool = False) -> Kept | None:
        """The answer, if it is kept and shows what is true; `at_once` for whoever has just written."""
        feed.look(at_once)
        return self.at_hand(key)

    def at_hand(self, key: Key) -> Kept | None:
        """The same by what is known of the changes, without a look at them."""
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                return None
            self._kept.move_to_end(key)
        return found if found.holds() else None

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

    def keep(self, key: Key, body: bytes, names: tuple[str, ...], look: int, seconds: float) -> Kept:
        """Keep an answer whose data were read after that look."""
        made = Kept(key, body, names, look, time.monotonic() + seconds, clock.today(), etag_of(body))
        with self._lock:
            self._forget(key)
            self._kept[key] = made
            self._size += made.weight
            while self._size > self._most:
                self._forget(next(iter(self._kept)))
        return made

    def _forget(self, key: Key) -> None:
        old = self._kept.pop(key, None)
        if old is not None:
            self._size -= old.weight

    def forget(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._kept.clear()
            self._size = 0

    def made(
        self, key: Key, names: tuple[str, ...], seconds: float, make: Callable[[], tuple[bytes | None, T]]
    ) -> tuple[Kept | None, T | None]:
        """(kept, what `make` gave beside its bytes): another's answer, or one made now; no bytes, nothing kept."""
        with self.alone(key):
            if found := self.at_hand(key):
                return found, None
            look = feed.number  # before the data, so that no change between the two is missed
            began = time.monotonic()
            body, beside = make()
            if body is None:
                return None, beside
            return self.keep(key, body, names, look, seconds - (time.monotonic() - began)), beside


def etag_of(body: bytes) -> str:
    """By which a browser or a CDN knows that it has these very bytes."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def as_bytes(data: Any, errors: list[dict[str, Any]] | None = None, extensions: Any = None) -> bytes:
    """An answer as it goes out."""
    answer = {"data": data}
    if errors:
        answer["errors"] = errors
    if extensions:
        answer["extensions"] = extensions
    return orjson.dumps(answer)


answers = Answers()
