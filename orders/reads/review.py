"""What buyers say of a product, and what it comes to."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery

from catalog.models import Product
from catalog.reads import published_products
from core import fast
from orders.models import Review

STARS = (5, 4, 3, 2, 1)


@dataclass(frozen=True)
class StarCount:
    """How many have given so many stars."""

    stars: int
    count: int


@dataclass(frozen=True)
class Rating:
    """How many have reviewed, and the mean of their stars with one decimal, none without a review; how many of them in
    words, and how many gave each number of stars, the most stars first."""

    count: int
    average: str | None
    with_words: int
    by_stars: tuple[StarCount, ...]


def shown() -> QuerySet[Review]:
    """Reviews that anyone may read."""
    return Review.objects.filter(is_hidden=False)


def reviews_of(slug: str, stars: int | None = None, with_words: bool = False) -> QuerySet[Review]:
    """Those of a product on sale; of so many stars alone, or only those that say something."""
    found = shown().filter(product__in=published_products().filter(slug=slug))
    if stars is not None:
        found = found.filter(stars=stars)
    return found.exclude(words="") if with_words else found


def _sums(slug: str) -> QuerySet[Product]:
    own = shown().filter(product=OuterRef("pk")).order_by().values("product")
    sums = {f"of_{n}": Subquery(own.filter(stars=n).values(n=Count("pk"))) for n in STARS}
    sums["with_words"] = Subquery(own.exclude(words="").values(n=Count("pk")))
    return published_products().filter(slug=slug).only("pk").annotate(**sums)


_SUMS = fast.PreparedQuery(_sums)


def rating_of(slug: str) -> Rating:
    """The mean of whole stars in whole tenths, halves up: 23 stars from 5 are "4.6"."""
    found: Any = next(iter(_SUMS.rows(slug=slug)), None)
    each = tuple(StarCount(n, getattr(found, f"of_{n}", None) or 0) for n in STARS)
    count = sum(one.count for one in each)
    mean = average(count, sum(one.stars * one.count for one in each))
    return Rating(count, mean, getattr(found, "with_words", None) or 0, each)


def average(count: int, stars: int) -> str | None:
    """
    >>> average(5, 23), average(0, 0), average(3, 14)
    ('4.6', None, '4.7')
    """
    if not count:
        return None
    whole, tenth = divmod(tenths(count, stars), 10)
    return f"{whole}.{tenth}"


def tenths(count: int, stars: int) -> int:
    """The mean of whole stars in whole tenths, halves up; 0 without a review."""
    return (20 * stars + count) // (2 * count) if count else 0
