"""An order as its buyer sees it: lines, parcels, payments, refunds, and what may be done now."""

from typing import Any

import graphene
from django.db.models import QuerySet, prefetch_related_objects

from core.api.access import PUBLIC, SIGNED_IN
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import guarded, mark, needs
from core.api.ids import global_id
from core.api.lookahead import planned
from core.api.nodes import Door
from core.api.types import ModelType, MoneyField, list_of
from core.related import related
from orders import holding, words
from orders.actions import cancel
from orders.api.closure import ClosedPlaceType, StandstillType, closed_place, standstill_of
from orders.api.coupon import OfferedCoupon
from orders.api.dispute import DisputeType
from orders.api.invoice import WithInvoices
from orders.api.line import LineType
from orders.api.news import WithNews
from orders.api.payment import BY_LINK, NUMBER, ORDER_HOLDER, open_order
from orders.api.refund import RefundType
from orders.api.setback import WithHarvests
from orders.links import token_for
from orders.models import Order
from orders.reads import order as reads
from orders.reads.address import PLACES, localized, parcels_of
from orders.reads.closure import closed_for
from orders.reads.dispute import DisputeToBuyer, disputes_of
from orders.reads.standstill import standing_of


class OrderAction(graphene.Enum):
    """Something that its buyer can do with an order."""

    PAY = "PAY"
    CANCEL = "CANCEL"
    WAIT = "WAIT"
    REFUND = "REFUND"

    @property
    def description(self) -> str:
        """What a buyer brings about by it, for the schema."""
        return {
            "PAY": "Pay it.",
            "CANCEL": "Call it off; what was paid is given back. One that is held can be called off until "
            "what it is held for is confirmed, or its time to decide has come.",
            "WAIT": "Wait until its place is open again, by standstillWait.",
            "REFUND": "Have back what is not delivered while its place is closed, by standstillRefund.",
        }[self.value]


class OrderType(WithInvoices, WithNews, WithHarvests, ModelType):
    """A placed cart; lines, prices and address are as they were then."""

    class Meta:
        door = Door("order", lambda request, uids: reads.orders_of(request.user).filter(uid__in=uids))
        model = Order
        fields = (
            "number",
            "state",
            "email",
            "mobile",
            "note",
            "placed_at",
            "reserved_until",
            "paid_at",
            "contested_at",
            "lines",
            "shipments",
            "payments",
        )
        access = ORDER_HOLDER
        most = {"lines": 20, "shipments": 20, "payments": 10}
        about = {
            "number": "The number to name it by.",
            "state": "Where it stands.",
            "email": "Where its mails go; empty where its buyer is told by text.",
            "note": "A word for the teams.",
            "placed_at": "When it was placed.",
            "reserved_until": "Until when its stock is kept for its payment.",
            "paid_at": "When it was paid.",
            "contested_at": "Since when a bank is deciding about its payment: nothing is sent; null for most.",
            "lines": "What was bought.",
            "shipments": "Its parcels: one for each team and address.",
            "payments": "Attempts to pay it.",
        }

    line = mark(
        graphene.Field(
            LineType,
            id=graphene.ID(required=True, description="Which of them."),
            description="One of its lines; null for what is none of this order's.",
        ),
        relation="lines",
    )
    state_name = graphene.String(required=True, description="Where it stands, in words.")
    goods_total = MoneyField("goods_minor", description="All lines at their prices.")
    discount_total = MoneyField("discount_minor", description="What its coupon took off.")
    coupon = graphene.Field(OfferedCoupon, description="The coupon that it has; null for most.")
    shipping_total = MoneyField("shipping_minor", description="Sending.")
    total = MoneyField("total_minor", description="What it costs in all: goods and sending less the coupon.")
    refunded_total = MoneyField("refunded_minor", description="What the buyer has back.")
    recipient = graphene.String(required=True, description="Who takes its first parcel.")
    phone = graphene.String(required=True, description="Whom the courier calls.")
    address = graphene.String(required=True, description="Where that goes: region and street.")
    held_for = graphene.String(
        description="What it is held for until that is confirmed, or was, by its title; null for most."
    )
    is_guest = graphene.Boolean(required=True, description="Whether it was bought without an account.")
    refunds = mark(
        graphene.Field(
            graphene.List(graphene.NonNull(RefundType)), required=True, description="What goes back, and why."
        ),
        most=20,
    )
    disputes = list_of(
        DisputeType, most=10, description="What banks ask or asked about its payment, the first first."
    )
    allowed_actions = graphene.List(
        graphene.NonNull(OrderAction), required=True, description="What its buyer may do now."
    )
    closed = graphene.Field(
        ClosedPlaceType,
        description="What closes its place for something in it that is not sent yet; null for most.",
    )
    standstill = graphene.Field(
        StandstillType, description="What waits, paid, because its place is closed; null for most."
    )

    def resolve_line(root, info, id):
        """By its opaque id, among this order's own."""
        return next((row for row in related(root, "lines") if global_id("Line", row.uid) == id), None)

    @needs("coupon_use__coupon__team", "coupon_use__coupon__category")
    def resolve_coupon(root, info):
        """As it was when the order was placed: coupons are never changed."""
        use = getattr(root, "coupon_use", None) if root.discount_minor else None
        return use.coupon if use else None

    @needs("lines", "shipments")
    def resolve_state_name(root, info):
        """In the reader's language; one that is wholly on its way back says so, and one taken as delivered."""
        if root.state in (Order.State.PAID, Order.State.HELD) and reads.is_all_refunded(root):
            return str(words.being_refunded(root))
        if root.state == Order.State.DELIVERED and any(parcel.is_presumed for parcel in root.shipments.all()):
            return str(words.TAKEN_AS_DELIVERED)
        return str(words.order_state(root))

    @needs(PLACES)
    def resolve_recipient(root, info):
        """Of the parcel that was written down first."""
        return parcels_of(root)[0].recipient

    @needs(PLACES)
    def resolve_phone(root, info):
        """Of the same parcel."""
        return parcels_of(root)[0].phone

    @needs(PLACES)
    def resolve_address(root, info):
        """From the large to the small in Chinese, the other way round in English."""
        first = parcels_of(root)[0]
        return localized(first.region, first.street)

    @needs(*holding.rows())
    def resolve_held_for(root, info):
        """As whoever leads it calls it."""
        return holding.row_of(root).title if root.holder else None

    def resolve_is_guest(root, info):
        """Whether it was placed without an account."""
        return root.person_id is None

    @needs("payments__refunds")
    def resolve_refunds(root, info):
        """Of all its payments, in the order in which they were asked for."""
        rows = [refund for payment in root.payments.all() for refund in payment.refunds.all()]
        return sorted(rows, key=lambda refund: refund.pk)

    @needs("payments__disputes", "payments__refunds", "lines", "shipments")
    def resolve_disputes(root, info) -> list[DisputeToBuyer]:
        """Of the payment that it stands on; of one that went back nothing hangs on the order."""
        return disputes_of(root)

    @needs("lines", "shipments", *holding.rows())
    def resolve_allowed_actions(root, info):
        """Each only while it would be accepted."""
        return reads.allowed_actions(root)

    def resolve_closed(root, info):
        """By the wall clock; nothing is asked as long as no place is closed."""
        return closed_place(closed_for(root))

    def resolve_standstill(root, info):
        """Of what is paid; what waits for its payment cannot be paid meanwhile."""
        return standstill_of(standing_of(root))


class OrderCancel(Act):
    """Call an order off before anything is sent; what was paid is given back, sending included."""

    class Meta:
        access = PUBLIC
        idempotent = True
        rate = (60, 60)
        read_by = {"order": "orders.reads.order.order_by_pk"}

    class Input:
        number = graphene.String(required=True, description=NUMBER)
        token = graphene.String(description=BY_LINK)

    order = graphene.Field(OrderType, description="The order as it is now.")

    @classmethod
    def act(cls, request: Any, number: str, token: str | None = None) -> Any:
        """The order as it is then, also where it was cancelled already; TOO_LATE once something is sent, CONFLICT
        while a bank decides."""
        by = request.user if request.user.is_authenticated else None
        return {"order": cancel.cancel(open_order(request, number, token), by)}


class WithOrder:
    """What a payload tells of an order just placed."""

    order = graphene.Field(OrderType, description="The order.")
    token = graphene.String(description="A guest's key to the order, for its page and for paying; else null.")

    def resolve_token(root, info):
        """Made anew from the order, so that it is written down nowhere."""
        return token_for(root.order) or None if root.order else None


def _order(root: Any, info: Any, number: str, token: str | None = None) -> Order | None:
    plan = planned(Order, info)
    order = reads.order_open_to(info.context.user, number, token, tuple(sorted(plan.joins)))
    if order is not None and (ahead := plan.prefetches()):
        prefetch_related_objects([order], *ahead)
    return order


def _my_orders(root: Any, info: Any) -> QuerySet[Order]:
    return reads.orders_of(info.context.user)


class Query:
    order = guarded(
        graphene.Field(
            OrderType,
            args={
                "number": graphene.Argument(graphene.String, required=True, description=NUMBER),
                "token": graphene.Argument(graphene.String, description=BY_LINK),
            },
            resolver=_order,
            description="One's own order, or a guest's by its key; null for any other.",
        ),
        PUBLIC,
    )
    my_orders = guarded(
        connection_field(
            lambda: OrderType, _my_orders, order=("-placed_at", "-id"), description="One's own orders."
        ),
        SIGNED_IN,
    )


class Mutation:
    order_cancel = OrderCancel.Field()
