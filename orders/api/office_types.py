"""Refunds, disputes, claims and reviews as the office sees them."""

from typing import Any

import graphene
from django.utils import timezone

from accounts.models import Person
from core.api.access import Access
from core.api.facts import mark, needs
from core.api.types import Localized, ModelType, Money, MoneyField, money
from core.related import related
from orders import words
from orders.api.claim_talk import ClaimTalk, photo_url
from orders.api.desk_claim import id_of
from orders.models import Claim, Dispute, Line, Refund, Review
from orders.reads.claim import answer_by
from orders.reads.refund import lost_parcels

# What is here is reached from the office alone, by fields that ask for their permission.
OF_THE_OFFICE = Access("whoever was let into this part of the office", pii=2)


def called(person: Person | None) -> str:
    """By what the office knows a person: her name, else her mailbox; empty for the shop itself."""
    return (person.name or person.email or "") if person else ""


class OfficeLineType(ModelType):
    """A line of an order, of whichever team."""

    class Meta:
        model = Line
        name = "OfficeLine"
        main = False
        fields = ("team", "quantity", "refunded_units")
        access = OF_THE_OFFICE
        about = {
            "team": "Who sends it.",
            "quantity": "Units bought.",
            "refunded_units": "Units given back, or on their way back.",
        }

    id = id_of("Line")
    name = Localized("name", description="What was bought, as it was called then.")
    unit_price = MoneyField("unit_price_minor", description="The price of one unit then.")
    net = MoneyField("net_minor", description="What was paid for it.")
    refunded = MoneyField("refunded_minor", description="What of it is asked back for the buyer.")
    units_left = graphene.Int(required=True, description="Units of which nothing was asked back.")
    left = graphene.Field(Money, required=True, description="What of it can still be given back.")
    parcel_id = graphene.Int(description="The parcel in which it travels, as the order's parcels count.")

    def resolve_units_left(root, info):
        """Units bought, less those that were given back."""
        return root.units_sent

    def resolve_left(root, info):
        """What was paid for it, less what is asked back."""
        return money(root.net_minor - root.refunded_minor)

    def resolve_parcel_id(root, info):
        """Of the same number as `OfficeParcel.parcelId`."""
        return root.shipment_id


class OfficeRefundType(ModelType):
    """Money on its way back, with why it did not get there."""

    class Meta:
        model = Refund
        name = "OfficeRefund"
        main = False
        fields = (
            *("state", "reason", "failure", "note", "otherwise", "attempt"),
            *("requested_at", "settled_at", "retry_at", "returned_at"),
        )
        access = OF_THE_OFFICE
        about = {
            "state": "How far it has come.",
            "reason": "Why it is given back.",
            "failure": "Why it failed, in the provider's words; empty else.",
            "note": "Why, in the words of whoever decided it.",
            "attempt": "Which attempt is the last.",
            "requested_at": "When it was decided, or last tried.",
            "settled_at": "When it arrived, or failed.",
        }

    id = id_of("Refund")
    state_name = graphene.String(required=True, description="How far it has come, in words.")
    reason_name = graphene.String(required=True, description="Why, in words.")
    amount = MoneyField("amount_minor", description="How much.")
    due = MoneyField(
        "due_minor", description="What of it the buyer does not have yet from a bank or an attempt before."
    )
    number = graphene.String(required=True, description="The order's number.")
    by = graphene.String(
        required=True, description="Who decided it; empty for buyer, clock, bank or provider."
    )
    is_left = graphene.Boolean(required=True, description="Whether it waits for a person.")

    def resolve_state_name(root, info):
        """As its buyer reads it."""
        return str(words.refund_state(root))

    def resolve_reason_name(root, info):
        """As its buyer reads it."""
        return str(words.refund_reason(root))

    @needs("payment__order")
    def resolve_number(root, info):
        """Of the order whose payment it gives back."""
        return root.payment.order.number

    @needs("requested_by")
    def resolve_by(root, info):
        """By name, else by mailbox."""
        return called(root.requested_by)

    def resolve_is_left(root, info):
        """Failed, and the clock tries it no more."""
        is_owed = root.reason != Refund.Reason.DISPUTE and root.due_minor > 0
        return root.state == Refund.State.FAILED and root.retry_at is None and is_owed


class OfficeDisputeType(ModelType):
    """What a buyer's bank asks back, with the day by which the shop answers it."""

    class Meta:
        model = Dispute
        name = "OfficeDispute"
        main = False
        fields = (
            *("provider_id", "state", "status", "reason", "currency"),
            *("due_at", "opened_at", "closed_at"),
        )
        access = OF_THE_OFFICE
        about = {
            "provider_id": "By what the provider knows it.",
            "state": "How it stands.",
            "status": "The provider's own word for that.",
            "reason": "Why, in the bank's word.",
            "currency": "Of what is asked; CNY is what the shop takes.",
            "opened_at": "Since when the bank asks.",
            "closed_at": "When it was decided; null before.",
        }

    id = id_of("Dispute")
    state_name = graphene.String(required=True, description="How it stands, in words.")
    amount = MoneyField(
        "amount_minor", description="What is asked back; of another currency its smallest units."
    )
    lost = MoneyField("lost_minor", description="What the bank has taken for good.")
    paid = graphene.Field(Money, required=True, description="What was paid: more than that is not lost.")
    number = graphene.String(required=True, description="The order's number.")
    is_unclear = graphene.Boolean(required=True, description="Whether a person says what it came to.")

    def resolve_state_name(root, info):
        """What the bank says, in the shop's own words."""
        return str(Dispute.State(root.state).words)

    @needs("payment")
    def resolve_paid(root, info):
        """What the provider says that it received."""
        return money(root.payment.received_minor or 0)

    @needs("payment__order")
    def resolve_number(root, info):
        """Of the order that was paid so."""
        return root.payment.order.number

    def resolve_is_unclear(root, info):
        """An outcome for which there is no rule."""
        return root.state == Dispute.State.UNCLEAR


class OfficeClaimType(ClaimTalk, ModelType):
    """What a buyer says is wrong, and what can still be given back for it."""

    class Meta:
        model = Claim
        name = "OfficeClaim"
        main = False
        fields = ("state", "words", "answer", "made_at", "answered_at")
        access = OF_THE_OFFICE
        about = {
            "state": "Whether it was answered, and how.",
            "words": "What is wrong, in the buyer's words.",
            "answer": "The words of the last answer; empty before.",
            "made_at": "When it was said.",
            "answered_at": "When it was answered.",
        }

    id = id_of("Claim")
    state_name = graphene.String(required=True, description="Whether it was answered, in words.")
    photo_url = graphene.String(required=True, description="Where its photo is; empty without one.")
    number = graphene.String(required=True, description="The order's number.")
    line = mark(
        graphene.Field(OfficeLineType, required=True, description="What it is about."), relation="line"
    )
    answer_by = graphene.DateTime(description="Until when its team answers; null while that is not its turn.")
    is_left = graphene.Boolean(
        required=True, description="Whether its team has left it for longer than it has."
    )
    is_to_decide = graphene.Boolean(
        required=True, description="Whether the shop decides it: left by its team, or brought by its buyer."
    )
    sending = graphene.Field(
        Money,
        required=True,
        description="What goes back beside it for sending, were all of it given back.",
    )

    def resolve_state_name(root, info):
        """The state in a word or two, in the reader's language."""
        return str(Claim.State(root.state).words)

    def resolve_photo_url(root, info):
        """The door asks who is there."""
        return photo_url(root)

    def resolve_answer_by(root, info):
        """Then it is the office's."""
        return answer_by(root)

    def resolve_is_left(root, info):
        """Then somebody of the office answers."""
        return _is_left(root)

    def resolve_is_to_decide(root, info):
        """Then somebody of the office answers."""
        return root.state == Claim.State.OFFICE or _is_left(root)

    @needs("line__order")
    def resolve_number(root, info):
        """Of the order that it is about."""
        return root.line.order.number

    @needs("line__shipment__lines")
    def resolve_sending(root, info):
        """Where the parcel has not come and nothing in it would stay paid; else 0."""
        parcel = root.line.shipment
        beside: Any = related(parcel, "lines") if parcel else []
        return money(sum(lost_parcels(beside, {root.line_id: root.refundable_minor}).values()))


def _is_left(claim: Claim) -> bool:
    until = answer_by(claim)
    return until is not None and until < timezone.now()


class OfficeReviewType(ModelType):
    """A buyer's word on a product, hidden or not."""

    class Meta:
        model = Review
        name = "OfficeReview"
        main = False
        fields = ("product", "stars", "words", "nickname", "written_at", "is_hidden")
        access = OF_THE_OFFICE
        about = {
            "product": "What it is about.",
            "stars": "One to five.",
            "words": "In the buyer's own words; may be empty.",
            "nickname": "As she calls herself here; empty for a guest.",
            "written_at": "When.",
            "is_hidden": "Whether it was taken out of sight.",
        }

    id = id_of("Review")
