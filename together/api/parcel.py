"""A group's one parcel: what its team sends, and its coordinator takes in."""

from typing import Any

import graphene
from django.db.models import QuerySet

from core.api.access import PUBLIC, SIGNED_IN
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import guarded, needs
from core.api.ids import uid_of
from core.api.types import ModelType, enum_of, type_of
from orders.actions.tracking import Number
from orders.api.desk_claim import id_of
from orders.api.packing import OF_THE_DESK
from orders.api.shipment import CARRIER, EXPECTED_UNITS, IS_MEANT, TRACKING
from orders.models import Shipment
from orders.reads.address import on_a_parcel
from orders.reads.desk import NEVER, desk_of, name_of
from together.actions import parcel as parcels
from together.models import GroupPurchase
from together.reads import parcel as reads
from together.reads.group import group_led_by

ShipmentState = enum_of(Shipment, "state")


class GroupParcelType(ModelType):
    """A confirmed group as its team sees it: one parcel to its coordinator."""

    class Meta:
        model = GroupPurchase
        name = "GroupParcel"
        main = False
        fields = ("title", "recipient", "phone", "closed_at")
        access = OF_THE_DESK
        about = {
            "title": "What it is called.",
            "recipient": "Who takes it.",
            "phone": "Whom the courier calls.",
            "closed_at": "When it was confirmed.",
        }

    id = id_of("GroupPurchase")
    state = graphene.Field(ShipmentState, required=True, description="Where its parcel is.")
    state_name = graphene.String(required=True, description="Where its parcel is, in words.")
    name = graphene.String(required=True, description="What is sent.")
    units = graphene.Int(required=True, description="Units to send, or on their way.")
    ship_by = graphene.Date(description="The day by which it was promised; null once it is sent.")
    carrier = graphene.String(required=True, description="Who carries it; empty until it is sent.")
    tracking_number = graphene.String(required=True, description="The carrier's number; empty until then.")
    address = graphene.String(required=True, description="Where it goes, as written on the parcel.")

    def resolve_state(root, info):
        """By the seats in it."""
        return str(reads.state_of(root))

    def resolve_state_name(root, info):
        """In the reader's language, by the words of any parcel."""
        return str(Shipment.State(reads.state_of(root)).words)

    @needs("variant__product")
    def resolve_name(root, info):
        """Product and specification in one text, in the reader's language."""
        return name_of(root.variant)

    def resolve_units(root, info):
        """Without what was given back."""
        return root.units_waiting or root.units_on_their_way

    def resolve_ship_by(root, info):
        """The earliest of its seats'."""
        return None if root.due_on == NEVER else root.due_on

    @needs("region__parent__parent")
    def resolve_address(root, info):
        """In Chinese, whoever reads it: couriers do."""
        return on_a_parcel(root.region, root.street)


class GroupShip(Act):
    """Managers: a confirmed group's parcel is handed to a carrier; its coordinator and members are told."""

    class Meta:
        access = SIGNED_IN
        idempotent = True
        read_by = {"group": "together.reads.parcel.parcel_by_pk"}

    class Input:
        group_id = graphene.ID(required=True, description="A confirmed group that one's own team sends.")
        carrier = graphene.String(required=True, description=CARRIER)
        tracking_number = graphene.String(required=True, description=TRACKING)
        expected_units = graphene.Int(required=True, description=EXPECTED_UNITS)
        is_meant = graphene.Boolean(description=IS_MEANT)

    group = graphene.Field(GroupParcelType, description="The group's parcel, on its way.")

    @classmethod
    def act(
        cls,
        request: Any,
        group_id: str,
        carrier: str,
        tracking_number: str,
        expected_units: int,
        is_meant: bool | None = None,
    ) -> Any:
        """The group, its parcel on its way. NOT_FOUND unless it is confirmed and one's own team sends it; a refusal
        where nothing waits or the units are not the expected."""
        group = reads.group_of_team(request.user, uid_of(group_id, "GroupPurchase", field="group_id"))
        number = Number(carrier, tracking_number, bool(is_meant))
        parcels.ship(group, request.user, number, expected_units=expected_units)
        return {"group": group}


class GroupPurchaseDelivered(Act):
    """Coordinators: the group's parcel has arrived."""

    class Meta:
        access = SIGNED_IN

    class Input:
        group_id = graphene.ID(required=True, description="The group.")

    group = graphene.Field(lambda: type_of(GroupPurchase), description="The group as it is now.")

    @classmethod
    def act(cls, request: Any, group_id: str) -> Any:
        """The group, whose members have their after-sale time from now on. NOT_FOUND for whoever does not lead it;
        refused where nothing is on its way."""
        group = group_led_by(request.user, uid=uid_of(group_id, "GroupPurchase", field="group_id"))
        parcels.deliver(group, request.user)
        return {"group": group}


def _parcels(
    root: Any, info: Any, team: str | None = None, waiting: bool | None = None
) -> QuerySet[GroupPurchase]:
    kept = desk_of(info.context.user, uid_of(team, "Team", field="team") if team else None)
    return reads.parcels(kept, waiting=waiting)


class Query:
    group_parcels = guarded(
        connection_field(
            GroupParcelType,
            _parcels,
            order={"NEWEST": ("-closed_at", "-id"), "DUE": ("due_on", "id")},
            sort="GroupParcelSort",
            description="Confirmed groups that a team of the asker's sends, each one parcel; none for anybody else.",
            team=graphene.Argument(graphene.ID, description="The team; without it one's first."),
            waiting=graphene.Argument(graphene.Boolean, description="Only those that are to be sent now."),
        ),
        PUBLIC,
    )


class Mutation:
    group_ship = GroupShip.Field()
    group_purchase_delivered = GroupPurchaseDelivered.Field()
