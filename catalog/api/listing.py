"""Listing a product, as its team does it; operators decide in their rooms."""

from typing import Any

import graphene

from accounts.reads import region_coded
from catalog import reads
from catalog.actions import listing
from catalog.actions.copy import copy_product
from catalog.api.access import SIGNED_IN
from catalog.api.desk import TeamProduct
from catalog.api.writable import WRITABLE
from catalog.models import Product
from core.api.act import Act
from core.api.ids import uid_of
from core.api.types import enum_of

# Made once: the schema lists an input's fields in the order in which they were made.
_SHARED = {name: writable.field() for name, writable in WRITABLE.items()}


def _input(**own: Any) -> type:
    """An input of its own fields and all that can be written of a product."""
    return type("Input", (), {**own, **_SHARED})


def _plain(value: Any) -> Any:
    return [_plain(one) for one in value] if isinstance(value, list) else getattr(value, "value", value)


def _clean(given: dict[str, Any]) -> dict[str, Any]:
    """The fields of an input as the action takes them."""
    fields = {name: _plain(value) for name, value in given.items()}
    if "category" in fields:
        fields["category"] = reads.category_named(fields["category"])
    if "origin" in fields:
        fields["origin"] = region_coded(fields["origin"], "origin")
    return fields


class ProductCreate(Act):
    """Begin a listing. Nobody else sees it until an operator has approved it."""

    class Meta:
        access = SIGNED_IN

    Input = _input(
        team=graphene.ID(required=True, description="The team, whose manager the asker is."),
        name_zh=graphene.String(required=True, description="Its name in Chinese."),
        category=graphene.String(required=True, description="The slug of its category."),
        kind=graphene.InputField(
            enum_of(Product, "kind"), required=True, description="What sort of goods it is."
        ),
    )

    product = graphene.Field(TeamProduct, description="The product, as begun.")

    @classmethod
    def act(cls, request: Any, team: str, **given: Any) -> Any:
        """The draft. NOT_FOUND for whoever does not manage the team, CONFLICT where the team is not active."""
        its = reads.team_at_desk(request.user, "catalog.keep_listings", uid_of(team, "Team", field="team"))
        return cls(product=listing.create_product(its, request.user, **_clean(given)))


class ProductUpdate(Act):
    """Change what is said of a product; what an operator has checked is then looked at again."""

    class Meta:
        access = SIGNED_IN

    Input = _input(
        id=graphene.ID(required=True, description="The product."),
        name_zh=graphene.String(description="Its name in Chinese."),
        category=graphene.String(description="The slug of its category."),
        kind=graphene.InputField(enum_of(Product, "kind"), description="What sort of goods it is."),
    )

    product = graphene.Field(TeamProduct, description="The product, as changed.")

    @classmethod
    def act(cls, request: Any, id: str, **given: Any) -> Any:
        """The product as it is then. CONFLICT while it is in review or once it is archived; a published one goes
        back to review where that matters."""
        product = reads.product_of(request.user, uid_of(id, "Product"))
        return cls(product=listing.change_product(product, request.user, **_clean(given)))


def _mine(request: Any, id: str) -> Product:
    return reads.product_of(request.user, uid_of(id, "Product"))


class ProductSubmit(Act):
    """Ask for a product to be published; refused with all that is missing."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The product.")

    product = graphene.Field(TeamProduct, description="The product, now in review.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The product, in review; NOT_READY with all that is missing."""
        return cls(product=listing.submit(_mine(request, id), request.user))


class ProductWithdraw(Act):
    """Take a product back from review, to go on writing; of one that is sold, what waits beside what is approved."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The product.")

    product = graphene.Field(
        TeamProduct, description="The product, a draft again, or sold on as it is approved."
    )

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The product, a draft again or without what waited; CONFLICT where nothing is in review."""
        return cls(product=listing.withdraw(_mine(request, id), request.user))


class ProductCopy(Act):
    """Begin a listing like another of the team: its words, sizes and price stories, without lots, photos and papers."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The product that it is made from, in any state.")

    product = graphene.Field(TeamProduct, description="The new product, a draft.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The draft. NOT_FOUND for whoever does not manage its team, CONFLICT where the team is not active."""
        return cls(product=copy_product(_mine(request, id), request.user))


class ProductArchive(Act):
    """Offer a product no longer, for good; what was ordered is still sent."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The product.")

    product = graphene.Field(TeamProduct, description="The product, archived.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The product, archived. NOT_FOUND for whoever does not manage its team."""
        return cls(product=listing.archive(_mine(request, id), request.user))


class Mutation:
    product_create = ProductCreate.Field()
    product_update = ProductUpdate.Field()
    product_submit = ProductSubmit.Field()
    product_withdraw = ProductWithdraw.Field()
    product_archive = ProductArchive.Field()
    product_copy = ProductCopy.Field()
