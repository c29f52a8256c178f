"""Coupons, and buyers who use them, in a few words."""

from typing import Any

from catalog.models import Lot, Team
from core.api.ids import global_id
from orders.actions import coupon
from orders.models import Coupon, Line
from tests.orders.world import Buyer, key, session_of, tell

SEEN = """cart { id goodsTotal { minor } shippingTotal { minor } total { minor amount } couponCode isWithoutCoupon
  discount { code amount { minor } coupon { words giver isByShop } } couponNote { code message } }"""


def a_coupon(team: Team | None = None, **terms: Any) -> Coupon:
    """A coupon of a team's, or without one of the shop's."""
    return coupon.make(team, coupon.Terms(**terms), None)


class Saver(Buyer):
    """A buyer who uses coupons."""

    def use(self, cart: dict[str, Any], code: str) -> dict[str, Any]:
        """The cart with the coupon of this code."""
        return self.done("cartCouponUse", SEEN, cartId=cart["id"], code=code)["cart"]

    def see(self, cart: dict[str, Any]) -> dict[str, Any]:
        """The cart with what is off it."""
        return self.ask(
            f"query($id: ID) {{ {SEEN.replace('cart {', 'cart(id: $id) {', 1)} }}", id=cart["id"]
        )["cart"]

    def try_to_buy(self, lot: Lot, code: str = "", quantity: int = 1, **told: Any) -> dict[str, Any]:
        """What comes of placing it with a coupon at the total that the cart has shown."""
        cart = self.fill(lot, quantity=quantity, **told)
        if code:
            answer = self.do("cartCouponUse", SEEN, cartId=cart["id"], code=code)
            if answer["errors"]:
                return answer
        seen = self.see(cart)
        placed = self.do(
            "checkoutPlace",
            "order { number total { minor } discountTotal { minor } } token",
            cartId=cart["id"],
            expectedTotal=seen["total"]["amount"],
            idempotencyKey=key(),
        )
        return {**placed, "seen": seen}

    def buy(self, lot: Lot, code: str = "", quantity: int = 1, **told: Any) -> dict[str, Any]:
        """The order: its number and a guest's token."""
        placed = self.try_to_buy(lot, code, quantity, **told)
        assert placed["errors"] == [], placed
        return {"number": placed["order"]["number"], "token": placed["token"]}


def pay(buyer: Buyer, order: dict[str, Any], till: Any, stand: Any) -> None:
    """It is paid, and the provider has said so."""
    till.pay(session_of(buyer.begin(order)), "alipay")
    tell(stand, "checkout.session.completed")


def line_id(line: Line) -> str:
    return global_id("Line", line.uid)
