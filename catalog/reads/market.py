"""What others ask for the like: against it whoever reviews measures a price."""

from dataclasses import dataclass
from statistics import median_low

from catalog.models import Product
from catalog.reads.wanted import wanted
from catalog.search import measures

FEWEST = 3


@dataclass(frozen=True)
class Market:
    """The middle of what other teams ask per kilogram, or litre, of goods of one category, and what this one asks."""

    others: int
    middle_minor: int
    own_minor: int
    unit: str

    @property
    def percent(self) -> int:
        """By how much it is dearer, in whole percent; below zero where it is cheaper."""
        return round((self.own_minor - self.middle_minor) * 100 / self.middle_minor)


def per_thousand(minor: int | None, net_content: str, unit: str) -> int | None:
    """A price for a kilogram (`g`) or a litre (`ml`), to the fen; nothing where the net content says no such measure.

    >>> per_thousand(3690, "2.5 kg", "g")
    1476
    """
    net = measures.amount(net_content)
    return (minor * 2_000 + net[0]) // (2 * net[0]) if minor and net and net[1] == unit else None


def market_of(product: Product) -> Market | None:
    """Nothing where fewer than three others can be compared: of two nobody says what is usual."""
    others = Product.objects.filter(
        category=product.category_id, state=Product.State.PUBLISHED, kind=product.kind
    )
    rows = others.exclude(team=product.team_id).values_list("price_from_minor", "net_content_from")[:500]
    for unit in ("g", "ml"):
        own = per_thousand(*_own(product), unit)
        prices = [one for minor, net in rows if (one := per_thousand(minor, net, unit))] if own else []
        if own and len(prices) >= FEWEST:
            return Market(len(prices), median_low(prices), own, unit)
    return None


def _own(product: Product) -> tuple[int | None, str]:
    """Of its cheapest size as its team wants it, on the shelf or not."""
    sizes = [size for one in product.variants.all() if (size := wanted(one)).is_offered]
    cheapest = min(sizes, key=lambda size: size.price_minor, default=None)
    return (cheapest.price_minor, cheapest.net_content) if cheapest else (None, "")
