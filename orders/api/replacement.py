"""What is sent in place of what arrived spoilt: told with its claim; sent by the team, received by the buyer."""

from typing import Any

import graphene

from core.api.access import PUBLIC, SIGNED_IN
from core.api.act import Act
from core.api.ids import uid_of
from orders.actions import replacement as replacements
from orders.api.claim_talk import ReplacementType
from orders.api.payment import BY_LINK, NUMBER
from orders.api.shipment import CARRIER, TRACKING
from orders.reads import replacement as reads

REPLACEMENT = "What is sent in its place."


class ReplacementShip(Act):
    """Managers, packers: what was agreed to be sent in place of others is on its way."""

    class Meta:
        access = SIGNED_IN
        idempotent = True
        read_by = {"replacement": "orders.reads.replacement.replacement_by_pk"}

    class Input:
        replacement_id = graphene.ID(required=True, description=REPLACEMENT)
        carrier = graphene.String(required=True, description=CARRIER)
        tracking_number = graphene.String(required=True, description=TRACKING)

    replacement = graphene.Field(ReplacementType, description="It, on its way.")

    @classmethod
    def act(cls, request: Any, replacement_id: str, **how: Any) -> Any:
        """It, on its way. NOT_FOUND outside one's own desk, TOO_LATE where it is not to be sent."""
        row = reads.replacement_of_team(request.user, _uid(replacement_id))
        return {"replacement": replacements.ship(row, request.user, **how)}


class ReplacementCallOff(Act):
    """Managers: what was agreed cannot be sent; the claim is to be answered anew."""

    class Meta:
        access = SIGNED_IN
        idempotent = True
        read_by = {"replacement": "orders.reads.replacement.replacement_by_pk"}

    class Input:
        replacement_id = graphene.ID(required=True, description=REPLACEMENT)
        words = graphene.String(required=True, description="To the buyer: why; 2 to 500 characters.")

    replacement = graphene.Field(ReplacementType, description="It, called off.")

    @classmethod
    def act(cls, request: Any, replacement_id: str, words: str) -> Any:
        """It, called off. NOT_FOUND outside one's own desk, TOO_LATE once it is sent."""
        row = reads.replacement_to_call_off(request.user, _uid(replacement_id))
        return {"replacement": replacements.call_off(row, request.user, words)}


class ReplacementDelivered(Act):
    """Its buyer: what was sent in place of others has come. The time to say that something is wrong begins anew."""

    class Meta:
        access = PUBLIC
        rate = (60, 60)

    class Input:
        number = graphene.String(required=True, description=NUMBER)
        token = graphene.String(description=BY_LINK)
        replacement_id = graphene.ID(required=True, description=REPLACEMENT)

    replacement = graphene.Field(ReplacementType, description="It, delivered.")

    @classmethod
    def act(cls, request: Any, number: str, replacement_id: str, token: str | None = None) -> Any:
        """It, delivered; TOO_LATE where it is not on its way."""
        row = reads.replacement_of_buyer(request.user, number, token, _uid(replacement_id))
        return {"replacement": replacements.deliver(row)}


def _uid(id: str) -> Any:
    return uid_of(id, "Replacement", field="replacement_id")


class Mutation:
    replacement_ship = ReplacementShip.Field()
    replacement_call_off = ReplacementCallOff.Field()
    replacement_delivered = ReplacementDelivered.Field()
