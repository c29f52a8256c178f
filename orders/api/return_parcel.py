"""What goes back to a team: told with its claim; sent by the buyer, received by the team."""

from typing import Any

import graphene

from core.api.access import PUBLIC, SIGNED_IN
from core.api.act import Act
from core.api.ids import uid_of
from orders.actions import return_parcel as returns
from orders.api.claim_talk import ReturnParcelType
from orders.api.payment import BY_LINK, NUMBER
from orders.reads import return_parcel as reads

RETURN = "What goes back."


class ReturnSend(Act):
    """Its buyer: what goes back to the team is handed in."""

    class Meta:
        access = PUBLIC
        rate = (60, 60)

    class Input:
        number = graphene.String(required=True, description=NUMBER)
        token = graphene.String(description=BY_LINK)
        return_id = graphene.ID(required=True, description=RETURN)
        carrier = graphene.String(description="Who carries it; without it, as the team's label says.")
        tracking_number = graphene.String(
            description="The carrier's number; without it, as the team's label says."
        )

    return_parcel = graphene.Field(ReturnParcelType, description="It, on its way back.")

    @classmethod
    def act(
        cls,
        request: Any,
        number: str,
        return_id: str,
        token: str | None = None,
        carrier: str | None = None,
        tracking_number: str | None = None,
    ) -> Any:
        """It, on its way back; TOO_LATE where it is not to be sent."""
        row = reads.return_of_buyer(request.user, number, token, _uid(return_id))
        sent = returns.send(row, carrier=carrier or "", tracking_number=tracking_number or "")
        return {"return_parcel": sent}


class ReturnReceive(Act):
    """Managers: what was sent back is here. What the team has promised for it goes back to the buyer."""

    class Meta:
        access = SIGNED_IN
        idempotent = True
        read_by = {"return_parcel": "orders.reads.return_parcel.return_by_pk"}

    class Input:
        return_id = graphene.ID(required=True, description=RETURN)

    return_parcel = graphene.Field(ReturnParcelType, description="It, received.")

    @classmethod
    def act(cls, request: Any, return_id: str) -> Any:
        """It, received. NOT_FOUND outside one's own desk, TOO_LATE where it is not on its way."""
        row = reads.return_of_team(request.user, _uid(return_id))
        return {"return_parcel": returns.receive(row, request.user)}


def _uid(id: str) -> Any:
    return uid_of(id, "ReturnParcel", field="return_id")


class Mutation:
    return_send = ReturnSend.Field()
    return_receive = ReturnReceive.Field()
