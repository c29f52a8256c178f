"""What is often in the same cart with a product."""

from typing import Any

import graphene
from django.db.models import QuerySet

from catalog.api.product import ProductType
from catalog.models import Product
from core.api.access import PUBLIC
from core.api.facts import cache_tags, guarded
from core.api.lookahead import prefetched
from core.api.types import list_of
from orders.reads import companion as reads


def _companions(root: Any, info: Any, product: str) -> QuerySet[Product]:
    return prefetched(reads.companions_of(product), info)


class Query:
    bought_together = cache_tags(
        guarded(
            list_of(
                ProductType,
                most=reads.MOST,
                resolver=_companions,
                description="What is often in the same cart: ten buyers at least had both, most of no one organisation.",
                product=graphene.Argument(graphene.String, required=True, description="The product's slug."),
            ),
            PUBLIC,
        ),
        "products",
    )
