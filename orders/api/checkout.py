"""Placing: step by step from a cart, or in one call."""

import hmac
import logging
from typing import Any
from uuid import UUID

import graphene
from django.conf import settings

from core import failpoints, idempotency
from core.api.access import PUBLIC
from core.api.act import Act
from core.api.asker import asker
from core.api.types import enum_of
from core.language import say
from core.refusals import Invalid
from orders.actions import checkout
from orders.actions import payment as payments
from orders.api.cart import TOLD, LineInput, cart_uid, told, wanted
from orders.api.order import WithOrder
from orders.api.payment import PaymentType
from orders.models import Order, Payment
from orders.refusals import PaymentAway

log = logging.getLogger("sheaf.checkout")
ORDER_KEPT = "orders.reads.order.order_by_pk"


class CheckoutPlace(WithOrder, Act):
    """Turn the cart into an order; its stock is reserved for 15 minutes, in which it is to be paid."""

    class Meta:
        access = PUBLIC
        idempotent = True
        keeps = {"order": ORDER_KEPT}
        rate = (10, 60)
        as_made = True

    class Input:
        cart_id = graphene.ID(description="The cart; without it one's own.")

    @classmethod
    def act(cls, request: Any, cart_id: str | None = None) -> Any:
        """Place it."""

        def is_hers(order: Order) -> bool:
            return idempotency.has_led_to(asker(request), cls.__name__, "order", order.pk)

        return {"order": checkout.place(request.user, cart_uid(cart_id), is_hers)}


class BuyNow(WithOrder, Act):
    """Place and begin to pay in one call, past the cart: lines, address, and all that a cart is told."""

    class Meta:
        access = PUBLIC
        idempotent = True
        outside = True
        keeps = {"order": ORDER_KEPT, "payment": "orders.reads.payment.payment_by_pk"}
        rate = (10, 60)
        as_made = True

    class Input:
        lines = graphene.List(graphene.NonNull(LineInput), required=True, description="What is wanted.")
        kind = graphene.Field(enum_of(Payment, "kind"), description="How to pay; by default CHECKOUT.")
        locals().update(TOLD)

    payment = graphene.Field(
        PaymentType, description="Where to pay; null when the provider is away: then use paymentBegin."
    )

    @classmethod
    def act(cls, request: Any, lines: list, kind: Any = None, **given: Any) -> Any:
        """Place, then ask the provider, outside the transaction."""
        asked = wanted(lines)
        if not asked:
            raise Invalid(say("请选择商品。", "Please choose something."), field="lines")
        pay_by = kind.value if kind else Payment.Kind.CHECKOUT
        placed = checkout.buy_now(request.user, _uid(request), asked, pay_by, **told(given))
        failpoints.reach("place.committed")
        try:
            if placed.attempt:
                payment = payments.open_page(placed.order, placed.attempt)
            else:
                payment = payments.begin(placed.order, pay_by)
        except PaymentAway:
            return {"order": placed.order, "payment": None}
        return {"order": placed.order, "payment": payment}


def _uid(request: Any) -> UUID:
    """The same call after a crash leads to the same order: its uid comes from the key, not from chance."""
    words = f"{asker(request)} {request.idempotency_key}".encode()
    return UUID(bytes=hmac.digest(settings.SECRET_KEY.encode(), words, "sha256")[:16], version=4)


class Mutation:
    checkout_place = CheckoutPlace.Field()
    buy_now = BuyNow.Field()
