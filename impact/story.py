"""What each part of a paid line comes to: pure arithmetic, the same for the ledger and for who checks it."""

from collections.abc import Sequence
from dataclasses import dataclass

from catalog.models import PriceStory
from catalog.models.variant import HOUSEHOLD_PARTS
from core.money import split
from orders.models import Line

WHOLE_BPS = 10_000


@dataclass(frozen=True)
class Portions:
    """A line's net in fen: the households' part by lot, and the other parts of its price story."""

    households: dict[int, int]
    parts: dict[str, int]

    @property
    def total(self) -> int:
        """All of it: the net that was shared."""
        return sum(self.households.values()) + sum(self.parts.values())


def with_subsidy(line: Line, paid_minor: int) -> int:
    """What a line is shared out at while so much of what its buyer paid remains: that, and as large a part of what the
    shop's coupon paid in her place. The households' part is so that of the full price, and a refund gives buyer and shop
    each their own back."""
    return paid_minor + (line.subsidy_minor * paid_minor // line.net_minor if line.subsidy_minor else 0)


def paid_of(line: Line, shared_minor: int) -> int:
    """How much of what its buyer paid remains of a line that is shared out at so much: the other way round, exactly."""
    if not line.subsidy_minor:
        return shared_minor
    return -(-shared_minor * line.net_minor // (line.net_minor + line.subsidy_minor))


def portions(net_minor: int, story: PriceStory, draws: Sequence[tuple[int, int]]) -> Portions:
    """Share a line's net out by its price story; `draws` are (lot id, units) in the order of lot ids.

    Over the lots by units; of each lot's fen N the households' part is floor(N·σ/10000) and the other
    parts share what is left (domain 3.5), so that all of it adds up to the net.
    """
    others = {part: bps for part, bps in story.parts().items() if part not in HOUSEHOLD_PARTS and bps}
    households: dict[int, int] = {}
    parts = dict.fromkeys(others, 0)
    for (lot_id, _), share in zip(draws, split(net_minor, [units for _, units in draws]), strict=True):
        households[lot_id] = share * story.household_bps // WHOLE_BPS
        if others:  # else all of it is the households'
            left = share - households[lot_id]
            for part, amount in zip(others, split(left, list(others.values())), strict=True):
                parts[part] += amount
    return Portions(households, parts)
