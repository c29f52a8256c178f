"""Who else is sent a part of a cart."""

from typing import Any

import graphene

from core.api.access import PUBLIC
from core.api.ids import uid_of
from core.api.types import ModelType
from orders.actions import gift
from orders.api.cart import CART, CART_HOLDER, CartAct, cart_uid
from orders.api.cart_line import LineInput, wanted
from orders.models import CartAddress


class CartAddressType(ModelType):
    """Somebody else to whom a part of a cart is sent. She hears nothing from the shop."""

    class Meta:
        model = CartAddress
        fields = ("recipient", "phone", "region", "street", "gift_note", "sender")
        access = CART_HOLDER
        about = {
            "recipient": "Who takes it.",
            "phone": "Whom the courier calls.",
            "region": "Her county or district.",
            "street": "Street, house, flat.",
            "gift_note": "What is written to her.",
            "sender": "Whom she is told that it is from.",
        }


class CartAddressSave(CartAct):
    """Send a part of the cart to somebody else, or change what she is sent. What lies in the cart for its own address goes
    to her as far as it reaches. No price travels with it."""

    class Meta:
        access = PUBLIC
        rate = (120, 60)

    class Input:
        cart_id = graphene.ID(description=CART)
        address_id = graphene.ID(description="Whom; without it somebody new, ten at most.")
        recipient = graphene.String(required=True, description="Who takes it.")
        phone = graphene.String(required=True, description="Whom the courier calls.")
        region = graphene.String(required=True, description="Her county's or district's code, by GB/T 2260.")
        street = graphene.String(required=True, description="Street, house, flat.")
        gift_note = graphene.String(description="What is written to her.")
        sender = graphene.String(description="Whom she is told that it is from.")
        lines = graphene.List(
            graphene.NonNull(LineInput), required=True, description="What she gets; of 0 units nothing."
        )

    @classmethod
    def act(
        cls,
        request: Any,
        lines: list,
        cart_id: str | None = None,
        address_id: str | None = None,
        **given: Any,
    ) -> Any:
        """The cart with her in it; refused by her row's own field where a thing is not delivered to her place."""
        uid = uid_of(address_id, "CartAddress", field="address_id") if address_id else None
        plain = {name: "" if value is None else value for name, value in given.items()}
        cart = gift.save(request.user, cart_uid(cart_id), wanted(lines), address=uid, **plain)
        return {"cart": cart}


class CartAddressRemove(CartAct):
    """Send her nothing: what she was to get lies in the cart again. Taken out twice is no mistake."""

    class Meta:
        access = PUBLIC
        rate = (120, 60)

    class Input:
        cart_id = graphene.ID(description=CART)
        address_id = graphene.ID(required=True, description="Whom.")

    @classmethod
    def act(cls, request: Any, address_id: str, cart_id: str | None = None) -> Any:
        """The cart without her."""
        uid = uid_of(address_id, "CartAddress", field="address_id")
        return {"cart": gift.remove(request.user, cart_uid(cart_id), uid)}


class Mutation:
    cart_address_save = CartAddressSave.Field()
    cart_address_remove = CartAddressRemove.Field()
