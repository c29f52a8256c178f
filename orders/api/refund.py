"""Giving back: asked for by the team for its own lines, or by an operator."""

from typing import Any
from uuid import UUID

import graphene

from accounts import clean
from core.api.access import SIGNED_IN
from core.api.act import Act
from core.api.errors import error_type
from core.api.ids import uid_of
from core.api.types import BigInt, ModelType, MoneyField
from core.language import say
from core.refusals import Invalid, NotFound
from orders import words
from orders.actions import cancel
from orders.actions import refund as refunds
from orders.api.payment import NUMBER, ORDER_HOLDER
from orders.models import Refund
from orders.reads import refund as reads
from orders.refusals import CartProblem, RefundTooLarge


@error_type(CartProblem)
class CartProblemError:
    """The cart cannot be placed as it is; `problem` is a code as the cart's problems have it."""

    problem = graphene.String(required=True, description="The code of the problem.")


@error_type(RefundTooLarge)
class RefundTooLargeError:
    """More was to be given back than is left."""

    amount_left = graphene.Field(BigInt, description="Fen that can still be given back.")
    units_left = graphene.Int(
        description="Units that can still be given back; null where none were asked for."
    )


class RefundType(ModelType):
    """Money on its way back to a buyer."""

    class Meta:
        model = Refund
        fields = ("state", "reason", "requested_at", "settled_at")
        access = ORDER_HOLDER
        about = {
            "state": "How far it has come.",
            "reason": "Why it is given back.",
            "requested_at": "When it was decided.",
            "settled_at": "When it arrived, or failed.",
        }

    amount = MoneyField("amount_minor", description="How much.")
    state_name = graphene.String(required=True, description="How far it has come, in words.")
    reason_name = graphene.String(required=True, description="Why, in words.")

    def resolve_state_name(root, info):
        """The state in a word or two, in the reader's language."""
        return str(words.refund_state(root))

    def resolve_reason_name(root, info):
        """Why it was given back, in a word or two of the reader's language."""
        return str(words.refund_reason(root))


class RefundLineInput(graphene.InputObjectType):
    """What to give back of a line: units at what was paid for them, an amount, or units and an amount."""

    line_id = graphene.ID(required=True, description="The line.")
    units = graphene.Int(description="Units; without an amount, what was paid for them.")
    amount_minor = graphene.Field(BigInt, description="Fen.")


class RefundRequest(Act):
    """Give back parts of an order: a team of its own lines until they are completed, an operator of any. Never more than remains."""

    class Meta:
        access = SIGNED_IN
        idempotent = True
        read_by = {"refund": "orders.reads.refund.refund_by_pk"}

    class Input:
        number = graphene.String(required=True, description=NUMBER)
        lines = graphene.List(
            graphene.NonNull(RefundLineInput), required=True, description="What of which line."
        )
        shipping = graphene.Boolean(description="Give back what sending cost, too.")
        sum_minor = graphene.Field(
            BigInt,
            description="Instead of lines: so many fen of what remains of all of them, each by what remains of it.",
        )
        note = graphene.String(
            description="Why, for the record; needed of what is completed, which an operator alone gives back."
        )

    refund = graphene.Field(RefundType, description="The refund, on its way.")

    @classmethod
    def act(
        cls,
        request: Any,
        number: str,
        lines: list,
        shipping: bool = False,
        sum_minor: int | None = None,
        note: str | None = None,
    ) -> Any:
        """The refund, on its way. NOT_FOUND for an order that is unpaid, the asker's own, or of none of her teams."""
        order, teams = reads.order_to_refund(request.user, number)
        made = refunds.request(
            order,
            parts_of(lines),
            shipping=bool(shipping),
            teams=teams,
            sum_minor=sum_minor,
            by=request.user,
            note=note or "",
        )
        return {"refund": made}


class OrderCallOff(Act):
    """The office: call off an order that is paid and of which nothing was sent; all of it goes back."""

    class Meta:
        access = SIGNED_IN
        idempotent = True
        read_by = {"refund": "orders.reads.refund.refund_by_pk"}

    class Input:
        number = graphene.String(required=True, description=NUMBER)
        reason = graphene.String(required=True, description="Why, for the record.")

    refund = graphene.Field(RefundType, description="All of it, on its way.")

    @classmethod
    def act(cls, request: Any, number: str, reason: str) -> Any:
        """The refund. NOT_FOUND for an order that is unpaid, the asker's own or at none of her places; TOO_LATE once
        something is sent, CONFLICT while a bank decides."""
        order, teams = reads.order_to_refund(request.user, number)
        if teams is not None:
            raise NotFound(field="number")
        cancel.cancel(order, request.user, clean.line(reason, "reason", 200))
        return {"refund": reads.last_of(order, Refund.Reason.CANCELLED)}


def parts_of(lines: list[dict[str, Any]]) -> dict[UUID, refunds.Part]:
    """The parts of an input's lines, by the lines' uids; INVALID for one that is named twice."""
    parts: dict[UUID, refunds.Part] = {}
    for index, line in enumerate(lines):
        path = ("lines", str(index), "line_id")
        uid = uid_of(line["line_id"], "Line", field=path)
        if uid in parts:
            raise Invalid(say("同一行只能填一次。", "Each line can be named once."), field=path)
        parts[uid] = refunds.Part(line.get("units") or 0, line.get("amount_minor"))
    return parts


class Mutation:
    refund_request = RefundRequest.Field()
    order_call_off = OrderCallOff.Field()
