"""What stands in a cart: put in, changed, taken out, poured together."""

from typing import Any
from uuid import UUID

import graphene

from core.api.access import PUBLIC
from core.api.facts import mark
from core.api.ids import uid_of
from core.language import localized
from orders.actions import cart as carts
from orders.actions import cart_line, reorder
from orders.api.cart import CART, CartAct, cart_uid
from orders.api.payment import BY_LINK, NUMBER, open_order


class LineInput(graphene.InputObjectType):
    """A variant and how much of it."""

    variant_id = graphene.ID(required=True, description="The variant.")
    quantity = graphene.Int(required=True, description="Units, 1 to 999.")


def wanted(lines: list[dict[str, Any]]) -> list[tuple[UUID, int]]:
    """Lines of an input as (the variant's uid, units); a wrong id is refused at its place in the list."""
    return [
        (uid_of(line["variant_id"], "Variant", field=("lines", str(i), "variant_id")), line["quantity"])
        for i, line in enumerate(lines)
    ]


class _Filling(CartAct):
    """A deed that puts something into a cart."""

    class Meta:
        abstract = True

    left_out = graphene.Int(
        description="Units that the cart did not take: it holds 999 of a kind at most, and 20 kinds. Null where the "
        "mutation was refused."
    )


class CartMerge(_Filling):
    """After signing in: pour a guest's cart into one's own. Quantities are summed."""

    class Meta:
        access = PUBLIC
        rate = (120, 60)

    class Input:
        cart_id = graphene.ID(required=True, description="The guest's cart.")

    @classmethod
    def act(cls, request: Any, cart_id: str) -> Any:
        """The asker's own cart, and how many units did not fit into it."""
        cart = carts.held(request.user, cart_uid(cart_id))
        return {"cart": cart, "left_out": cart.left_out}


class CartLinesAdd(_Filling):
    """Put variants into the cart; what is there already becomes more."""

    class Meta:
        access = PUBLIC
        rate = (120, 60)

    class Input:
        cart_id = graphene.ID(description=CART)
        lines = graphene.List(graphene.NonNull(LineInput), required=True, description="What is wanted.")
        apart = graphene.Boolean(
            description="To be bought at once: a new cart with these alone, which goes where `cartId` or one's own "
            "goes; that one stays as it is."
        )

    @classmethod
    def act(cls, request: Any, lines: list, cart_id: str | None = None, apart: bool | None = None) -> Any:
        """The cart, begun where there is none, and how many units did not fit into it."""
        cart = cart_line.add(request.user, cart_uid(cart_id), wanted(lines), apart=bool(apart))
        return {"cart": cart, "left_out": cart.left_out}


class CartAddOrder(_Filling):
    """Put what an order asked for into the cart once more, at today's prices: to buy it again, or to choose again after
    one that was never paid."""

    class Meta:
        access = PUBLIC
        rate = (30, 60)

    class Input:
        cart_id = graphene.ID(description=CART)
        number = graphene.String(required=True, description=NUMBER)
        token = graphene.String(description=BY_LINK)

    gone = mark(
        graphene.List(
            graphene.NonNull(graphene.String),
            description="What of it cannot be had any more, by its name then: off sale, or sold out. Null where the "
            "mutation was refused.",
        ),
        most=20,
    )

    @classmethod
    def act(cls, request: Any, number: str, token: str | None = None, cart_id: str | None = None) -> Any:
        """The cart, null where nothing of it can be had; what is gone; how many units did not fit."""
        found = reorder.into_cart(request.user, cart_uid(cart_id), open_order(request, number, token))
        names = [localized(line, "name") for line in found.gone]
        return {"cart": found.cart, "gone": names, "left_out": found.left_out}


class CartLineUpdate(CartAct):
    """Ask for more or fewer of a line, at today's price; 0 takes it out."""

    class Meta:
        access = PUBLIC
        rate = (120, 60)

    class Input:
        cart_id = graphene.ID(description=CART)
        line_id = graphene.ID(required=True, description="The line.")
        quantity = graphene.Int(required=True, description="Units, 0 to 999.")

    @classmethod
    def act(cls, request: Any, line_id: str, quantity: int, cart_id: str | None = None) -> Any:
        """The cart with so many units of the line; without the line where they are none."""
        line = uid_of(line_id, "CartLine", field="line_id")
        return {"cart": cart_line.change_line(request.user, cart_uid(cart_id), line, quantity)}


class CartLineRemove(CartAct):
    """Take a line out of the cart; taken out twice is no mistake."""

    class Meta:
        access = PUBLIC
        rate = (120, 60)

    class Input:
        cart_id = graphene.ID(description=CART)
        line_id = graphene.ID(required=True, description="The line.")

    @classmethod
    def act(cls, request: Any, line_id: str, cart_id: str | None = None) -> Any:
        """The cart without the line."""
        line = uid_of(line_id, "CartLine", field="line_id")
        return {"cart": cart_line.remove_line(request.user, cart_uid(cart_id), line)}


class Mutation:
    cart_merge = CartMerge.Field()
    cart_lines_add = CartLinesAdd.Field()
    cart_add_order = CartAddOrder.Field()
    cart_line_update = CartLineUpdate.Field()
    cart_line_remove = CartLineRemove.Field()
