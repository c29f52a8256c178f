"""The noes of the shelves."""

from collections.abc import Mapping, Sequence

from core.language import say
from core.refusals import Refusal

# Up to so many units are told exactly; above it we say "plenty" (docs/decisions/0004).
EXACT_UP_TO = 5


class InsufficientStock(Refusal):
    """Fewer units are left than were asked for."""

    code = "INSUFFICIENT_STOCK"

    def __init__(self, short: Mapping[int, int], *, field: str | Sequence[str] = "quantity"):
        """`short` says of each variant that cannot be had how many units are left, exactly: for us alone."""
        self.short = dict(short)
        left = min(self.short.values())
        known = left if left <= EXACT_UP_TO else None
        if not left:
            words = say("已经售完了。", "Sold out.")
        elif known:
            words = say("只剩 {n} 份了。", "Only {n} left.", n=known)
        else:
            words = say("没有这么多了，请减少数量。", "There are not that many left. Please take fewer.")
        super().__init__(words, field=field, units_left=known)
