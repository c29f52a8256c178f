"""Paying: where, by what, and how far it has come."""

from enum import StrEnum
from typing import Any

import graphene

from core.api.access import PUBLIC, Access
from core.api.act import Act
from core.api.errors import error_type
from core.api.types import ModelType, MoneyField
from core.refusals import NotFound
from orders import words
from orders.actions import payment as payments
from orders.models import Order, Payment
from orders.reads import order as orders
from orders.refusals import PaymentRefused

ORDER_HOLDER = Access("whoever may read the order", pii=2)
NUMBER = "The order's number."
BY_LINK = "A guest's key to the order; not needed for one's own."


class _Kind(StrEnum):
    CHECKOUT = "checkout"
    CLIENT = "client"
    INTENT = "INTENT"  # so clients of before call it


_WAYS = {
    None: "How a payment is made.",
    _Kind.CHECKOUT: "On the provider's own page.",
    _Kind.CLIENT: "By a client of one's own, which confirms it with `clientSecret`.",
    _Kind.INTENT: "As CLIENT.",
}
PaymentKind = graphene.Enum.from_enum(
    _Kind,
    name="PaymentKind",
    description=_WAYS.get,
    deprecation_reason=lambda kind: "Use CLIENT." if kind is _Kind.INTENT else None,
)


def kind_of(chosen: Any) -> str:
    """A payment's kind by what was asked for; without a word of it by the provider's page."""
    return Payment.Kind.CHECKOUT if chosen is None or chosen.value == _Kind.CHECKOUT else Payment.Kind.CLIENT


@error_type(PaymentRefused)
class PaymentRefusedError:
    """The provider will not take this payment. Its order is kept: it can be paid again, or cancelled."""

    number = graphene.String(required=True, description=NUMBER)
    token = graphene.String(description="A guest's key to the order, for its page and for paying; else null.")
    reserved_until = graphene.DateTime(required=True, description="Until when the order is kept unpaid.")


class PaymentType(ModelType):
    """One attempt to pay an order. Of several that succeed one is kept, any other is given back."""

    class Meta:
        model = Payment
        fields = ("state", "method", "is_kept", "created_at", "succeeded_at", "client_secret")
        access = ORDER_HOLDER
        about = {
            "state": "How far it has come.",
            "is_kept": "Whether this one pays the order.",
            "created_at": "When it was begun.",
            "succeeded_at": "When the money came.",
            "client_secret": "For CLIENT: what the client confirms the payment with; else empty.",
        }

    kind = graphene.Field(
        PaymentKind,
        required=True,
        description="CHECKOUT, else INTENT.",
        deprecation_reason="Use isOnPage.",
    )
    is_on_page = graphene.Boolean(
        required=True,
        description="Whether it is paid on the provider's own page; else a client of one's own confirms it.",
    )
    url = graphene.String(
        required=True, description="Where to pay; empty once that is over, and while `isPreparing`."
    )
    is_preparing = graphene.Boolean(
        required=True,
        description="The provider takes long and its page is being opened meanwhile: look again in a moment.",
    )
    amount = MoneyField("amount_minor", description="What is asked for.")
    state_name = graphene.String(required=True, description="How far it has come, in words.")

    def resolve_kind(root, info):
        """In the word that clients of before know."""
        return _Kind.CHECKOUT if root.kind == Payment.Kind.CHECKOUT else _Kind.INTENT

    def resolve_is_on_page(root, info):
        """Whether it is paid on a page of the provider's, at `url`, and not in the client."""
        return root.kind == Payment.Kind.CHECKOUT

    def resolve_url(root, info):
        """Only while it can be paid."""
        return root.url if root.state in payments.UNSETTLED else ""

    def resolve_is_preparing(root, info):
        """Begun, and not open yet."""
        return root.state == Payment.State.CREATED and not root.is_open

    def resolve_state_name(root, info):
        """The state in words; one that succeeded and does not pay the order is said to be given back."""
        if root.state == Payment.State.SUCCEEDED and not root.is_kept:
            return str(words.GIVEN_BACK)
        return str(Payment.State(root.state).words)


def open_order(request: Any, number: str, token: str | None) -> Order:
    """The order that this asker may act on; any other sounds like none."""
    order = orders.order_open_to(request.user, number, token)
    if order is None:
        raise NotFound(field="number")
    return order


class PaymentBegin(Act):
    """Begin to pay an order; asked again, it leads to the same open page."""

    class Meta:
        access = PUBLIC
        idempotent = True
        outside = True
        read_by = {"payment": "orders.reads.payment.payment_by_pk"}
        rate = (30, 60)
        as_made = True

    class Input:
        number = graphene.String(required=True, description=NUMBER)
        token = graphene.String(description=BY_LINK)
        kind = graphene.Field(PaymentKind, description="By default CHECKOUT.")

    payment = graphene.Field(PaymentType, description="Where and how to pay.")

    @classmethod
    def act(cls, request: Any, number: str, token: str | None = None, kind: Any = None) -> Any:
        """The attempt with the address to pay at; PAYMENT_AWAY where the provider cannot be reached, and the order
        stays payable."""
        order = open_order(request, number, token)
        return {"payment": payments.begin(order, kind_of(kind))}


class Mutation:
    payment_begin = PaymentBegin.Field()
