"""What a team says of a parcel on its way: the number put right, not sent after all, lost, come back, a part of it first."""

from collections.abc import Callable
from datetime import date
from typing import Any

import graphene

from core.api.access import SIGNED_IN
from core.api.act import Act
from core.api.ids import uid_of
from orders.actions import dispatch, mishap, partial, tracking
from orders.api.shipment import CARRIER, EXPECTED_UNITS, GRAMS, IS_MEANT, TRACKING, ShipmentType
from orders.models import Shipment
from orders.reads.shipment import shipment_of_team

THE_PARCEL = "The parcel, of one's own team."
AS_IT_IS = "The parcel as it is now."


class ShipmentNumberCorrect(Act):
    """Managers: a parcel that was sent travels under another number than was told; its buyer is told the one that is
    true now, once. What it had before stays in its history."""

    class Meta:
        access = SIGNED_IN
        read_by = {"shipment": "orders.reads.shipment.shipment_by_pk"}

    class Input:
        shipment_id = graphene.ID(required=True, description=THE_PARCEL)
        carrier = graphene.String(required=True, description=CARRIER)
        tracking_number = graphene.String(required=True, description=TRACKING)
        is_meant = graphene.Boolean(description=IS_MEANT)

    shipment = graphene.Field(ShipmentType, description=AS_IT_IS)

    @classmethod
    def act(
        cls,
        request: Any,
        shipment_id: str,
        carrier: str,
        tracking_number: str,
        is_meant: bool | None = None,
    ) -> Any:
        """The parcel under its number. NOT_FOUND outside one's own desk, TOO_LATE where it is not on its way or is
        complete, NUMBER_TWICE where it is on another of the team's parcels or was this one's before."""
        number = tracking.Number(carrier, tracking_number, bool(is_meant))
        return {"shipment": tracking.correct(_hers(request, shipment_id), request.user, number)}


def _one_word(name: str, words: str, no: str, action: Callable[[Shipment, Any], Shipment]) -> Any:
    """A mutation that says one thing of one parcel."""

    class Meta:
        access = SIGNED_IN
        read_by = {"shipment": "orders.reads.shipment.shipment_by_pk"}

    class Input:
        shipment_id = graphene.ID(required=True, description=THE_PARCEL)

    def act(cls: Any, request: Any, shipment_id: str) -> Any:
        return {"shipment": action(_hers(request, shipment_id), request.user)}

    act.__doc__ = f"The parcel as it is now. NOT_FOUND outside one's own desk, {no}"
    told = graphene.Field(ShipmentType, description=AS_IT_IS)
    return type(
        name,
        (Act,),
        {"__doc__": words, "Meta": Meta, "Input": Input, "shipment": told, "act": classmethod(act)},
    )


ShipmentSendingUndo = _one_word(
    "ShipmentSendingUndo",
    "Managers: within the hour, what was marked as sent was not; it waits again, and its buyer is told.",
    "TOO_LATE afterwards or once it has arrived.",
    tracking.undo,
)
ShipmentCameBack = _one_word(
    "ShipmentCameBack",
    "Managers: the carrier has brought it back; it waits to be sent again, and its buyer may change the address or "
    "call it off.",
    "TOO_LATE where it is not on its way.",
    mishap.came_back,
)
ShipmentLost = _one_word(
    "ShipmentLost",
    "Managers: the carrier has lost it; for each of its lines a claim is opened in the buyer's name, to be answered "
    "with money or goods in the time that claims have.",
    "TOO_LATE where it is not on its way.",
    mishap.lost,
)


class ShipmentSplit(Act):
    """Managers: a part of a parcel travels now, and the rest stays until a day of its own, in a parcel of its own to the same
    address. What was paid for sending stays with the first; its buyer is told."""

    class Meta:
        access = SIGNED_IN
        read_by = {"rest": "orders.reads.shipment.shipment_by_pk"}

    class Input:
        shipment_id = graphene.ID(required=True, description=THE_PARCEL)
        stays = graphene.List(
            graphene.NonNull(graphene.ID),
            required=True,
            description="Its lines that stay at home, each whole; at least one, and not all.",
        )
        ship_by = graphene.Date(required=True, description="The day by which the rest is sent.")

    rest = graphene.Field(ShipmentType, description="The parcel of what stays.")

    @classmethod
    def act(cls, request: Any, shipment_id: str, stays: list[str], ship_by: date) -> Any:
        """What stays. NOT_FOUND outside one's own desk, TOO_LATE once it is sent, INVALID for a day that is over, or
        where all or nothing would stay."""
        lines = [uid_of(line, "Line", field="stays") for line in stays]
        return {"rest": partial.split(_hers(request, shipment_id), request.user, lines, ship_by)}


class SentParcelInput(graphene.InputObjectType):
    """One of many parcels that are handed to a carrier."""

    shipment_id = graphene.ID(required=True, description=THE_PARCEL)
    carrier = graphene.String(required=True, description=CARRIER)
    tracking_number = graphene.String(required=True, description=TRACKING)
    expected_units = graphene.Int(required=True, description=EXPECTED_UNITS)
    grams = graphene.Int(description=GRAMS)


class ShipmentsShip(Act):
    """Managers: many parcels at once, each under its own number; all of them are sent, or none and all that is wrong is said."""

    class Meta:
        access = SIGNED_IN
        idempotent = True

    class Input:
        parcels = graphene.List(
            graphene.NonNull(SentParcelInput), required=True, description="From 1 to 500 parcels."
        )
        is_meant = graphene.Boolean(description=IS_MEANT)

    sent = graphene.Int(description="How many are on their way; null where none is.")

    @classmethod
    def act(cls, request: Any, parcels: list[Any], is_meant: bool | None = None) -> Any:
        """How many were sent. NOT_FOUND where one is outside one's desks; else each refusal names its row
        (`parcels`, n), as shipmentShip would refuse it."""
        rows = []
        for n, one in enumerate(parcels):
            uid = uid_of(one["shipment_id"], "Shipment", field=("parcels", str(n), "shipment_id"))
            number = tracking.Number(one["carrier"], one["tracking_number"], bool(is_meant), one.get("grams"))
            rows.append(dispatch.Wanted(uid, number, one["expected_units"]))
        return {"sent": len(dispatch.send(rows, request.user))}


def _hers(request: Any, shipment_id: str) -> Shipment:
    return shipment_of_team(request.user, uid_of(shipment_id, "Shipment", field="shipment_id"))


class Mutation:
    shipment_number_correct = ShipmentNumberCorrect.Field()
    shipment_sending_undo = ShipmentSendingUndo.Field()
    shipment_came_back = ShipmentCameBack.Field()
    shipment_lost = ShipmentLost.Field()
    shipment_split = ShipmentSplit.Field()
    shipments_ship = ShipmentsShip.Field()
