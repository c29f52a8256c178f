"""What a buyer's bank asks about her payment, as she may see it."""

import graphene

from core.api.types import Money, PlainType, enum_of, money
from orders.api.payment import ORDER_HOLDER
from orders.models import Dispute


class DisputeType(PlainType):
    """A buyer's bank asks for the money of an order back: how that stands, what it means, and what she can do."""

    class Meta:
        access = ORDER_HOLDER

    state = graphene.Field(enum_of(Dispute, "state"), required=True, description="How it stands.")
    state_name = graphene.String(required=True, description="How it stands, in words.")
    is_over = graphene.Boolean(required=True, description="Whether the bank has decided.")
    amount = graphene.Field(
        Money, description="What is asked back; null where the bank asks in another currency."
    )
    lost = graphene.Field(Money, required=True, description="What the bank has given the buyer for good.")
    opened_at = graphene.DateTime(required=True, description="Since when the bank asks.")
    answer_by = graphene.DateTime(
        description="Until when the shop answers; null once it has, or without a day."
    )
    closed_at = graphene.DateTime(description="When the bank decided; null before.")
    meaning = graphene.String(required=True, description="What it means for parcels and refunds.")
    advice = graphene.String(required=True, description="What the buyer can do.")

    def resolve_state(root, info):
        """As the bank has left it, for programs."""
        return str(root.row.state)

    def resolve_state_name(root, info):
        """The state in words for a buyer, in the reader's language."""
        return str(Dispute.State(root.row.state).to_buyer)

    def resolve_is_over(root, info):
        """Decided, one way or the other."""
        return root.row.state in Dispute.ENDED

    def resolve_amount(root, info):
        """Of another currency the number alone would be read as fen."""
        return money(root.row.amount_minor) if root.row.currency == "cny" else None

    def resolve_lost(root, info):
        """What the bank has given back to the buyer out of the payment."""
        return money(root.row.lost_minor)

    def resolve_opened_at(root, info):
        """When it was heard of."""
        return root.row.opened_at

    def resolve_closed_at(root, info):
        """While it goes on again after a decision there is none."""
        return root.row.closed_at if root.row.state in Dispute.ENDED else None
