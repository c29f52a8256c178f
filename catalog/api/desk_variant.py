"""What a team sells of a product, as its desk counts it: variants and lots, in both languages, with exact stock."""

from typing import Any

import graphene

from catalog.api.access import HELD
from catalog.api.variant import PriceStoryPart, story_parts
from catalog.models import Lot, Variant
from catalog.reads.wanted import REVIEWED, Size, change_of, wanted
from core.api.facts import mark, needs
from core.api.ids import global_id
from core.api.types import Localized, ModelType, Money, MoneyField, PlainType, list_of, money
from core.language import localized
from core.related import related

MOST_LOTS = 50


def same_id(name: str) -> graphene.Field:
    """The id by which the same thing is known to buyers."""

    def resolve(root: Any, info: Any) -> str:
        return global_id(name, root.uid)

    return graphene.Field(
        graphene.ID, required=True, resolver=resolve, description=f"The id of the {name}, for mutations."
    )


class TeamLot(ModelType):
    """A lot as its team counts it."""

    class Meta:
        model = Lot
        main = False
        name = "TeamLot"
        access = HELD
        fields = (
            *(
                "code",
                "state",
                "place_zh",
                "place_en",
                "harvest_from",
                "harvest_to",
                "best_before",
                "ship_by",
            ),
            *(
                "units_declared",
                "units_available",
                "units_reserved",
                "units_sold",
                "units_restocked",
                "units_replaced",
            ),
        )
        about = {
            "code": "As printed on the parcel.",
            "state": "Only open and planned ones are sold.",
            "place_zh": "Where it grew, in Chinese.",
            "place_en": "Where it grew, in English.",
            "harvest_from": "The first day of its harvest.",
            "harvest_to": "The last day of its harvest.",
            "best_before": "The day until which it is good.",
            "ship_by": "Of a planned one: sent by this day.",
            "units_declared": "Units harvested, as declared.",
            "units_available": "Units that can be sold now.",
            "units_reserved": "Units kept for orders that are being paid.",
            "units_sold": "Units sold, returned ones among them.",
            "units_restocked": "Units that came back and are for sale again.",
            "units_replaced": "Units offered or sent in place of what arrived spoilt; sold to nobody.",
        }

    id = same_id("Lot")
    level = graphene.Int(required=True, description="0: pool, 1: several households, 2: one household.")
    level_name = graphene.String(required=True, description="The level in the reader's language.")
    state_name = graphene.String(required=True, description="The state in the reader's language.")
    is_traced = graphene.Boolean(required=True, description="Whether it is written down who grew it.")

    def resolve_level_name(root, info):
        """How closely it can be traced, in the reader's language."""
        return str(Lot.Level(root.level).words)

    def resolve_state_name(root, info):
        """The state in a word or two, in the reader's language."""
        return str(Lot.State(root.state).words)


class WaitingSize(PlainType):
    """What a team wants of a variant and no operator has looked at; what is approved is sold on meanwhile."""

    class Meta:
        access = HELD

    name = graphene.String(required=True, description="Its name in the reader's language.")
    name_zh = graphene.String(required=True, description="Its name in Chinese.")
    name_en = graphene.String(required=True, description="Its name in English; may be empty.")
    net_content = graphene.String(required=True, description="As on the label.")
    weight_grams = graphene.Int(required=True, description="What the carrier weighs, in grams.")
    is_offered = graphene.Boolean(
        required=True, description="Whether it is to be for sale; else it waits until it is."
    )
    price = graphene.Field(Money, required=True, description="The price of one unit.")
    price_story = list_of(PriceStoryPart, most=11, description="What each part of the price would pay for.")


def _waiting_size(size: Size) -> dict[str, Any]:
    return {
        "name": localized(size, "name"),
        "price": money(size.price_minor),
        "price_story": story_parts(size),
        **{name: getattr(size, name) for name in (*REVIEWED, "is_offered")},
    }


class TeamVariant(ModelType):
    """A variant as its team keeps it."""

    class Meta:
        model = Variant
        main = False
        name = "TeamVariant"
        access = HELD
        fields = (
            *(
                "name_zh",
                "name_en",
                "net_content",
                "weight_grams",
                "position",
                "is_offered",
                "units_available",
            ),
        )
        about = {
            "name_zh": "Its name in Chinese.",
            "name_en": "Its name in English.",
            "net_content": "As on the label.",
            "weight_grams": "What the carrier weighs, in grams.",
            "position": "Its place among the variants.",
            "is_offered": "Whether it is for sale.",
            "units_available": "Units that can be sold now, exactly.",
        }

    id = same_id("Variant")
    name = Localized("name", description="Its name in the reader's language.")
    price = MoneyField("price_minor", description="The price of one unit.")
    approved_price = MoneyField(
        "approved_price_minor", required=False, description="The price that an operator has seen."
    )
    price_story = list_of(PriceStoryPart, most=11, description="What each part of the price pays for.")
    waiting = graphene.Field(
        WaitingSize, description="What waits in its place for an operator; null where nothing does."
    )
    lots = mark(
        list_of(
            TeamLot,
            most=MOST_LOTS,
            description="Its lots: those that are for sale or planned, then the others, the newest first.",
        ),
        relation="lots",
    )

    @needs("story")
    def resolve_price_story(root, info):
        """By the story now told."""
        return story_parts(root)

    @needs("story", "change")
    def resolve_waiting(root, info):
        """All of it, as it was last saved."""
        return _waiting_size(wanted(root)) if change_of(root) else None

    def resolve_lots(root, info):
        """What can still be harvested, closed or shared out, and then the latest."""
        lots = sorted(related(root, "lots"), key=lambda lot: (lot.state not in Lot.SELLABLE, -lot.id))
        return lots[:MOST_LOTS]
