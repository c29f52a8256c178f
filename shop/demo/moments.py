"""What the demo does at other moments of the trade's clock than now."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from core import clock


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """The trade's clock stands there within the block, and afterwards where it had stood."""
    before = clock.offset()
    clock.stand_at(moment)
    try:
        yield
    finally:
        clock.move(before - clock.offset())
