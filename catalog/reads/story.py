"""What each part of a price comes to, in fen."""

from catalog.models import PriceStory
from catalog.models.variant import HOUSEHOLD_PARTS
from core.money import split

WHOLE_BPS = 10_000


def amounts(price_minor: int, story: PriceStory) -> dict[str, int]:
    """The price by its parts, those that are told: the households' by floor, as when it is attributed.

    Households' parts share floor(price·σ/10000), the others what is left, so that all of it adds up.
    """
    told = {part: bps for part, bps in story.parts().items() if bps}
    ours = {part: bps for part, bps in told.items() if part in HOUSEHOLD_PARTS}
    others = {part: bps for part, bps in told.items() if part not in HOUSEHOLD_PARTS}
    households = price_minor * story.household_bps // WHOLE_BPS if others else price_minor
    shared: dict[str, int] = {}
    for weights, amount in ((ours, households), (others, price_minor - households)):
        if weights:
            shared |= dict(zip(weights, split(amount, list(weights.values())), strict=True))
    return {part: shared[part] for part in told}
