"""What a team packs: piles for all parcels that wait, and what changed since its list was made."""

import graphene

from core.api.access import Access
from core.api.ids import global_id
from core.api.types import Localized, PlainType, list_of, worded_enum
from orders.reads.held_back import Why

OF_THE_DESK = Access("whoever was given the desk", pii=1)


class PileType(PlainType):
    """So many units of one variant, to be brought together for all parcels that wait."""

    class Meta:
        access = OF_THE_DESK

    name = Localized("name", description="What it is.")
    units = graphene.Int(required=True, description="How many units.")


class LotToSendType(PlainType):
    """A lot of which something waits to be sent."""

    class Meta:
        access = OF_THE_DESK

    id = graphene.ID(
        required=True, resolver=lambda root, info: global_id("Lot", root.uid), description="The lot's id."
    )
    code = graphene.String(required=True, description="What it is called.")
    units = graphene.Int(required=True, description="How many units of it wait.")


class DayToSendType(PlainType):
    """A day by which parcels that wait were promised."""

    class Meta:
        access = OF_THE_DESK

    day = graphene.Date(required=True, description="The day.")
    parcels = graphene.Int(required=True, description="How many parcels.")


class ListChangeType(PlainType):
    """A parcel that is not what the downloaded list says."""

    class Meta:
        access = OF_THE_DESK

    number = graphene.String(
        required=True,
        description="The order's number; of a parcel that many orders share, what it is called.",
    )
    is_called_off = graphene.Boolean(required=True, description="Whether nothing of it is sent any more.")
    taken_out = graphene.List(
        graphene.NonNull(graphene.String), required=True, description="What is sent no more: name × units."
    )
    new_address = graphene.String(
        required=True,
        description="Who takes it now and where, as written on a parcel; empty where that is as it was.",
    )


HeldBackReason = worded_enum(Why, "HeldBackReason", "What holds a parcel back.")


class HeldLineType(PlainType):
    """What lies in a parcel that is held back."""

    class Meta:
        access = OF_THE_DESK

    id = graphene.ID(
        required=True, resolver=lambda root, info: global_id("Line", root.uid), description="The line's id."
    )
    name = Localized("name", description="What was bought, as it was called then.")
    units = graphene.Int(
        required=True,
        resolver=lambda root, info: root.units_sent,
        description="Units in it: without those given back.",
    )


class HeldBackType(PlainType):
    """A parcel that must not be sent as things are; it is on no list."""

    class Meta:
        access = OF_THE_DESK

    number = graphene.String(required=True, description="The order's number.")
    title = graphene.String(required=True, description="What it was held for, by its title; empty for most.")
    reasons = graphene.List(
        graphene.NonNull(HeldBackReason),
        required=True,
        resolver=lambda root, info: root.why,
        description="All that holds it back.",
    )
    explanations = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        resolver=lambda root, info: [str(Why(why).words) for why in root.why],
        description="The same in sentences: what it is, and until when.",
    )
    lines = list_of(HeldLineType, most=50, description="What lies in it, or lay.")
    since = graphene.DateTime(description="Since when a bank asks for its money; null where none does.")
