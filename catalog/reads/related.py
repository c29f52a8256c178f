"""What else a buyer may look at beside a product, each list for a reason that can be said in words."""

from django.db.models import Exists, QuerySet

from catalog.models import Product
from catalog.reads.products import published_products

MOST = 4
# What is there all year is in season with everything: that would be no reason.
ALL_YEAR = 12


def from_same_county(slug: str) -> QuerySet[Product]:
    """What its team and others of its county can send, the newest first."""
    its = published_products().filter(slug=slug)
    return _first(_sendable(slug).filter(team__county__in=its.values("team__county")))


def in_season_together(slug: str, month: int) -> QuerySet[Product]:
    """What has its season in this month, 1–12, as it has itself, and comes from another county, the newest first; nothing
    beside what has no season or is not in it."""
    its = _in_season(published_products(), month).filter(slug=slug)
    elsewhere = _sendable(slug).exclude(team__county__in=its.values("team__county"))
    return _first(_in_season(elsewhere, month).filter(Exists(its)))


def _in_season(products: QuerySet[Product], month: int) -> QuerySet[Product]:
    return products.filter(season_months__contains=[month], season_months__len__lt=ALL_YEAR)


def _sendable(slug: str) -> QuerySet[Product]:
    return published_products().filter(units_available__gt=0).exclude(slug=slug)


def _first(products: QuerySet[Product]) -> QuerySet[Product]:
    return products.order_by("-published_at", "-id")[:MOST]
