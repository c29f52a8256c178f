"""A variant as a buyer sees it: its price and what that pays for, and the lot that the next unit comes from."""

from typing import Any

import graphene
from django.utils import timezone

from catalog import reads
from catalog.api.access import HELD
from catalog.models import Lot, Product, Variant
from catalog.models.variant import HOUSEHOLD_PARTS, STORY_PARTS
from catalog.reads.story import amounts
from catalog.reads.wanted import Size
from core.api.facts import mark, needs
from core.api.facts import reads as reads_columns
from core.api.types import Localized, ModelType, Money, MoneyField, PlainType, list_of, money, type_of
from core.language import say

# That a lot is one household's alone would be a count of households under ten, and with the public sales of
# its team that household's fen: so one household's lot is told like any traced one (docs/decisions/0005).
TRACED = say("可追溯批次", "Traced lot")


class PriceStoryPart(PlainType):
    """One part of a price: what it pays for."""

    class Meta:
        access = HELD

    part = graphene.String(required=True, description='For programs, e.g. "farm_gate".')
    name = graphene.String(required=True, description="In the reader's language.")
    bps = graphene.Int(required=True, description="Basis points of the price; all parts add up to 10,000.")
    amount = graphene.Field(Money, required=True, description="Of one unit; all parts add up to the price.")
    is_households = graphene.Boolean(required=True, description="Whether it is for the households.")


def story_parts(variant: Variant | Size) -> list[dict[str, Any]]:
    """The parts of a price as values of PriceStoryPart, the households' first."""
    if variant.story is None:
        return []
    bps = variant.story.parts()
    return [
        {
            "part": part,
            "name": str(say(*STORY_PARTS[part])),
            "bps": bps[part],
            "amount": money(minor),
            "is_households": part in HOUSEHOLD_PARTS,
        }
        for part, minor in amounts(variant.price_minor, variant.story).items()
    ]


class LotType(ModelType):
    """A lot's label: one harvest. It says whether it is traced to households, never to which or how many."""

    class Meta:
        model = Lot
        fields = ("code", "harvest_from", "harvest_to", "best_before", "ship_by")
        access = HELD
        about = {
            "code": "As printed on the parcel.",
            "harvest_from": "The first day of its harvest.",
            "harvest_to": "The last day of its harvest.",
            "best_before": "The day until which it is good.",
            "ship_by": "Of a lot not harvested yet: sent by this day.",
        }

    is_traced = graphene.Boolean(
        required=True, description="Whether it is on record who grew it; else it is the team's pool."
    )
    level_name = graphene.String(required=True, description="The same in the reader's language.")
    place = Localized("place", description="Where it grew: the village at most.")
    is_presale = graphene.Boolean(required=True, description="Whether it is still to be harvested.")
    corrected_on = graphene.Date(
        description="On which day it was last put right on record who grew it, after units were sold; null where never."
    )

    @reads_columns("level", "traced_at")
    def resolve_is_traced(root, info):
        """Whether it is written down whose it is; a level alone is only what the team means to do."""
        return root.is_traced

    @reads_columns("level", "traced_at")
    def resolve_level_name(root, info):
        """Traced or pooled, in the reader's language."""
        return str(TRACED if root.is_traced else Lot.Level.POOL.words)

    @reads_columns("corrected_at")
    def resolve_corrected_on(root, info):
        """The day in Shanghai; of whom and how much nothing is told."""
        return root.corrected_at and timezone.localdate(root.corrected_at)

    @reads_columns("state")
    def resolve_is_presale(root, info):
        """Whether it is sold before its harvest is in."""
        return root.state == Lot.State.PLANNED


class VariantType(ModelType):
    """A size or packing of a product, with its price."""

    class Meta:
        model = Variant
        fields = ("net_content", "weight_grams", "lot")
        access = HELD
        about = {
            "net_content": 'As on the label, e.g. "2.5 kg".',
            "weight_grams": "What the carrier weighs, in grams.",
            "lot": "The lot that the next unit comes from; null when it is sold out.",
        }

    name = Localized("name", description="Its name in the reader's language.")
    price = MoneyField("price_minor", description="The price of one unit.")
    units_available = graphene.Int(
        required=True,
        description=f"Units that can be bought, told exactly up to {reads.EXACT_UP_TO}; see isPlenty.",
    )
    is_plenty = graphene.Boolean(required=True, description="Whether there are more than unitsAvailable.")
    price_story = list_of(
        PriceStoryPart, most=11, description="What each part of the price pays for, the households' first."
    )
    product = mark(
        graphene.Field(
            lambda: type_of(Product), description="What it is a variant of; null when that is not published."
        ),
        relation="product",
    )

    @reads_columns("units_available")
    def resolve_units_available(root, info):
        """As much as is told."""
        return reads.public_units(root.units_available)

    @reads_columns("units_available")
    def resolve_is_plenty(root, info):
        """Whether there is more than is told."""
        return reads.is_plenty(root.units_available)

    @needs("story")
    @reads_columns("price_minor")
    def resolve_price_story(root, info):
        """By the story now told."""
        return story_parts(root)

    @reads_columns("state")
    def resolve_product(root, info):
        """No way leads from a variant to what is not published."""
        return root.product if root.product.is_published else None


class OfPublished:
    """For a type whose rows have a variant: it and its product are null unless that is published. What is not on the
    shelf is nobody's to see by way of an old order or of a link."""

    def resolve_variant(root, info):
        """The variant, while its product is published."""
        return root.variant if root.variant.product.is_published else None

    def resolve_product(root, info):
        """The variant's product, while it is published."""
        return root.variant.product if root.variant.product.is_published else None
