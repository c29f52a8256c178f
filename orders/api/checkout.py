"""Placing: step by step from a cart, or in one call."""

import hmac
import logging
import re
from typing import Any
from uuid import UUID

import graphene
from django.conf import settings

from core import failpoints, idempotency, outage
from core.api.access import PUBLIC
from core.api.act import Act
from core.api.asker import asker
from core.api.errors import error_type
from core.api.types import Money, money
from core.language import say
from core.refusals import Invalid, Refusal
from orders.actions import checkout
from orders.actions import payment as payments
from orders.api.cart import cart_uid
from orders.api.cart_line import LineInput, wanted
from orders.api.checkout_details import CHECKOUT_DETAILS, clean_details, typed_by
from orders.api.counted import counted_as
from orders.api.order import WithOrder
from orders.api.payment import PaymentKind, PaymentType, kind_of
from orders.models import Order
from orders.refusals import PaymentAway, TotalChanged

log = logging.getLogger("sheaf.checkout")
ORDER_READ_BY = "orders.reads.order.order_by_pk"


EXPECTED = (
    'What the buyer has seen it comes to, sending included, in yuan: "101.40", as `total { amount }` of the cart '
    "says. Where it comes to another sum by now it is refused with that sum (TOTAL_CHANGED), and nothing is placed."
)
_YUAN = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")


def fen_of(yuan: str) -> int:
    """The expected total in fen."""
    if not _YUAN.fullmatch(yuan):
        raise Invalid(
            say("请填写金额，例如 101.40。", "Write an amount like 101.40."), field="expected_total"
        )
    whole, _, part = yuan.partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))


@error_type(TotalChanged)
class TotalChangedError:
    """It comes to another sum than was expected; nothing was placed."""

    total = graphene.Field(Money, required=True, description="What it comes to now, sending included.")

    def resolve_total(root, info):
        """As the cart tells it."""
        return money(root.total_minor)


class CheckoutPlace(WithOrder, Act):
    """Turn the cart into an order; its stock is reserved until `reservedUntil`, 15 minutes at most, by when it is to be paid."""

    class Meta:
        access = PUBLIC
        idempotent = True
        read_by = {"order": ORDER_READ_BY}
        rate = (10, 60)
        as_made = True

    class Input:
        cart_id = graphene.ID(description="The cart; without it one's own.")
        expected_total = graphene.String(required=True, description=EXPECTED)

    @classmethod
    def act(cls, request: Any, expected_total: str, cart_id: str | None = None) -> Any:
        """The order; placed before, the same one, if the asker is known to have placed it. TOTAL_CHANGED where it
        comes to another sum than she has seen."""

        def is_hers(order: Order) -> bool:
            return idempotency.has_led_to(asker(request), cls.__name__, "order", order.pk)

        return {
            "order": checkout.place(
                request.user, cart_uid(cart_id), fen_of(expected_total), counted_as(request), is_hers
            )
        }


class BuyNow(WithOrder, Act):
    """Place and begin to pay in one call, past the cart: lines, address, and all that a cart is told."""

    class Meta:
        access = PUBLIC
        idempotent = True
        outside = True
        read_by = {"order": ORDER_READ_BY, "payment": "orders.reads.payment.payment_by_pk"}
        rate = (10, 60)
        as_made = True

    class Input:
        lines = graphene.List(graphene.NonNull(LineInput), required=True, description="What is wanted.")
        expected_total = graphene.String(required=True, description=EXPECTED)
        kind = graphene.Field(PaymentKind, description="How to pay; by default CHECKOUT.")
        coupon_code = graphene.String(description="A coupon; of several that count the best is used.")
        locals().update(CHECKOUT_DETAILS)

    payment = graphene.Field(
        PaymentType, description="Where to pay; null when it could not be begun yet: then use paymentBegin."
    )

    @classmethod
    def act(
        cls,
        request: Any,
        lines: list,
        expected_total: str,
        kind: Any = None,
        coupon_code: str | None = None,
        **given: Any,
    ) -> Any:
        """The order, and where to pay it; `payment` null when it could not be begun. TOTAL_CHANGED where it comes to
        another sum than she has seen."""
        asked = wanted(lines)
        if not asked:
            raise Invalid(say("请选择商品。", "Please choose something."), field="lines")
        pay_by = kind_of(kind)
        placed = checkout.buy_now(
            request.user,
            counted_as(request),
            _uid(request),
            asked,
            pay_by,
            fen_of(expected_total),
            **clean_details(given),
            typed_here=typed_by(request, given),
            coupon_code=coupon_code or "",
        )
        failpoints.reach("place.committed")
        try:
            if placed.attempt:
                payment = payments.open_page(placed.order, placed.attempt)
            else:
                payment = payments.begin(placed.order, pay_by)
        except PaymentAway:
            payment = None
        except Exception as failure:
            if isinstance(failure, Refusal) or outage.is_one(failure):
                raise
            # The order is placed, whatever broke afterwards: its buyer is told of it, and can pay it from its page.
            log.exception("the payment of order %s was not begun", placed.order.uid)
            payment = None
        return {"order": placed.order, "payment": payment}


def _uid(request: Any) -> UUID:
    """The same call after a crash leads to the same order: its uid comes from the key, not from chance."""
    words = f"{asker(request)} {request.idempotency_key}".encode()
    return UUID(bytes=hmac.digest(settings.SECRET_KEY.encode(), words, "sha256")[:16], version=4)


class Mutation:
    checkout_place = CheckoutPlace.Field()
    buy_now = BuyNow.Field()
