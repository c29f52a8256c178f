"""What holds whenever a provider is asked, whichever it is: every adapter asks inside `asking`."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from core import failpoints


@contextmanager
def asking(what: str) -> Iterator[None]:
    """One call outside (`begin`, `look`, `close`, `refund`): never while a transaction is open, and a place where a
    test may let the process die, before it and after it."""
    # A test's own wrapping does not count.
    ours = [block for block in connection.atomic_blocks if not getattr(block, "_from_testcase", False)]
    assert not ours, "the payment provider was called inside a transaction"
    failpoints.reach(f"provider.{what}.asking")
    yield
    failpoints.reach(f"provider.{what}.answered")
