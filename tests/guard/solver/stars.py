"""A statistician of reviews: she looks each evening for a month at what is told of stars, and takes away what she can read.

What is shown she has read herself: how many reviews there are and what they give. Where a card, a list's order or the words
for machines follow anything else, there are reviews that she was not shown: how many, and how many stars they gave.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.test import Client

from catalog.models import Product
from core.fast.responses import responses
from tests.guard.solver.stranger import Stranger

Sums = tuple[str | None, int]  # the mean as it is told, and of how many
NOTHING: Sums = (None, 0)
LIST = (
    """query($after: String) { %s { nodes { slug stars reviewCount } pageInfo { hasNextPage endCursor } } }"""
)
ROOTS = (
    "products(first: 24, sort: RATING, after: $after)",
    "search(first: 24, sort: RATING, after: $after)",
)
ONE = """query($slug: String!, $after: String) { product(slug: $slug) { stars reviewCount }
  rating(product: $slug) { average count byStars { stars count } }
  reviews(product: $slug, first: 50, after: $after) {
    totalCount nodes { id stars words nickname writtenAt } pageInfo { hasNextPage endCursor } } }"""
_MARKED = re.compile(r'"aggregateRating":(\{[^}]*\})')
_CARD = re.compile(r'href="/en/p/([\w-]+)/"')


@dataclass(frozen=True)
class Told:
    """What is told of one product: its sums by where they stand, and each review that is shown."""

    sums: dict[str, Sums]
    reviews: tuple[tuple[str, ...], ...]

    @property
    def stars(self) -> list[int]:
        """What those give that are shown."""
        return [int(stars) for _, stars, *_ in self.reviews]


@dataclass(frozen=True)
class Sight:
    """What is told on one evening: of each product, and every list in the order of its stars."""

    of: dict[str, Told]
    orders: dict[str, tuple[str, ...]]


def look() -> Sight:
    """Every list by its stars, every product and its page, as a stranger reads them; nothing is kept from before."""
    responses.forget()
    found: dict[str, dict[str, Sums]] = {}
    orders = {}
    for root in ROOTS:
        name, order = root.partition("(")[0], []
        after, more = None, True
        while more:
            page = Stranger().ask(LIST % root, after=after)[name]
            for one in page["nodes"]:
                found.setdefault(one["slug"], {})[name] = (one["stars"], one["reviewCount"])
                order.append(one["slug"])
            after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        orders[name] = tuple(order)
    shelf = Client().get("/en/shop/?sort=RATING").content.decode()
    orders["the shelf"] = tuple(dict.fromkeys(_CARD.findall(shelf)))
    return Sight({slug: _told(slug, sums) for slug, sums in found.items()}, orders)


def _told(slug: str, sums: dict[str, Sums]) -> Told:
    reviews: list[tuple[str, ...]] = []
    after, more = None, True
    while more:
        page = Stranger().ask(ONE, slug=slug, after=after)
        rows = page["reviews"]
        reviews += [tuple(map(str, one.values())) for one in rows["nodes"]]
        after, more = rows["pageInfo"]["endCursor"], rows["pageInfo"]["hasNextPage"]
    product, rating = page["product"], page["rating"]
    written = _MARKED.search(Client().get(f"/en/p/{slug}/").content.decode())
    marked = json.loads(written[1]) if written else {}
    return Told(
        sums
        | {
            "product": (product["stars"], product["reviewCount"]),
            "rating": (rating["average"], rating["count"]),
            "each number": explained(
                [one["stars"] for one in rating["byStars"] for _ in range(one["count"])]
            ),
            "how many": (rating["average"], rows["totalCount"]),
            "for machines": (marked["ratingValue"], marked["reviewCount"]) if marked else NOTHING,
        },
        tuple(reviews),
    )


def explained(stars: list[int]) -> Sums:
    """What reviews that give these stars come to: the mean in tenths, halves up."""
    if not stars:
        return NOTHING
    mean = Decimal(sum(stars)) / len(stars)
    return str(mean.quantize(Decimal("0.1"), ROUND_HALF_UP)), len(stars)


def by_sums(sight: Sight) -> Iterator[tuple[str, str, int, int]]:
    """(where, product, reviews that are not shown, stars they gave), wherever what is told is not what is shown."""
    for slug, told in sight.of.items():
        for where, (mean, count) in told.sums.items():
            if (mean, count) != explained(told.stars):
                # Of few the mean in tenths is their sum.
                total = int((Decimal(mean or 0) * count).quantize(Decimal(1), ROUND_HALF_UP))
                yield where, slug, count - len(told.stars), total - sum(told.stars)


def by_order(sight: Sight) -> Iterator[tuple[str, str]]:
    """(list, product) wherever one stands above another of which more is shown."""
    newest = dict(Product.objects.values_list("slug", "published_at"))

    def place(slug: str) -> tuple[Decimal, int, object]:
        mean, count = explained(sight.of[slug].stars)
        return Decimal(mean or 0), count, newest[slug]

    for name, order in sight.orders.items():
        yield from ((name, a) for a, b in zip(order, order[1:], strict=False) if place(a) < place(b))


def moved(before: Sight, after: Sight) -> set[str]:
    """Products of which something else is told."""
    return {slug for slug in before.of.keys() | after.of.keys() if before.of.get(slug) != after.of.get(slug)}
