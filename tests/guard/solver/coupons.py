"""A statistician of coupons: how many uses are left of one, and who has bought here before.

Of the first: she keeps a cart with the code and looks at it each evening for a month, as it is answered and as its page shows
it, and types the code anew; and she orders, without paying, until it is used up. That costs an order each, holds what is
left for a quarter of an hour, and stands among the uses that its maker sees. As one guest she has two; as ever new ones,
what an address may place meanwhile.

Of the second: she types somebody's mailbox and number where she would type her own. Whether they have used a coupon that is
counted by person she is told (case N26), of sixty a day from an address (tests/orders/test_coupon.py); of anything else never.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from catalog.models import Lot
from core.api.guard import limit
from orders.actions.unpaid import HELD_FOR
from orders.api.checkout import BuyNow, CheckoutPlace
from shop.web.document import text_of
from tests.guard.askers import undone
from tests.orders.coupons import Saver

CART = """cart { couponCode isWithoutCoupon couponNote { code message } problems { code message } total { minor }
  goodsTotal { minor } discount { code amount { minor } coupon { words giver isByShop endsAt } } }"""
TYPED = f"mutation($input: CartCouponUseInput!) {{ cartCouponUse(input: $input) {{ {CART} errors {{ code message }} }} }}"
_NUMBER = re.compile(r"\d+")


class Watcher(Saver):
    """A guest who has put something into a cart, and a coupon's code beside it."""

    def __init__(self, lot: Lot, code: str) -> None:
        super().__init__()
        self.code = code
        self.kept = self.fill(lot, email="watcher@example.com", phone="13700137000")
        self.use(self.kept, code)

    def evening(self) -> tuple[str, ...]:
        """What is said of the coupon tonight, in each place."""
        id = self.kept["id"]
        answers = (
            self.ask(f"query($id: ID) {{ {CART.replace('cart {', 'cart(id: $id) {', 1)} }}", id=id),
            self.ask(text_of("buying/cart.graphql"), cart=id),
            self.ask(TYPED, input={"cartId": id, "code": self.code}),
        )
        return tuple(json.dumps(one, ensure_ascii=False, sort_keys=True, default=str) for one in answers)


def by_words(looks: Sequence[tuple[str, ...]]) -> list[set[int]]:
    """Of each look the numbers that were others on another day, where the words around them are the same."""
    found: list[set[int]] = [set() for _ in looks]
    for place in range(len(looks[0])):
        said: dict[str, list[tuple[int, list[int]]]] = {}
        for day, look in enumerate(looks):
            numbers = list(map(int, _NUMBER.findall(look[place])))
            said.setdefault(_NUMBER.sub("#", look[place]), []).append((day, numbers))
        for days in said.values():
            for column in zip(*(numbers for _, numbers in days), strict=True):
                if len(set(column)) > 1:
                    for (day, _), number in zip(days, column, strict=True):
                        found[day].add(number)
    return found


def by_counting(lot: Lot, code: str, most: int = 20) -> int | None:
    """How many orders of one guest, each under another mailbox and number, used it up; None where she was stopped before."""
    guest = Saver()
    for taken in range(most):
        told: dict[str, Any] = {"email": f"counter{taken}@example.com", "phone": f"1360013{taken:04}"}
        answer = guest.try_to_buy(lot, code, **told)
        if answer["errors"]:
            is_used_up = answer["errors"][0]["code"] == "COUPON_REFUSED"
            return taken if is_used_up else None
    return None


def most_counted() -> int:
    """How many uses one address can hold at once as ever new guests: what it may place in the time that an order stands."""
    a_minute = sum((act.options.rate or (0, 60))[0] for act in (CheckoutPlace, BuyNow))
    return a_minute * limit("guests_an_address") * int(HELD_FOR.total_seconds() // 60)


def by_name(
    asker: Callable[[], Saver], lot: Lot, code: str, names: Iterable[Mapping[str, Any]]
) -> list[Mapping[str, Any]]:
    """Those of these mailboxes and numbers of which something else is said than of some that have bought nothing."""
    blank = _said(asker(), lot, code, {"email": "blank@example.com", "phone": "13500135000"})
    return [name for name in names if _said(asker(), lot, code, name) != blank]


def _said(asker: Saver, lot: Lot, code: str, name: Mapping[str, Any]) -> tuple[Any, ...]:
    with undone():
        answer = asker.try_to_buy(lot, code, **name)
    seen, order = answer["seen"], answer["order"]
    return (
        seen["couponNote"],
        seen["discount"],
        seen["total"],
        [error["code"] for error in answer["errors"]],
        order and (order["total"], order["discountTotal"]),
    )
