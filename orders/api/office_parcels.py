"""Parcels on their way that still tell a number with a new owner, as the office sees them."""

from typing import Any

import graphene
from django.utils import timezone

from accounts.api.office import add_to_office
from core.api.facts import guarded
from core.api.types import PlainType, list_of
from core.language import localized
from orders.api.office_order import ORDERS
from orders.api.office_types import OF_THE_OFFICE
from orders.models import Shipment
from orders.reads import lost_number as reads


class ParcelToLostNumber(PlainType):
    """A parcel on which a number stands that is somebody else's by now."""

    class Meta:
        access = OF_THE_OFFICE

    number = graphene.String(required=True, description="The order's number.")
    team_name = graphene.String(required=True, description="Who sends it.")
    state_name = graphene.String(required=True, description="Whether it is sent, in words.")
    last_four = graphene.String(required=True, description="The end of the telephone number.")
    lost_at = graphene.DateTime(required=True, description="Since when it is somebody else's.")

    def resolve_number(root, info):
        """Which leads to how else its buyer can be reached."""
        return root[0].order.number

    def resolve_team_name(root, info):
        """In the reader's language."""
        return localized(root[0].team, "name")

    def resolve_state_name(root, info):
        """In the reader's language."""
        return str(Shipment.State(root[0].state).words)

    def resolve_last_four(root, info):
        """Enough to know it on a label."""
        return root[0].parcel.phone[-4:]

    def resolve_lost_at(root, info):
        """When its new owner proved it."""
        return root[1]


def _parcels(root: Any, info: Any) -> Any:
    return reads.parcels_seen_by(info.context.user, timezone.now())


add_to_office(
    parcels_to_lost_numbers=guarded(
        list_of(
            ParcelToLostNumber,
            most=reads.MOST,
            resolver=_parcels,
            description="What has not come yet and still tells a number with a new owner, of orders at the asker's places.",
        ),
        ORDERS,
        cost=5,
    )
)
