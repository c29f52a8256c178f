"""A statistician of units sold: she looks each day for a month at what is told of all products, and owns some of them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from catalog.models import Product
from tests.orders.world import Buyer

LIST = "query($sort: ProductSort!, $after: String) { %s { nodes { slug unitsSold } pageInfo { hasNextPage endCursor } } }"
ROOTS = (
    "products(first: 24, sort: $sort, after: $after)",
    "search(first: 24, sort: $sort, after: $after)",
)
MOST = 10**6


@dataclass(frozen=True)
class Sight:
    """What was told on one day: each product's words, and the order by sales."""

    labels: dict[str, str | None]
    orders: tuple[tuple[str, ...], ...]


def look() -> Sight:
    """Every page of both lists, as a stranger reads them."""
    labels: dict[str, str | None] = {}
    orders = []
    for root in ROOTS:
        found: list[str] = []
        after, more = None, True
        while more:
            page = Buyer().ask(LIST % root, sort="SALES", after=after)[root.partition("(")[0]]
            labels |= {one["slug"]: one["unitsSold"] for one in page["nodes"]}
            found += [one["slug"] for one in page["nodes"]]
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        orders.append(tuple(found))
    return Sight(labels, tuple(orders))


Bounds = dict[str, tuple[int, int]]


def by_words(sight: Sight, bounds: Bounds, own: dict[str, int]) -> Bounds:
    """At least what is told, and less than the next that is known to be told."""
    steps = [0, 10, 50, 100, 500, 1000, MOST]
    found = {}
    for slug, (low, high) in bounds.items():
        told = int((sight.labels[slug] or "0").rstrip("+").replace(",", ""))
        most = steps[steps.index(told) + 1] - 1 if told in steps else told
        found[slug] = max(low, told), min(high, most) if told in steps else told
    return found


def by_rank(sight: Sight, bounds: Bounds, own: dict[str, int]) -> Bounds:
    """Between two of her own, whose figures she knows, where the order is not what the words and the days explain."""
    newest = dict(Product.objects.values_list("slug", "published_at"))

    def explained(slug: str) -> tuple[int, object]:
        return int((sight.labels[slug] or "0").rstrip("+").replace(",", "")), newest[slug]

    found = dict(bounds)
    for order in sight.orders:
        if list(order) == sorted(order, key=explained, reverse=True):
            continue
        for place, slug in enumerate(order):
            if slug in own or slug not in found:
                continue
            above = [own[one] for one in order[:place] if one in own]
            below = [own[one] for one in order[place:] if one in own]
            low, high = found[slug]
            found[slug] = max(low, *below, 0), min(high, *above, MOST)
    return found


WAYS: dict[str, Callable[[Sight, Bounds, dict[str, int]], Bounds]] = {"words": by_words, "rank": by_rank}


def derived(sight: Sight, own: dict[str, int], others: list[str]) -> Iterator[tuple[str, str, int]]:
    """What is known exactly of products that are not hers: by which way, of which, how many."""
    for name, way in WAYS.items():
        for slug, (low, high) in way(sight, dict.fromkeys(others, (0, MOST)), own).items():
            if low == high:
                yield name, slug, low
