"""A team's lots as whoever weighs them in sees them."""

from typing import Any

import graphene

from catalog.models import Lot, Team
from core.api.access import HELD
from core.api.ids import global_id, uid_of
from core.api.types import PlainType
from core.language import localized, say
from core.refusals import Invalid
from impact.api.household import HouseholdType
from impact.models import Household
from impact.reads.lots import lots_of

PAGE = 50


class WeighedLot(PlainType):
    """One of a team's lots: what is left of it and until when, and whether it waits for the weights of who grew it."""

    class Meta:
        access = HELD

    id = graphene.ID(
        required=True, resolver=lambda root, info: global_id("Lot", root.uid), description="The lot."
    )
    product_id = graphene.ID(
        required=True,
        resolver=lambda root, info: global_id("Product", root.variant.product.uid),
        description="What it is a lot of.",
    )
    product_name = graphene.String(
        required=True,
        resolver=lambda root, info: localized(root.variant.product, "name"),
        description="Its name, in the reader's language.",
    )
    variant_name = graphene.String(
        required=True,
        resolver=lambda root, info: localized(root.variant, "name"),
        description="And of its size.",
    )
    code = graphene.String(required=True, description="As printed on the parcel.")
    level = graphene.Int(required=True, description="0: pool, 1: several households, 2: one household.")
    state_name = graphene.String(
        required=True,
        resolver=lambda root, info: str(Lot.State(root.state).words),
        description="Its state in the reader's language.",
    )
    is_planned = graphene.Boolean(
        required=True,
        resolver=lambda root, info: root.state == Lot.State.PLANNED,
        description="Whether it is still to be harvested.",
    )
    unit_grams = graphene.Int(
        required=True,
        resolver=lambda root, info: root.variant.weight_grams,
        description="What one unit weighs, in grams.",
    )
    units_declared = graphene.Int(required=True, description="Units harvested, as declared.")
    units_available = graphene.Int(required=True, description="Units that are left.")
    until = graphene.Date(
        required=True, description="Until when it is good, or sent where it is still to be harvested."
    )
    has_weights = graphene.Boolean(required=True, description="Whether it is on record who grew it.")
    version = graphene.Int(required=True, description="The version of its shares that is in force.")
    is_open_to_weights = graphene.Boolean(
        required=True, description="Whether its weights can be written down or mended: nothing of it is sold."
    )


class LotShareRow(PlainType):
    """How much of a lot a household brought."""

    class Meta:
        access = HELD

    household = graphene.Field(HouseholdType, required=True, description="Who.")
    grams = graphene.Int(required=True, description="How much, in grams.")


class LotShareInput(graphene.InputObjectType):
    """How much of a lot a household brought."""

    household = graphene.ID(required=True, description="A verified household of the team.")
    grams = graphene.Int(required=True, description="How much, in grams.")


def grams_of(rows: list[Any]) -> dict[int, int]:
    """The weights that were sent, by household's id."""
    uids = [uid_of(row["household"], "Household", field="shares") for row in rows]
    ids = dict(Household.objects.filter(uid__in=uids).values_list("uid", "pk"))
    if len(ids) < len(rows):
        raise Invalid(say("每户填写一次。", "Name each household once."), field="shares")
    return {ids[uid]: row["grams"] for uid, row in zip(uids, rows, strict=True)}


def lots_found(team: Team, find: str = "", lot: str | None = None) -> Any:
    """Those that wait for weights first, then in the order in which they are sold."""
    only = {"uid": uid_of(lot, "Lot", field="lot")} if lot else {}
    return lots_of(team, find, **only)[:PAGE]
