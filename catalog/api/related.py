"""What else to look at beside a product, and why."""

from functools import partial
from typing import Any

import graphene

from catalog.api.product import ProductType
from catalog.models import Product
from catalog.reads import related as reads
from core import clock
from core.api.access import PUBLIC
from core.api.facts import cache_tags, guarded
from core.api.lookahead import read
from core.api.types import list_of


def _from_same_county(root: Any, info: Any, product: str) -> list[Product]:
    return read(info, "county", reads.from_same_county, slug=product)


def _in_season_together(root: Any, info: Any, product: str) -> list[Product]:
    month = clock.today().month
    return read(info, ("season", month), partial(reads.in_season_together, month=month), slug=product)


def _list(resolver: Any, description: str) -> Any:
    of = graphene.Argument(graphene.String, required=True, description="The product's slug.")
    field = list_of(ProductType, most=reads.MOST, resolver=resolver, description=description, product=of)
    return cache_tags(guarded(field, PUBLIC), "products")


class Query:
    from_same_county = _list(
        _from_same_county, "What teams of the same county can send, its own among them, the newest first."
    )
    in_season_together = _list(
        _in_season_together,
        "What is in season this month as it is, and comes from another county; none beside what has no season.",
    )
