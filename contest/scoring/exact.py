"""Decimal arithmetic that is the same on each machine: 34 digits, rounded once, half-even, to four decimals."""

from collections.abc import Iterator
from contextlib import contextmanager
from decimal import ROUND_HALF_EVEN, Context, Decimal, localcontext

DIGITS = 34
CONTEXT = Context(prec=DIGITS, rounding=ROUND_HALF_EVEN)
PLACES = Decimal("0.0001")
ONE, ZERO = Decimal(1), Decimal(0)
WHOLE_BPS = 10_000


@contextmanager
def exactly() -> Iterator[None]:
    """Inside the block decimals are computed with 34 digits, whatever the thread's own context is."""
    with localcontext(CONTEXT):
        yield


def rounded(value: Decimal) -> Decimal:
    """To four decimals, half-even: each figure that is told is rounded here, and once."""
    with exactly():
        return value.quantize(PLACES)
