"""One order as the office sees it: who, what, parcels, payments, what goes back, and which letters went out."""

from typing import Any

import graphene
from django.db.models import QuerySet, prefetch_related_objects

from accounts.api.access import whoever_may
from accounts.api.office import add_to_office
from core.api.access import HELD
from core.api.act import Act
from core.api.facts import guarded, mark, needs
from core.api.ids import global_id
from core.api.lookahead import planned
from core.api.types import ModelType, Money, MoneyField, PlainType, list_of, money
from core.refusals import NotFound
from orders import holding, words
from orders.actions import find
from orders.api.office_types import (
    OF_THE_OFFICE,
    OfficeClaimType,
    OfficeDisputeType,
    OfficeLineType,
    OfficeRefundType,
)
from orders.api.parcel import carried
from orders.models import Order, Payment, Shipment
from orders.reads.address import PLACES, on_a_parcel, parcels_of
from orders.reads.find import MOST, orders_for
from orders.reads.letters import letters_of
from orders.reads.order import is_unsent, refundable_minor
from orders.reads.proof import is_hers

ORDERS = whoever_may("orders.see_orders", pii=2, anywhere=True)


class OfficeParcelType(ModelType):
    """A parcel of an order, of whichever team."""

    class Meta:
        model = Shipment
        name = "OfficeParcel"
        main = False
        fields = (*("team", "state", "ship_by", "shipped_at", "delivered_at", "after_sale_until"),)
        access = OF_THE_OFFICE
        about = {
            "team": "Who sends it.",
            "state": "Where it is.",
            "ship_by": "The day by which it was promised.",
            "shipped_at": "When it was sent.",
            "delivered_at": "When it arrived, or was taken as arrived.",
            "after_sale_until": "Until when its buyer may say that something is wrong.",
        }

    carrier = carried("carrier", "Who carries it; empty until it is sent.")
    tracking_number = carried("tracking_number", "The carrier's number; empty until it is sent.")
    parcel_id = graphene.Int(required=True, description="By what its lines name it.")
    state_name = graphene.String(required=True, description="Where it is, in words.")
    shipping = MoneyField("shipping_minor", description="What was paid for sending it.")
    refunded = MoneyField("refunded_minor", description="What of that is asked back for the buyer.")

    def resolve_parcel_id(root, info):
        """Of the same number as `OfficeLine.parcelId`."""
        return root.pk

    def resolve_state_name(root, info):
        """One that nobody has reported is not said to have come."""
        return str(words.shipment_state(root))


class OfficePaymentType(ModelType):
    """An attempt to pay an order."""

    class Meta:
        model = Payment
        name = "OfficePayment"
        main = False
        fields = (
            *("state", "method", "payment_ref", "failure", "is_kept"),
            *("created_at", "succeeded_at"),
        )
        access = OF_THE_OFFICE
        about = {
            "state": "How far it has come.",
            "method": "By which means, once known.",
            "payment_ref": "By what the provider knows it.",
            "failure": "Why it could not be begun, in the provider's words.",
            "is_kept": "Whether it pays the order; any other goes back.",
            "created_at": "When it was begun.",
            "succeeded_at": "When the money came.",
        }

    provider = graphene.String(required=True, description="Who moves the money, as the settings call it.")
    state_name = graphene.String(required=True, description="How far it has come, in words.")
    amount = MoneyField("amount_minor", description="What was asked for.")
    received = MoneyField("received_minor", required=False, description="What came; null before.")

    def resolve_provider(root, info):
        """No enumeration: which there are is a setting."""
        return root.provider

    def resolve_state_name(root, info):
        """One that succeeded and does not pay the order is said to be given back."""
        if root.state == Payment.State.SUCCEEDED and not root.is_kept:
            return str(words.GIVEN_BACK)
        return str(Payment.State(root.state).words)


class LetterType(PlainType):
    """A letter about an order."""

    class Meta:
        name = "OfficeLetter"
        access = HELD

    name = graphene.String(required=True, description="What it tells, and whom.")
    recorded_at = graphene.DateTime(required=True, description="When it became due.")
    sent_at = graphene.DateTime(description="When it was handed to the mail; null before.")
    is_parked = graphene.Boolean(required=True, description="Whether it was set aside after ten tries.")

    def resolve_name(root, info):
        """What the letter is about, in the reader's language."""
        return str(root.words)


class OfficeOrderType(ModelType):
    """An order with all that is kept of it, for the office alone."""

    class Meta:
        model = Order
        name = "OfficeOrder"
        main = False
        fields = (
            *("number", "state", "email", "mobile", "note", "placed_at", "paid_at"),
            *("contested_at", "closed_at"),
        )
        access = OF_THE_OFFICE
        about = {
            "number": "The number to name it by.",
            "state": "Where it stands.",
            "email": "Where its mails go; empty where its buyer is told by text.",
            "note": "The buyer's word for the teams.",
            "placed_at": "When it was placed.",
            "paid_at": "When the money came; null before.",
            "contested_at": "Since when a bank decides about its payment; null for most.",
            "closed_at": "When it was over; null before.",
        }

    id = mark(
        graphene.Field(graphene.ID, required=True, description="The order's id, as the audit log knows it."),
        columns=("uid",),
    )
    state_name = graphene.String(required=True, description="Where it stands, in words.")
    recipient = graphene.String(required=True, description="Who takes its first parcel.")
    phone = graphene.String(required=True, description="Whom the courier calls.")
    address = graphene.String(required=True, description="Where that goes.")
    is_guest = graphene.Boolean(required=True, description="Whether it was bought without an account.")
    is_own = graphene.Boolean(
        required=True, description="Whether it is the asker's own: somebody else decides about it."
    )
    can_be_called_off = graphene.Boolean(
        required=True,
        description="Whether the office may still call it off: paid for good, and nothing was sent.",
    )
    held_for = graphene.String(description="What it is or was held for, by its title; null for most.")
    goods_total = MoneyField("goods_minor", description="All lines at their prices.")
    discount_total = MoneyField("discount_minor", description="What its coupon took off.")
    shipping_total = MoneyField("shipping_minor", description="Sending.")
    total = MoneyField("total_minor", description="What it costs in all.")
    refunded_total = MoneyField("refunded_minor", description="What the buyer has back.")
    left = graphene.Field(Money, required=True, description="What can still be given back, sending included.")
    lines = mark(list_of(OfficeLineType, most=20, description="What was bought."), relation="lines")
    parcels = mark(
        list_of(OfficeParcelType, most=20, description="How it travels."),
        needs=("shipments__team", "shipments__parcel"),
    )
    payments = mark(
        list_of(OfficePaymentType, most=10, description="Attempts to pay it."), relation="payments"
    )
    refunds = list_of(OfficeRefundType, most=30, description="What goes back, the first decided first.")
    disputes = list_of(OfficeDisputeType, most=10, description="What banks ask or asked about it.")
    claims = list_of(OfficeClaimType, most=60, description="What its buyer said was wrong.")
    letters = mark(list_of(LetterType, most=60, description="Letters about it, the newest first."), cost=20)

    def resolve_id(root, info):
        """The same id as for its buyer."""
        return global_id("Order", root.uid)

    def resolve_state_name(root, info):
        """The state in a word or two, in the reader's language."""
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
        """In Chinese, whoever reads it: couriers do."""
        first = parcels_of(root)[0]
        return on_a_parcel(first.region, first.street)

    def resolve_is_guest(root, info):
        """Whether it was placed without an account."""
        return root.person_id is None

    def resolve_is_own(root, info):
        """By her account, or a guest's under her address."""
        return is_hers(info.context.user, root)

    @needs("lines", "shipments")
    def resolve_can_be_called_off(root, info):
        """Not while a bank decides about its money."""
        return is_unsent(root) and not root.contested_at

    @needs(*holding.rows())
    def resolve_held_for(root, info):
        """As whoever leads it calls it."""
        return holding.row_of(root).title if root.holder else None

    @needs("lines", "shipments")
    def resolve_left(root, info):
        """All that remains of lines and sending."""
        return money(refundable_minor(root))

    def resolve_lines(root, info):
        """What was bought, as it was called and priced then."""
        return list(root.lines.all())

    def resolve_parcels(root, info):
        """One for each team and address."""
        return list(root.shipments.all())

    def resolve_payments(root, info):
        """Attempts that failed among them, the first begun first."""
        return list(root.payments.all())

    @needs("payments__refunds__requested_by")
    def resolve_refunds(root, info):
        """Of all its payments, the first requested first."""
        rows = [
            _with(refund, payment, root)
            for payment in root.payments.all()
            for refund in payment.refunds.all()
        ]
        return sorted(rows, key=lambda refund: refund.pk)

    @needs("payments__disputes")
    def resolve_disputes(root, info):
        """Of all its payments, the first that was heard of first."""
        pairs = [(row, payment) for payment in root.payments.all() for row in payment.disputes.all()]
        return sorted((_with(row, payment, root) for row, payment in pairs), key=lambda row: row.pk)

    @needs("lines__claims", "lines__shipment__lines")
    def resolve_claims(root, info):
        """Of all its lines, the first made first."""
        rows = [_of(claim, line, root) for line in root.lines.all() for claim in line.claims.all()]
        return sorted(rows, key=lambda claim: claim.pk)

    def resolve_letters(root, info):
        """As far as the outbox remembers."""
        return letters_of(root)


def _with(row: Any, payment: Payment, order: Order) -> Any:
    """The row with what it belongs to, which is here already."""
    payment.order, row.payment = order, payment
    return row


def _of(claim: Any, line: Any, order: Order) -> Any:
    line.order, claim.line = order, line
    return claim


def _order(root: Any, info: Any, number: str) -> Order:
    plan = planned(Order, info)
    found = plan.joined(orders_for(root).filter(number=number.strip().upper())).first()
    if found is None:
        raise NotFound(field="number")
    if ahead := plan.prefetches():
        prefetch_related_objects([found], *ahead)
    find.look(found, info.context.user)
    return found


def _orders(root: Any, info: Any, numbers: list[str]) -> QuerySet[Order]:
    plan = planned(Order, info)
    rows = plan.joined(orders_for(root).filter(number__in=numbers[:MOST]))
    return rows.prefetch_related(*plan.prefetches()).order_by("-pk")


add_to_office(
    order=guarded(
        graphene.Field(
            OfficeOrderType,
            required=True,
            args={"number": graphene.Argument(graphene.String, required=True, description="Its number.")},
            resolver=_order,
            description="An order of anybody, at the places that the asker looks after; that it was looked at is written down.",
        ),
        ORDERS,
        cost=10,
    ),
    orders=guarded(
        list_of(
            OfficeOrderType,
            most=MOST,
            resolver=_orders,
            description="The orders of these numbers, as `orderFind` has found them, the newest first.",
            numbers=graphene.Argument(
                graphene.List(graphene.NonNull(graphene.String)),
                required=True,
                description=f"Their numbers, at most {MOST}.",
            ),
        ),
        ORDERS,
    ),
)


class OrderFind(Act):
    """Find orders by number (whole or its beginning), e-mail address, telephone or tracking number; that they were
    looked for is written down, and not the words."""

    class Meta:
        access = ORDERS
        rate = (60, 60)

    class Input:
        words = graphene.String(required=True, description="What is known of it.")

    numbers = graphene.List(
        graphene.NonNull(graphene.String), description=f"Their numbers, the newest first, at most {MOST}."
    )

    @classmethod
    def act(cls, request: Any, words: str) -> Any:
        """The numbers; INVALID for what can be none of these."""
        return cls(numbers=[order.number for order in find.find(words, request.user)])


class Mutation:
    order_find = OrderFind.Field()
