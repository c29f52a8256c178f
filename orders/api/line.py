"""A line of an order as its buyer sees it: what was bought, what is to be said of it now, what went back."""

import graphene

from catalog.api.variant import OfPublished
from catalog.models import Product, Variant
from core.api.facts import mark, needs
from core.api.ids import global_id
from core.api.types import Localized, ModelType, Money, MoneyField, money, type_of
from orders.actions.claim import MOST_CLAIMS
from orders.api.payment import ORDER_HOLDER
from orders.models import Line, Refund
from orders.reads.shipment import is_claimable, is_recalled, is_reviewable, returnable_until


class LineType(OfPublished, ModelType):
    """One variant and a quantity, at the price of that moment."""

    class Meta:
        model = Line
        fields = (
            *("team", "quantity", "refunded_units", "claims", "review"),
            *("is_returnable", "presale_ship_by"),
        )
        access = ORDER_HOLDER
        most = {"claims": MOST_CLAIMS}
        about = {
            "team": "Who sends it.",
            "quantity": "Units bought.",
            "refunded_units": "Units given back.",
            "claims": "What its buyer said was wrong with it.",
            "review": "What its buyer said of it; null while she has not.",
            "is_returnable": "Whether it was sold as something that can be sent back within seven days without a reason.",
            "presale_ship_by": "Bought before its harvest was in: to be sent by this day; null for most.",
        }

    name = Localized("name", description="What was bought, as it was called then.")
    unit_price = MoneyField("unit_price_minor", description="The price of one unit then.")
    list_total = MoneyField("list_minor", description="Quantity times price, before any coupon.")
    net = MoneyField("net_minor", description="What was paid for the line: its own part of a coupon is off.")
    refunded = MoneyField("refunded_minor", description="What of it is asked back for the buyer.")
    still_due = graphene.Field(
        Money, required=True, description="What of `refunded` the provider has not given back yet."
    )
    shipment_id = graphene.ID(description="The parcel it travels in.")
    variant = mark(
        graphene.Field(
            lambda: type_of(Variant),
            description="What was bought as it is today; null when not shown any more.",
        ),
        relation="variant",
        needs=("variant__product",),
    )
    product = mark(
        graphene.Field(
            lambda: type_of(Product), description="Its product; null when it is not shown any more."
        ),
        needs=("variant__product",),
    )

    is_claimable = graphene.Boolean(
        required=True, description="Whether its buyer may say now that something is wrong."
    )
    returnable_until = graphene.DateTime(
        description="Until when its buyer may send it back without a reason, by saying so as a claim; null where not, or "
        "not any more."
    )
    is_reviewable = graphene.Boolean(required=True, description="Whether its buyer may review it now.")
    is_recalled = graphene.Boolean(
        required=True,
        description="Whether a lot of it was recalled after it was sent: not to be eaten or used.",
    )

    @needs("refund_lines__refund")
    def resolve_still_due(root, info):
        """Of refunds that are on their way, or failed."""
        due = [r for r in root.refund_lines.all() if r.refund.state not in Refund.SETTLED]
        return money(sum(row.amount_minor for row in due))

    @needs("shipment", "claims")
    def resolve_is_claimable(root, info):
        """Delivered, in time, and nothing waits for an answer."""
        return is_claimable(root)

    @needs("shipment", "claims")
    def resolve_returnable_until(root, info):
        """Seven days from its delivery, of goods that keep."""
        return returnable_until(root)

    @needs("shipment", "review")
    def resolve_is_reviewable(root, info):
        """Whether it has arrived, was not all given back, and has no review yet."""
        return is_reviewable(root)

    @needs("shipment")
    def resolve_is_recalled(root, info):
        """Whether a lot of it was recalled after its parcel had been sent."""
        return is_recalled(root)

    @needs("shipment")
    def resolve_shipment_id(root, info):
        """The opaque id of its parcel; null while it is in none."""
        return global_id("Shipment", root.shipment.uid) if root.shipment else None
