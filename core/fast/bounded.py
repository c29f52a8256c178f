"""What is kept in a process by key, within so many bytes; what was asked for least leaves first."""

from collections import OrderedDict
from collections.abc import Hashable
from threading import Lock
from typing import Generic, Protocol, TypeVar


class Weighed(Protocol):
    """What knows how many bytes it takes, roughly."""

    @property
    def weight(self) -> int:
        """Bytes of memory."""


K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Weighed)


class Bounded(Generic[K, V]):
    """Entries that together weigh at most so much, whatever strangers send."""

    def __init__(self, most_bytes: int):
        self.most, self.size = most_bytes, 0
        self._held: OrderedDict[K, V] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._held)

    def get(self, key: K) -> V | None:
        """The entry, which is then the last to leave."""
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: K, entry: V) -> None:
        """Keep it, and let go of what there is no room for."""
        with self._lock:
            self._drop(key)
            self._held[key] = entry
            self.size += entry.weight
            while self.size > self.most:
                self._drop(next(iter(self._held)))

    def _drop(self, key: K) -> None:
        if old := self._held.pop(key, None):
            self.size -= old.weight

    def clear(self) -> None:
        """Keep nothing."""
        with self._lock:
            self._held.clear()
            self.size = 0
