"""A coupon in a cart: used by its code, taken off, the best one used again."""

from typing import Any

import graphene

from core.api.access import PUBLIC
from orders.actions import cart as carts
from orders.api.cart import CART, CartAct, cart_uid


class CartCouponUse(CartAct):
    """Use the coupon with this code, however it is typed; of several that count the cart uses the best."""

    class Meta:
        access = PUBLIC
        rate = (12, 60)

    class Input:
        cart_id = graphene.ID(description=CART)
        code = graphene.String(required=True, description="The coupon's code.")

    @classmethod
    def act(cls, request: Any, code: str, cart_id: str | None = None) -> Any:
        """The cart, whose `couponNote` says what it lacks for this one. COUPON_REFUSED where nobody could use it."""
        return {"cart": carts.use_coupon(request.user, cart_uid(cart_id), code)}


class CartCouponLeave(CartAct):
    """Use no coupon for this cart; or, with `isLeft` false, the best one again."""

    class Meta:
        access = PUBLIC
        rate = (120, 60)

    class Input:
        cart_id = graphene.ID(description=CART)
        is_left = graphene.Boolean(description="False: use the best one again. By default true.")

    @classmethod
    def act(cls, request: Any, cart_id: str | None = None, is_left: bool = True) -> Any:
        """The cart, its code forgotten."""
        return {"cart": carts.leave_coupon(request.user, cart_uid(cart_id), is_left is not False)}


class Mutation:
    cart_coupon_use = CartCouponUse.Field()
    cart_coupon_leave = CartCouponLeave.Field()
