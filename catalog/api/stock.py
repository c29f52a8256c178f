"""What a product is sold in, at what price, and the lots that give it: at its team's desk."""

from typing import Any

import graphene

from catalog import reads
from catalog.actions import lot as lots
from catalog.actions import prices as price_lists
from catalog.actions import variant as variants
from catalog.api.access import SIGNED_IN
from catalog.api.desk import TeamProduct
from catalog.api.desk_variant import TeamLot, TeamVariant
from catalog.models import Lot, Variant
from catalog.models.variant import STORY_PARTS
from catalog.refusals import InsufficientStock
from core.api.act import Act
from core.api.errors import error_type
from core.api.ids import uid_of


@error_type(InsufficientStock)
class InsufficientStockError:
    """Fewer units are left than were asked for."""

    units_left = graphene.Int(
        description="How many can still be bought; null when that is more than is told."
    )


PriceStoryInput = type(
    "PriceStoryInput",
    (graphene.InputObjectType,),
    {
        "__doc__": "What each part of a price pays for, in basis points that add up to 10,000.",
        **{
            part: graphene.Int(description=f"{english}, in basis points.")
            for part, (_, english) in STORY_PARTS.items()
        },
    },
)


class VariantSave(Act):
    """Add a variant to a product, or change one; a price that changes is told with a new price story. Beside what is
    approved, what an operator must see first waits (`waiting`), and what is approved is sold on."""

    class Meta:
        access = SIGNED_IN

    class Input:
        product = graphene.ID(description="The product, for a new variant.")
        id = graphene.ID(description="The variant to change.")
        name_zh = graphene.String(description="Its name in Chinese.")
        name_en = graphene.String(description="Its name in English.")
        net_content = graphene.String(description='As on the label, e.g. "2.5 kg".')
        weight_grams = graphene.Int(description="What the carrier weighs, in grams, with packaging.")
        price_minor = graphene.Int(description="The price of one unit, in fen.")
        story = graphene.InputField(PriceStoryInput, description="What the price pays for.")
        position = graphene.Int(description="Its place among the variants.")
        is_offered = graphene.Boolean(description="Whether it is for sale.")

    variant = graphene.Field(TeamVariant, description="The variant, as saved.")
    product = graphene.Field(TeamProduct, description="Its product; perhaps with changes to be looked at.")

    @classmethod
    def act(cls, request: Any, product: str | None = None, id: str | None = None, **given: Any) -> Any:
        """The variant, as it is sold and as it waits, and its product; INVALID on the field,
        CONFLICT while the product is in review or archived."""
        mine = reads.variant_of(request.user, uid_of(id, "Variant")) if id else None
        its = (
            mine.product
            if mine
            else reads.product_of(request.user, uid_of(product or "", "Product", field="product"))
        )
        given = {name: value for name, value in given.items() if value is not None}
        if "story" in given:
            given["story"] = {part: bps for part, bps in given["story"].items() if bps is not None}
        saved = variants.save(its, request.user, mine, **given)
        return cls(variant=saved, product=saved.product)


class VariantPriceInput(graphene.InputObjectType):
    """What one size is to cost."""

    variant_id = graphene.ID(required=True, description="The variant.")
    price_minor = graphene.Int(required=True, description="The price of one unit, in fen.")


class VariantPricesSave(Act):
    """Change the prices of several variants at once, also of several products: all of them, or none and all that is wrong is
    said. What an operator must see first waits, and the approved price is sold on."""

    class Meta:
        access = SIGNED_IN

    class Input:
        prices = graphene.List(
            graphene.NonNull(VariantPriceInput), required=True, description="From 1 to 120 sizes, each once."
        )

    saved = graphene.Int(description="How many are other than before; null where it was refused.")
    waiting = graphene.Int(description="How many of these wait for an operator.")

    @classmethod
    def act(cls, request: Any, prices: list[Any]) -> Any:
        """How many were changed. NOT_FOUND where one is outside one's desks; else each refusal names its row
        (`prices`, n), as variantSave would refuse it."""
        rows = _priced(request, prices)
        saved = price_lists.save(rows, request.user)
        after = reads.variants_of(request.user, [one.uid for one, _ in rows])
        return {
            "saved": saved,
            "waiting": sum(one.price_minor != price for one, (_, price) in zip(after, rows, strict=True)),
        }


def _priced(request: Any, prices: list[Any]) -> list[tuple[Variant, int]]:
    uids = [
        uid_of(one["variant_id"], "Variant", field=("prices", str(n), "variant_id"))
        for n, one in enumerate(prices)
    ]
    rows = reads.variants_of(request.user, uids)
    return [(row, one["price_minor"]) for row, one in zip(rows, prices, strict=True)]


class LotDeclare(Act):
    """Put a harvest on the shelf; one not in yet is sold in advance and sent by `shipBy`."""

    class Meta:
        access = SIGNED_IN
        idempotent = True
        read_by = {"lot": "catalog.reads.lot_declared"}

    class Input:
        variant = graphene.ID(required=True, description="The variant that it gives.")
        quantity = graphene.Int(required=True, description="Units of it.")
        level = graphene.Int(
            description="0: the team's pool (default), 1: several households, 2: one household."
        )
        harvest_from = graphene.Date(required=True, description="The first day of the harvest.")
        harvest_to = graphene.Date(required=True, description="The last day of the harvest.")
        best_before = graphene.Date(description="The day until which it is good.")
        ship_by = graphene.Date(description="Of a harvest not in yet: sent by this day.")
        place_zh = graphene.String(description="Where it grew, in Chinese; by default the team's village.")
        place_en = graphene.String(description="Where it grew, in English.")

    lot = graphene.Field(TeamLot, description="The lot.")

    @classmethod
    def act(cls, request: Any, variant: str, level: int | None = None, **given: Any) -> Any:
        """The lot, open or planned by its days; INVALID on the field where the days do not fit, CONFLICT for an
        archived product."""
        mine = reads.variant_of(request.user, uid_of(variant, "Variant", field="variant"))
        given = {name: value for name, value in given.items() if value is not None}
        return cls(lot=lots.declare(mine, request.user, level=level or 0, **given))


def _lot(request: Any, id: str) -> Lot:
    return reads.lot_of(request.user, uid_of(id, "Lot"))


class LotOpen(Act):
    """The harvest of a planned lot is in."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The lot.")

    lot = graphene.Field(TeamLot, description="The lot, open.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The lot, its units ready to be sent; refused where it is out of date, or not planned."""
        return cls(lot=lots.open_lot(_lot(request, id), request.user))


class LotClose(Act):
    """Sell no more of a lot; what is reserved or sold stays so."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The lot.")

    lot = graphene.Field(TeamLot, description="The lot, closed.")

    @classmethod
    def act(cls, request: Any, id: str) -> Any:
        """The lot, sold no more; NOT_FOUND outside one's own desk."""
        return cls(lot=lots.close(_lot(request, id), request.user))


class LotRecall(Act):
    """Something is wrong with a lot: it is sold no more, and whoever bought it is told."""

    class Meta:
        access = SIGNED_IN

    class Input:
        id = graphene.ID(required=True, description="The lot.")
        reason = graphene.String(required=True, description="What is wrong.")

    lot = graphene.Field(TeamLot, description="The lot, recalled.")

    @classmethod
    def act(cls, request: Any, id: str, reason: str) -> Any:
        """The lot, recalled; INVALID on `reason` without one, NOT_FOUND outside one's own desk and office."""
        lot = reads.lot_to_recall(request.user, uid_of(id, "Lot"))
        return cls(lot=lots.recall(lot, request.user, reason))


class Mutation:
    variant_save = VariantSave.Field()
    variant_prices_save = VariantPricesSave.Field()
    lot_declare = LotDeclare.Field()
    lot_open = LotOpen.Field()
    lot_close = LotClose.Field()
    lot_recall = LotRecall.Field()
