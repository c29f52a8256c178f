"""Places closed for delivery, as buyers meet them: in a cart, in an order, in a refusal; and what they may choose."""

from typing import Any

import graphene

from core.api.access import HELD, PUBLIC
from core.api.act import Act
from core.api.errors import error_type
from core.api.types import Money, PlainType, enum_of, money
from orders.actions import standstill
from orders.api.payment import BY_LINK, NUMBER, ORDER_HOLDER, open_order
from orders.models import Standstill
from orders.reads.closure import Closed
from orders.reads.standstill import Standing
from orders.refusals import PlaceClosed

PLACE = "The region that is closed, with what it lies in."
REASON = "Why, in the reader's language."
UNTIL = "When it is expected to be open again; null where nobody knows."
INCIDENT = "By which `incident` tells what happened."


class ClosedPlaceType(PlainType):
    """A place to which nothing, or nothing of a storage class, is delivered for now; times are of Asia/Shanghai."""

    class Meta:
        access = HELD

    message = graphene.String(required=True, description="What, where, why and until when, in a sentence.")
    place = graphene.String(required=True, description=PLACE)
    reason = graphene.String(required=True, description=REASON)
    since = graphene.DateTime(required=True, description="Since when.")
    until = graphene.DateTime(description=UNTIL)
    incident_code = graphene.String(required=True, description=INCIDENT)


def closed_place(closed: Closed | None) -> dict[str, Any] | None:
    """What is told of a closed place."""
    if closed is None:
        return None
    return {
        "message": str(closed.words),
        "place": str(closed.place),
        "reason": str(closed.reason),
        "since": closed.since,
        "until": closed.until,
        "incident_code": closed.incident,
    }


class StandstillType(PlainType):
    """Goods that are paid and wait because their place is closed: their buyer waits, or has them given back."""

    class Meta:
        access = ORDER_HOLDER

    answer = graphene.Field(
        lambda: enum_of(Standstill, "answer"), required=True, description="What its buyer has chosen."
    )
    refund = graphene.Field(
        Money, required=True, description="What goes back, sending included, if it is given back now."
    )
    why_not = graphene.String(description="Why it cannot be given back now; null where it can.")
    refunded_at = graphene.DateTime(
        description="When it is given back by itself if nothing is chosen; null once WAIT is, and while it is held."
    )


def standstill_of(standing: Standing | None) -> dict[str, Any] | None:
    """What is told of goods that stand still."""
    if standing is None:
        return None
    return {
        "answer": standing.answer,
        "refund": money(standing.refund_minor),
        "why_not": None if standing.why_not is None else str(standing.why_not),
        "refunded_at": standing.refunded_at,
    }


@error_type(PlaceClosed)
class PlaceClosedError:
    """Nothing of this is delivered there for now; nothing was charged."""

    place = graphene.String(required=True, description=PLACE)
    reason = graphene.String(required=True, description=REASON)
    until = graphene.DateTime(description=UNTIL)
    incident_code = graphene.String(required=True, description=INCIDENT)

    def resolve_place(root, info):
        """Its name in the asker's language, not its code."""
        return str(root.place)

    def resolve_reason(root, info):
        """As whoever closed the place wrote it, in the asker's language."""
        return str(root.reason)

    def resolve_incident_code(root, info):
        """As its page's address has it."""
        return root.incident


class StandstillWait(Act):
    """Wait until the place is open again, however long; what waits may still be given back as long as it is closed."""

    class Meta:
        access = PUBLIC
        rate = (60, 60)

    class Input:
        number = graphene.String(required=True, description=NUMBER)
        token = graphene.String(description=BY_LINK)

    order = graphene.Field("orders.api.order.OrderType", description="The order as it is now.")

    @classmethod
    def act(cls, request: Any, number: str, token: str | None = None) -> Any:
        """The order; TOO_LATE where its place is open."""
        return {"order": standstill.wait(open_order(request, number, token))}


class StandstillRefund(Act):
    """Have given back what cannot be delivered because its place is closed, its sending included."""

    class Meta:
        access = PUBLIC
        idempotent = True
        rate = (60, 60)
        read_by = {"order": "orders.reads.order.order_by_pk"}

    class Input:
        number = graphene.String(required=True, description=NUMBER)
        token = graphene.String(description=BY_LINK)

    order = graphene.Field("orders.api.order.OrderType", description="The order as it is now.")

    @classmethod
    def act(cls, request: Any, number: str, token: str | None = None) -> Any:
        """The order as it is then, also where it was given back already; TOO_LATE where its place is open or its buyer
        is bound by others, CONFLICT while a bank decides."""
        by = request.user if request.user.is_authenticated else None
        return {"order": standstill.refund_stopped(open_order(request, number, token), by)}


class Mutation:
    standstill_wait = StandstillWait.Field()
    standstill_refund = StandstillRefund.Field()
