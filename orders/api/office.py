"""The office's lists of what buying leaves to a person, and what is done about it."""

from typing import Any, TypeVar
from uuid import UUID

import graphene
from django.db.models import Model, QuerySet

from accounts.api.access import whoever_may
from accounts.api.office import add_to_office
from accounts.permissions import places_of
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.types import BigInt
from core.refusals import NotFound
from orders.actions import dispute as disputes
from orders.actions import elsewhere
from orders.actions import refund as refunds
from orders.actions import review as reviews
from orders.api.office_types import OfficeClaimType, OfficeDisputeType, OfficeRefundType, OfficeReviewType
from orders.models import Review
from orders.reads.dispute import disputes_for
from orders.reads.place import of_line
from orders.reads.refund import refunds_for
from orders.reads.waiting import claims_left, disputes_waiting, refunds_left

REFUNDS = whoever_may("orders.refund", pii=2, anywhere=True)
DISPUTES = whoever_may("orders.decide_dispute", pii=2, anywhere=True)
CLAIMS = whoever_may("orders.answer_left_claims", pii=2, anywhere=True)
REVIEWS = whoever_may("orders.hide_review", pii=1, anywhere=True)


def _reviews(person: Any) -> QuerySet[Review]:
    return Review.objects.filter(of_line(places_of(person, "orders.hide_review"), "line__"))


add_to_office(
    refunds=guarded(
        connection_field(
            OfficeRefundType,
            lambda root, info: refunds_left(root),
            order=("id",),
            description="Refunds that failed and wait for a person, the first decided first.",
        ),
        REFUNDS,
    ),
    disputes=guarded(
        connection_field(
            OfficeDisputeType,
            lambda root, info: disputes_waiting(root),
            order=("due_on", "id"),
            description="Disputes that wait for the shop, the most urgent first.",
        ),
        DISPUTES,
    ),
    claims=guarded(
        connection_field(
            OfficeClaimType,
            lambda root, info: claims_left(root),
            order=("made_at", "id"),
            description="Claims that the shop decides, left by their teams for three days or brought by their buyers; the first made first.",
        ),
        CLAIMS,
    ),
    reviews=guarded(
        connection_field(
            OfficeReviewType,
            lambda root, info: _reviews(root),
            order=("-id",),
            description="What buyers say of products, the newest first.",
        ),
        REVIEWS,
    ),
)

Row = TypeVar("Row", bound=Model)


def _one(rows: QuerySet[Row], uid: UUID, field: str) -> Row:
    found = rows.filter(uid=uid).first()
    if found is None:
        raise NotFound(field=field)
    return found


class RefundRetry(Act):
    """Try a failed refund once more at the provider."""

    class Meta:
        access = REFUNDS
        idempotent = True
        read_by = {"refund": "orders.reads.refund.refund_by_pk"}

    class Input:
        refund_id = graphene.ID(required=True, description="The refund.")

    refund = graphene.Field(OfficeRefundType, description="The refund, under way again.")

    @classmethod
    def act(cls, request: Any, refund_id: str) -> Any:
        """The refund; CONFLICT where it has not failed."""
        row = _one(refunds_for(request.user), uid_of(refund_id, "Refund", field="refund_id"), "refund_id")
        return {"refund": refunds.retry(row, request.user)}


class RefundGive(Act):
    """Write down that a failed refund was given in another way, by bank transfer say."""

    class Meta:
        access = REFUNDS
        idempotent = True
        read_by = {"refund": "orders.reads.refund.refund_by_pk"}

    class Input:
        refund_id = graphene.ID(required=True, description="The refund.")
        how = graphene.String(
            required=True, description="How it was given, for the record; at most 200 characters."
        )

    refund = graphene.Field(OfficeRefundType, description="The refund, given.")

    @classmethod
    def act(cls, request: Any, refund_id: str, how: str) -> Any:
        """The refund; CONFLICT where it has not failed, NOT_ALLOWED for an order of one's own."""
        row = _one(refunds_for(request.user), uid_of(refund_id, "Refund", field="refund_id"), "refund_id")
        return {"refund": elsewhere.settle_otherwise(row, request.user, how)}


class DisputeDecide(Act):
    """Say what a dispute came to whose outcome has no rule."""

    class Meta:
        access = DISPUTES
        idempotent = True
        read_by = {"dispute": "orders.reads.dispute.dispute_by_pk"}

    class Input:
        dispute_id = graphene.ID(required=True, description="The dispute.")
        lost_minor = graphene.Field(
            BigInt,
            required=True,
            description="Fen that the bank has taken for good; 0 where the money is ours.",
        )
        reason = graphene.String(required=True, description="Why it is taken so; at most 200 characters.")

    dispute = graphene.Field(OfficeDisputeType, description="The dispute, decided.")

    @classmethod
    def act(cls, request: Any, dispute_id: str, lost_minor: int, reason: str) -> Any:
        """The dispute; CONFLICT where it does not wait for a person, NOT_ALLOWED for an order of one's own."""
        rows = disputes_for(request.user).select_related("payment__order")
        row = _one(rows, uid_of(dispute_id, "Dispute", field="dispute_id"), "dispute_id")
        return {"dispute": disputes.decide(row, request.user, lost_minor, reason)}


class ReviewHide(Act):
    """Take a review out of sight, for good; it is kept."""

    class Meta:
        access = REVIEWS

    class Input:
        review_id = graphene.ID(required=True, description="The review.")

    review = graphene.Field(OfficeReviewType, description="The review, hidden.")

    @classmethod
    def act(cls, request: Any, review_id: str) -> Any:
        """The review; NOT_ALLOWED for what is said of a team of one's own."""
        row = _one(_reviews(request.user), uid_of(review_id, "Review", field="review_id"), "review_id")
        return {"review": reviews.hide(row, request.user)}


class Mutation:
    refund_retry = RefundRetry.Field()
    refund_give = RefundGive.Field()
    dispute_decide = DisputeDecide.Field()
    review_hide = ReviewHide.Field()
