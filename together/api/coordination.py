"""A group purchase as its coordinators see it: names and codes, whom the courier calls, and the link to pass on."""

import graphene

from core import language
from core.api.connections import connection_field
from core.api.types import PlainType, list_of
from orders.reads.address import localized
from together.api.seat import ITS_COORDINATOR, SeatType
from together.links import group_page
from together.models import Seat
from together.reads.parcel import parcels_sent


class SentParcelType(PlainType):
    """A parcel of a group's, in a carrier's hands."""

    class Meta:
        access = ITS_COORDINATOR

    carrier = graphene.String(required=True, description="Who carries it.")
    tracking_number = graphene.String(required=True, description="The carrier's number of it.")
    shipped_at = graphene.DateTime(required=True, description="When it was sent.")
    delivered_at = graphene.DateTime(description="When it arrived; null while it is on its way.")


class CoordinationType(PlainType):
    """What a group's coordinators alone see of it."""

    class Meta:
        access = ITS_COORDINATOR

    link = graphene.String(required=True, description="The address to pass on to colleagues.")
    recipient = graphene.String(required=True, description="Who takes the group's parcel.")
    phone = graphene.String(required=True, description="Whom the courier calls.")
    address = graphene.String(required=True, description="Where the parcel goes.")
    units_unpaid = graphene.Int(required=True, description="Units in seats whose payment is awaited.")
    parcels = list_of(
        SentParcelType,
        most=10,
        resolver=lambda root, info: parcels_sent(root),
        description="What was sent to it, the first sent first; empty before that.",
    )
    seats = connection_field(
        SeatType,
        lambda root, info: root.seats.exclude(state=Seat.State.RELEASED),
        order=("id",),
        description="Who has joined, in that order; without those who never paid.",
    )

    def resolve_link(root, info):
        """A whole address, whose page is in the coordinator's language; whoever opens it may join."""
        return group_page(language.current(), root.join_code)

    def resolve_address(root, info):
        """Region and street as one text: from the large to the small in Chinese, the other way round in English."""
        return localized(root.region, root.street)

    def resolve_units_unpaid(root, info):
        """Reserved for a quarter of an hour."""
        return root.units_reserved
