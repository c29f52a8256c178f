"""Listings in the office: what was handed in, looked at by somebody who is none of its team."""

from typing import Any
from uuid import UUID

import graphene
from django.db.models import QuerySet

from accounts.api.access import whoever_may
from accounts.api.office import add_to_office
from catalog.actions import listing
from catalog.api.desk import TeamProduct
from catalog.models import Product
from catalog.reads import products_at
from catalog.reads.office import listings_to_decide, products_found
from catalog.remarks import MOST, Spot
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.lookahead import prefetched
from core.api.types import enum_of
from core.refusals import NotFound

DECIDE = "catalog.decide_listing"
DECIDES = whoever_may(DECIDE, anywhere=True)


def _listings(root: Any, info: Any) -> QuerySet[Product]:
    return listings_to_decide(root).select_related("team")


def _products(root: Any, info: Any, search: str = "", state: Any = None) -> QuerySet[Product]:
    found = products_found(root, search or "", state.value if state else "")
    return found.select_related("team")


def _product(root: Any, info: Any, id: str) -> Product:
    found = prefetched(products_at(root, DECIDE).filter(uid=uid_of(id, "Product")), info).first()
    if found is None:
        raise NotFound(field="id")
    return found


add_to_office(
    listings=guarded(
        connection_field(
            TeamProduct,
            _listings,
            order=("submitted_at", "id"),
            description="Products that were handed in and wait for a decision, the first handed in first.",
        ),
        DECIDES,
    ),
    products=guarded(
        connection_field(
            TeamProduct,
            _products,
            order=("-id",),
            description="Products in any state of the teams of her places, the newest first.",
            search=graphene.String(description="A word of its name, or its team's name or code."),
            state=graphene.Argument(enum_of(Product, "state"), description="Only those in this state."),
        ),
        DECIDES,
    ),
    product=guarded(
        graphene.Field(
            TeamProduct,
            required=True,
            args={"id": graphene.Argument(graphene.ID, required=True, description="The product.")},
            resolver=_product,
            description="A product of any team of her places, in any state.",
        ),
        DECIDES,
    ),
)


def _to_decide(by: Any, uid: UUID) -> Product:
    found = products_at(by, DECIDE).select_related("team").filter(uid=uid).first()
    if found is None:
        raise NotFound(field="id")
    return found


class ListingApprove(Act):
    """Publish a product, or what waits beside what is sold of it, as it was looked at; nobody decides about a team of
    their own."""

    class Meta:
        access = DECIDES

    class Input:
        id = graphene.ID(required=True, description="The product.")
        version = graphene.Int(
            required=True,
            description="Its version as it was looked at; CONFLICT where its team has changed it since.",
        )
        comment = graphene.String(description="A word to the team.")

    product = graphene.Field(TeamProduct, description="The product, published.")

    @classmethod
    def act(cls, request: Any, id: str, version: int, comment: str | None = None) -> Any:
        """The product; NOT_READY with all that it lacks."""
        row = _to_decide(request.user, uid_of(id, "Product"))
        listing.approve(row, request.user, comment or "", version=version)
        return cls(product=_to_decide(request.user, row.uid))


RemarksInput: Any = type(
    "ListingRemarksInput",
    (graphene.InputObjectType,),
    {
        "__doc__": "What is to be changed of single parts: they stand beside them in the team's form.",
        **{
            str(spot.value): graphene.String(
                description=f"{spot.words.in_language('en')}: at most {MOST} characters."
            )
            for spot in Spot
        },
    },
)


class ListingReturn(Act):
    """Send a product, or what waits beside what is sold of it, back to its team, with what is to be changed."""

    class Meta:
        access = DECIDES

    class Input:
        id = graphene.ID(required=True, description="The product.")
        comment = graphene.String(
            description="What should be changed; may be left out where a part is remarked on."
        )
        remarks = graphene.InputField(RemarksInput, description="What is to be changed of single parts.")

    product = graphene.Field(TeamProduct, description="The product, with its team again.")

    @classmethod
    def act(cls, request: Any, id: str, comment: str | None = None, remarks: Any = None) -> Any:
        """The product; INVALID where nothing is said, CONFLICT where it does not wait for a decision."""
        row = _to_decide(request.user, uid_of(id, "Product"))
        listing.return_with_comment(row, request.user, comment or "", remarks)
        return cls(product=_to_decide(request.user, row.uid))


class ListingSuspend(Act):
    """Hold a product, on the shelf or not: it is not sold, nor sent where it is paid for. Its team is told why."""

    class Meta:
        access = DECIDES

    class Input:
        id = graphene.ID(required=True, description="The product.")
        reason = graphene.String(required=True, description="Why; its team reads it.")

    product = graphene.Field(TeamProduct, description="The product, held.")

    @classmethod
    def act(cls, request: Any, id: str, reason: str) -> Any:
        """The product; CONFLICT where it is held or archived already, INVALID without a reason."""
        row = _to_decide(request.user, uid_of(id, "Product"))
        listing.suspend(row, request.user, reason)
        return cls(product=_to_decide(request.user, row.uid))


class ListingResume(Act):
    """Put a held product back as it was; what its team has changed meanwhile is approved instead."""

    class Meta:
        access = DECIDES

    class Input:
        id = graphene.ID(required=True, description="The product.")

    product = graphene.Field(TeamProduct, description="The product, on the shelf.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The product; CONFLICT where it is not held or was changed, NOT_READY with all that it lacks."""
        row = _to_decide(request.user, uid_of(id, "Product"))
        listing.resume(row, request.user)
        return cls(product=_to_decide(request.user, row.uid))


class Mutation:
    listing_approve = ListingApprove.Field()
    listing_return = ListingReturn.Field()
    listing_suspend = ListingSuspend.Field()
    listing_resume = ListingResume.Field()
