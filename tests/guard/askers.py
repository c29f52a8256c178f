"""Everybody who may ask, by role, in a town full of other people's things."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.cache import cache
from django.db import connection, transaction

from tests.accounts.world import Asker

_COUNT = iter(range(10**9))


@contextmanager
def undone() -> Iterator[None]:
    """What is done inside leaves nothing behind: no row, and no count of how often somebody has asked."""
    before = cache.key_prefix
    cache.key_prefix = f"{before}:{next(_COUNT)}"
    try:
        with transaction.atomic():
            # As a test's own: the provider may be asked inside it.
            connection.atomic_blocks[-1]._from_testcase = True
            yield
            transaction.set_rollback(True)
    finally:
        cache.key_prefix = before


@contextmanager
def cookies_of(asker: Asker) -> Iterator[None]:
    """Whoever signs out inside is signed in again afterwards."""
    before: Any = asker.client.cookies.copy()
    try:
        yield
    finally:
        asker.client.cookies = before
