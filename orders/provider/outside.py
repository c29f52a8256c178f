"""What holds whenever a provider is asked, whichever it is: every adapter asks inside `asking`."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from core import failpoints

log = logging.getLogger("sheaf.provider")


@contextmanager
def asking(what: str) -> Iterator[None]:
    """One call outside (`begin`, `look`, `close`, `refund`): never while a transaction is open, and a place where a
    test may let the process die, before it and after it."""
    # A test's own wrapping does not count.
    ours = [block for block in connection.atomic_blocks if not getattr(block, "_from_testcase", False)]
    assert not ours, "the payment provider was called inside a transaction"
    failpoints.reach(f"provider.{what}.asking")
    began = time.monotonic()
    try:
        yield
    except Exception as failure:
        log.warning("%s: no after %.0f ms: %s", what, _ms_since(began), type(failure).__name__)
        raise
    log.info("%s: answered after %.0f ms", what, _ms_since(began))
    failpoints.reach(f"provider.{what}.answered")


def _ms_since(began: float) -> float:
    return (time.monotonic() - began) * 1000
