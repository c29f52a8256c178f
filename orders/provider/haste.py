"""Whoever answers a visitor asks the provider once and briefly; the rest is done by a worker, who has the time."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from orders.provider.port import Slow

# How long a request of a visitor's waits for the provider, all in all; a worker waits as long as a lease allows.
BRIEF_SECONDS, PATIENT_SECONDS = 1.2, 25.0
# So many threads of a process wait outside at once, of four; another waits a moment for its turn.
OUTSIDE, TURN_SECONDS = 2, 0.05
# After so many that were too slow in a row nobody waits any more; then one tries whether it is over.
SLOW_ONES, SHUT_SECONDS = 2, 10.0

_in_haste: ContextVar[bool] = ContextVar("in_haste", default=False)


def is_hasty() -> bool:
    """Whether a visitor waits for what is asked."""
    return _in_haste.get()


@contextmanager
def in_haste() -> Iterator[None]:
    """Ask the provider once and briefly in this block."""
    token = _in_haste.set(True)
    try:
        yield
    finally:
        _in_haste.reset(token)


class HasteMiddleware:
    """Every request is in haste: its thread is one of few."""

    def __init__(self, get_response: Callable[[Any], Any]):
        self.get_response = get_response

    def __call__(self, request: Any) -> Any:
        """Answer it."""
        with in_haste():
            return self.get_response(request)


class Gate:
    """How many threads of this process may wait for the provider, and whether any may: one a provider."""

    def __init__(self) -> None:
        self._turns = threading.BoundedSemaphore(OUTSIDE)
        self._lock = threading.Lock()
        self._slow = 0
        self._shut_until = 0.0

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Go outside in haste; raises Slow where nobody may wait for it now."""
        self._try()
        if not self._turns.acquire(timeout=TURN_SECONDS):
            raise Slow("others wait for the provider")
        try:
            yield
        except Slow:
            self._was(slow=True)
            raise
        except BaseException:
            self._was(slow=False)  # a no is an answer
            raise
        else:
            self._was(slow=False)
        finally:
            self._turns.release()

    def _try(self) -> None:
        with self._lock:
            if self._slow < SLOW_ONES:
                return
            now = time.monotonic()
            if now < self._shut_until:
                raise Slow("the provider is slow; a worker asks it")
            self._shut_until = now + SHUT_SECONDS  # this one tries for all

    def _was(self, *, slow: bool) -> None:
        with self._lock:
            self._slow = self._slow + 1 if slow else 0
            if self._slow >= SLOW_ONES:
                self._shut_until = time.monotonic() + SHUT_SECONDS
