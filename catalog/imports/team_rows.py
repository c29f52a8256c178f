"""What a team takes along: its products, sizes and lots as rows of its own tables, filled in as they stand."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from catalog.food_label import NUTRIENTS, Allergen, NutritionPer
from catalog.imports.team_tables import MARKS, MOST_ROWS, NO, TABLES, YES, code_of
from catalog.models import ListingSheet, Lot, Product, Team, Variant
from catalog.models.variant import STORY_PARTS
from catalog.reads.wanted import wanted
from core.language import Words, localized, say

Cells = dict[str, Any]


def products_of(team: Team) -> QuerySet[Product]:
    """All but what was archived."""
    rows = team.products.exclude(state=Product.State.ARCHIVED)
    return rows.select_related("category", "origin", "team").order_by("-id")


def sizes_of(team: Team) -> QuerySet[Variant]:
    """The sizes of these."""
    rows = Variant.objects.filter(product__team=team).exclude(product__state=Product.State.ARCHIVED)
    return rows.select_related("product", "story", "change").order_by("-product_id", "position", "id")


def lots_of(team: Team) -> QuerySet[Lot]:
    """The lots that are sold, or will be."""
    rows = Lot.objects.filter(variant__product__team=team, state__in=Lot.SELLABLE)
    return rows.select_related("variant__product").order_by("-id")


def heads_of(kind: str) -> list[Words]:
    """The titles of a table; what stands in every sheet of the shop comes after them."""
    return [column.title for column in TABLES[kind].columns if column not in MARKS]


def rows_of(team: Team, kind: str) -> Iterator[list[Any]]:
    """The team's own, in the order of the titles; no more than may come back in one table."""
    names = [column.name for column in TABLES[kind].columns if column not in MARKS]
    for cells in islice(_ROWS[kind](team), MOST_ROWS):
        yield [cells.get(name, "") for name in names]


def _products(team: Team) -> Iterator[Cells]:
    special = {"product", "state", "category", "kind", "storage", "season_months"} | {
        *("allergens", "may_contain", "nutrition_per"),
        *(each.column for each in NUTRIENTS),
    }
    plain = [one.name for one in TABLES[ListingSheet.Kind.PRODUCTS].columns if one not in MARKS]
    for one in products_of(team):
        cells: Cells = {name: getattr(one, name) for name in plain if name not in special}
        yield {**{name: "" if value is None else value for name, value in cells.items()}, **_of_product(one)}


def _of_product(one: Product) -> Cells:
    has_figures = one.energy_kj is not None
    return {
        "product": code_of("P", one.uid),
        "state": str(Product.State(one.state).words),
        "category": localized(one.category, "name"),
        "kind": str(Product.Kind(one.kind).words),
        "storage": str(Product.Storage(one.storage).words),
        "season_months": _months(one.season_months),
        "allergens": str(say("无", "none")) if one.has_no_allergens else _classes(one.allergens),
        "may_contain": _classes(one.may_contain),
        "nutrition_per": str(NutritionPer(one.nutrition_per).words) if has_figures else "",
        **{each.column: _figure(getattr(one, each.column), each.unit) for each in NUTRIENTS},
    }


def _months(months: list[int]) -> str:
    return str(say("全年", "all year")) if len(months) == 12 else "、".join(map(str, months))


def _classes(classes: list[str]) -> str:
    return "、".join(str(Allergen(one).words) for one in classes)


def _figure(value: int | None, unit: str) -> Any:
    if value is None:
        return ""
    return Decimal(value) / 10 if unit == "g" else value


def _sizes(team: Team) -> Iterator[Cells]:
    for one in sizes_of(team):
        size = wanted(one)
        yield {
            "product": code_of("P", one.product.uid),
            "name_of_product": localized(one.product, "name"),
            "size": code_of("S", one.uid),
            **{name: getattr(size, name) for name in ("name_zh", "name_en", "net_content", "weight_grams")},
            "price_minor": _hundredths(size.price_minor),
            "approved": _hundredths(one.approved_price_minor),
            **{part: _hundredths(size.parts.get(part)) for part in STORY_PARTS},
            "is_offered": str(YES if size.is_offered else NO),
            "left": one.units_available,
        }


def _hundredths(value: int | None) -> Decimal | str:
    return Decimal(value) / 100 if value else ""


def _lots(team: Team) -> Iterator[Cells]:
    """What is sold; and each size without any, with empty columns to be filled in."""
    with_lots = set()
    for one in lots_of(team):
        with_lots.add(one.variant_id)
        yield {
            **_of_size(one.variant),
            "lot": one.code,
            "state": str(Lot.State(one.state).words),
            "quantity": one.units_declared,
            "left": one.units_available,
            **{
                name: getattr(one, name) or ""
                for name in ("harvest_from", "harvest_to", "ship_by", "best_before", "place_zh", "place_en")
            },
            "level": str(Lot.Level(one.level).words),
        }
    for size in sizes_of(team).exclude(pk__in=with_lots):
        if wanted(size).is_offered:
            yield _of_size(size)


def _of_size(one: Variant) -> Cells:
    return {
        "size": code_of("S", one.uid),
        "name_of_product": localized(one.product, "name"),
        "name_of_size": localized(one, "name"),
    }


_ROWS: dict[str, Callable[[Team], Iterator[Cells]]] = {
    ListingSheet.Kind.PRODUCTS: _products,
    ListingSheet.Kind.SIZES: _sizes,
    ListingSheet.Kind.LOTS: _lots,
}
