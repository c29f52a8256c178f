"""Wish lists: what somebody remembers, and the one letter that she asks for."""

from typing import Any

import graphene

from accounts.api.access import OWN
from accounts.api.viewer import add_to_viewer
from accounts.models import Person
from catalog.api.product import ProductType
from catalog.models import Product, Variant
from catalog.reads import published_products
from core.api.access import SIGNED_IN
from core.api.act import Act
from core.api.facts import guarded, mark
from core.api.ids import uid_of
from core.api.lookahead import prefetched
from core.api.types import ModelType, enum_of, list_of
from core.language import localized
from core.refusals import first_or_refuse
from orders.actions import wish as wishes
from orders.models import Wish
from orders.reads import wish as reads

WishLetter = enum_of(Wish, "letter")


class WishType(ModelType):
    """One line of one's own wish list."""

    class Meta:
        model = Wish
        fields = ("letter", "made_at")
        access = OWN
        about = {
            "letter": "Whether a letter comes of it, once, and of what.",
            "made_at": "When it was put on the list.",
        }

    name = graphene.String(required=True, description="As it was called when she saw it, size included.")
    letter_name = graphene.String(required=True, description="Which letter comes of it, in words.")
    product = mark(
        graphene.Field(ProductType, description="The product; null while it is not on the shelf."),
        relation="product",
    )

    def resolve_name(root, info):
        """In the reader's language."""
        return localized(root, "name")

    def resolve_letter_name(root, info):
        """Or that it is only remembered."""
        return str(Wish.Letter(root.letter).words)

    def resolve_product(root, info):
        """What is not published is nobody's to see, though she has seen it before."""
        return root.product if root.product.is_published else None


class WishKeep(Act):
    """Put a product on one's wish list, or ask for one letter when a size is back or the product in season."""

    class Meta:
        access = SIGNED_IN
        rate = (60, 60)

    class Input:
        product = graphene.String(required=True, description="The product's slug.")
        letter = graphene.Field(WishLetter, description="By default NONE: it is only remembered.")
        variant_id = graphene.ID(description="Of BACK, the size that is sold out.")

    wish = graphene.Field(WishType, description="The line of the list.")

    @classmethod
    def act(cls, request: Any, product: str, letter: Any = None, variant_id: str | None = None) -> Any:
        """The line. CONFLICT where it can be bought or is in season now, and where the list is full."""
        found: Product = first_or_refuse(published_products().filter(slug=product), "product")
        size = None
        if variant_id:
            rows = Variant.objects.filter(
                product=found, uid=uid_of(variant_id, "Variant", field="variant_id")
            )
            size = first_or_refuse(rows, "variant_id")
        chosen = str(letter.value) if letter else Wish.Letter.NONE
        return cls(wish=wishes.keep(request.user, found, chosen, size))


class WishLeave(Act):
    """Take a line off one's wish list; no letter comes of it any more."""

    class Meta:
        access = SIGNED_IN
        rate = (60, 60)

    class Input:
        id = graphene.ID(required=True, description="The line.")

    is_left = graphene.Boolean(description="True once it is off the list.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """NOT_FOUND of what is not on her list."""
        wishes.leave(request.user, reads.wish_of(request.user, uid_of(id, "Wish", field="id")))
        return cls(is_left=True)


def _wishes(root: Person, info: Any) -> Any:
    return prefetched(reads.wishes_of(root), info)


add_to_viewer(
    wishes=guarded(
        list_of(WishType, most=wishes.MOST, resolver=_wishes, description="Her wish list, the last first."),
        OWN,
    )
)


class Mutation:
    wish_keep = WishKeep.Field()
    wish_leave = WishLeave.Field()
