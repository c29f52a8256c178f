"""Pages of a geographical indication, a brand and a place: what all is sold under it, or grows there (decision 0085)."""

from typing import Any

import graphene
from django.db.models import QuerySet

from catalog.api.access import HELD, PUBLIC
from catalog.api.product import ProductType
from catalog.models import Certificate, Product
from catalog.reads import marks as reads
from core.api.connections import connection_field
from core.api.facts import cache_tags, guarded, mark
from core.api.lookahead import prefetched
from core.api.types import Localized, ModelType, PlainType, list_of
from core.language import localized


def _under(root: Certificate, info: Any) -> QuerySet[Product]:
    return reads.products_under(root.kind, root.mark_slug)


class ProductMarkType(ModelType):
    """A geographical indication or a brand under which something is on the shelf, by a paper that an operator has seen and
    that is in force."""

    class Meta:
        model = Certificate
        main = False
        name = "ProductMark"
        access = HELD
        fields = ("kind", "number", "issued_on", "expires_on")
        about = {
            "kind": "Which sort of mark: GI or BRAND.",
            "number": "Of its paper, as printed on it.",
            "issued_on": "The day on which that paper was issued.",
            "expires_on": "The last day on which it is in force.",
        }

    slug = mark(
        graphene.String(required=True, description="Its word in addresses, made of the number."),
        columns=("mark_slug",),
    )
    name = Localized("mark", description="What the paper names.")
    issuer = Localized("issuer", description="Who issued the paper.")
    products = mark(
        connection_field(
            ProductType,
            _under,
            order=("-published_at", "-id"),
            description="What is sold under it, newest first.",
        ),
        columns=("kind", "mark_slug"),
    )

    def resolve_slug(root, info):
        """As in the address of its page."""
        return root.mark_slug


class PlaceVillageType(PlainType):
    """A village that a team of ours has named."""

    class Meta:
        access = HELD
        name = "PlaceVillage"

    slug = graphene.String(required=True, description="Its word in addresses, within its county.")
    name = graphene.String(required=True, description="Its name in the reader's language.")

    def resolve_name(root, info):
        """Chinese where it has no English name."""
        return localized(root, "name")


def _grown(root: reads.Place, info: Any) -> QuerySet[Product]:
    return reads.products_of(root)


class PlaceType(PlainType):
    """A county, or a village of it, of which something is on the shelf."""

    class Meta:
        access = HELD
        name = "Place"

    code = graphene.String(required=True, description="Of its region, six digits by GB/T 2260.")
    region_name = graphene.String(required=True, description="The county's name in the reader's language.")
    village = graphene.Field(PlaceVillageType, description="The village, where one was asked for.")
    villages = list_of(
        PlaceVillageType,
        most=reads.MOST_VILLAGES,
        resolver=lambda root, info: list(root.villages),
        description="Villages of that county whose teams offer something that grows there.",
    )
    products = connection_field(
        ProductType, _grown, order=("-published_at", "-id"), description="What grows there, newest first."
    )

    def resolve_code(root, info):
        """As in the address of its page."""
        return root.region.code

    def resolve_region_name(root, info):
        """By the official division."""
        return localized(root.region, "name")


def _one(kind: str, description: str) -> Any:
    def resolve(root: Any, info: Any, slug: str) -> Certificate | None:
        return prefetched(reads.mark(kind, slug), info).first()

    field = graphene.Field(
        ProductMarkType,
        slug=graphene.Argument(graphene.String, required=True, description="Its word in addresses."),
        resolver=resolve,
        description=description,
    )
    return guarded(cache_tags(field, "products"), PUBLIC)


def _place(root: Any, info: Any, code: str, village: str | None = None) -> reads.Place | None:
    return reads.place(code, village or "")


class Query:
    geographical_indication = _one(
        Certificate.Kind.GI, "A geographical indication; null where nothing is on the shelf under it."
    )
    brand = _one(Certificate.Kind.BRAND, "A brand; null where nothing is on the shelf under it.")
    place = guarded(
        cache_tags(
            graphene.Field(
                PlaceType,
                code=graphene.Argument(graphene.String, required=True, description="Of a region."),
                village=graphene.Argument(graphene.String, description="One of its villages, by its slug."),
                resolver=_place,
                description="A county or village; null where nothing on the shelf grows there.",
            ),
            "products",
        ),
        PUBLIC,
    )
