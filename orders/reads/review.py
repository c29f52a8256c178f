"""What buyers say of a product, and what it comes to."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum

from catalog.models import Product
from catalog.reads import published_products
from core import fast
from orders.models import Review


@dataclass(frozen=True)
class Rating:
    """How many have reviewed, and the mean of their stars with one decimal; none without a review."""

    count: int
    average: str | None


def shown() -> QuerySet[Review]:
    """Reviews that anyone may read."""
    return Review.objects.filter(is_hidden=False)


def reviews_of(slug: str) -> QuerySet[Review]:
    """Those of a product on sale."""
    return shown().filter(product__in=published_products().filter(slug=slug))


def _sums(slug: str) -> QuerySet[Product]:
    own = shown().filter(product=OuterRef("pk")).order_by().values("product")
    sums = {"count": Subquery(own.values(n=Count("pk"))), "stars": Subquery(own.values(n=Sum("stars")))}
    return published_products().filter(slug=slug).only("pk").annotate(**sums)


_SUMS = fast.PreparedQuery(_sums)


def rating_of(slug: str) -> Rating:
    """The mean of whole stars in whole tenths, halves up: 23 stars from 5 are "4.6"."""
    found: Any = next(iter(_SUMS.rows(slug=slug)), None)
    return rating(found.count or 0, found.stars or 0) if found else rating(0, 0)


def rating(count: int, stars: int) -> Rating:
    """
    >>> rating(5, 23), rating(0, 0), rating(3, 14)
    (Rating(count=5, average='4.6'), Rating(count=0, average=None), Rating(count=3, average='4.7'))
    """
    if not count:
        return Rating(0, None)
    whole, tenth = divmod(tenths(count, stars), 10)
    return Rating(count, f"{whole}.{tenth}")


def tenths(count: int, stars: int) -> int:
    """The mean of whole stars in whole tenths, halves up; 0 without a review."""
    return (20 * stars + count) // (2 * count) if count else 0
