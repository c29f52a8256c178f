"""A product that was on the shelf once: a link to it leads on, and is no dead end."""

from typing import Any

import graphene
from django.db.models import QuerySet

from catalog.api.access import HELD, PUBLIC
from catalog.api.product import ProductType
from catalog.api.team import TeamType
from catalog.models import Product, Team
from catalog.reads import former as reads
from core.api.facts import guarded
from core.api.lookahead import prefetched
from core.api.types import PlainType, list_of
from core.language import speaks_english


def _alike(root: Product, info: Any) -> QuerySet[Product]:
    return prefetched(reads.alike(root), info)


class FormerProduct(PlainType):
    """What may be said of a product that was published once, by any address that it ever had."""

    class Meta:
        access = HELD

    slug = graphene.String(required=True, description="Its name in addresses today.")
    name = graphene.String(
        description="Its name as it was last approved, in the reader's language; null where that was not kept."
    )
    is_recalled = graphene.Boolean(
        required=True, description="Whether a harvest of it was recalled, and no other can be bought."
    )
    team = graphene.Field(
        TeamType, description="Who offered it; null when that team offers nothing any more."
    )
    alike = list_of(
        ProductType, most=reads.MOST_ALIKE, resolver=_alike, description="What can be bought in its place."
    )

    def resolve_name(root, info):
        """Not as its team has written it since."""
        names = reads.public_names(root)
        return ((speaks_english() and names[1]) or names[0]) if names else None

    def resolve_is_recalled(root, info):
        """As its card says."""
        return root.is_recalled

    def resolve_team(root: Product, info: Any) -> Team | None:
        """As teams are shown."""
        return reads.team_of(root)


def _former(root: Any, info: Any, slug: str) -> Product | None:
    return reads.product_that_was(slug)


class Query:
    former_product = guarded(
        graphene.Field(
            FormerProduct,
            args={
                "slug": graphene.Argument(
                    graphene.String, required=True, description="One that it has, or ever had."
                )
            },
            resolver=_former,
            description="A product that was published once; null for one that never was, and for none at all.",
        ),
        PUBLIC,
    )
