"""What a team packs: piles for all parcels that wait, and what changed since its list was made."""

import graphene

from core.api.access import Access
from core.api.types import PlainType, Told

OF_THE_DESK = Access("whoever was given the desk", pii=1)


class PileType(PlainType):
    """So many units of one variant, to be brought together for all parcels that wait."""

    class Meta:
        access = OF_THE_DESK

    name = Told("name", description="What it is.")
    units = graphene.Int(required=True, description="How many units.")


class ListChangeType(PlainType):
    """An order whose parcel is not what the downloaded list says."""

    class Meta:
        access = OF_THE_DESK

    number = graphene.String(required=True, description="The order's number.")
    is_called_off = graphene.Boolean(required=True, description="Whether nothing of it is sent any more.")
    taken_out = graphene.List(
        graphene.NonNull(graphene.String), required=True, description="What is sent no more: name × units."
    )
