"""Before it is saved: what of it an operator has to see first, beside what is approved and sold on meanwhile."""

from typing import Any

from django.http import HttpRequest

from catalog import reads as shelves
from catalog.actions import prices
from catalog.actions import variant as variants
from catalog.food_label import Allergen, NutritionPer
from catalog.models import Product, Variant
from catalog.models.variant import STORY_PARTS
from catalog.reads.changes import COLUMNS
from core.api.documents import ask
from core.api.ids import uid_of
from core.language import Words, say
from shop.web.acts import Lines

SOLD_ON = say(
    "运营人员看过以后换上；在那之前照原来的卖。",
    "It takes effect once an operator has seen it. Until then the approved one is sold.",
)
OFF_THE_SHELF = say("商品先下架，运营人员看过再上架。", "It leaves the shelf until an operator has seen it.")
ARROW = " → "

_WORDS = {
    "name_zh": "nameZh",
    "name_en": "nameEn",
    "net_content": "netContent",
    "weight_grams": "weightGrams",
    "price_minor": "priceMinor",
    "is_offered": "isOffered",
}


def of_a_size(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """What a size, a new one or a changed one, would wait with."""
    mine = (
        shelves.variant_of(request.user, uid_of(variables["id"], "Variant")) if variables.get("id") else None
    )
    product = (
        mine.product if mine else shelves.product_of(request.user, uid_of(variables["product"], "Product"))
    )
    given = {name: variables[said] for name, said in _WORDS.items() if variables.get(said) is not None}
    bps = {part: variables.get(f"{_camel(part)}Bps") for part in STORY_PARTS}
    story = {part: number for part, number in bps.items() if number is not None}
    changes = variants.to_be_seen(product, mine, story=story or None, **given)
    if not changes:
        return []
    return [(SOLD_ON, ""), *((Words(one.name, one.name), beside(one.was, one.is_now)) for one in changes)]


def of_prices(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """Which of several prices would wait."""
    given = variables["prices"]
    if not given:
        return []
    rows = shelves.variants_of(request.user, [uid_of(one["variantId"], "Variant") for one in given])
    pairs = [(row, one["priceMinor"]) for row, one in zip(rows, given, strict=True)]
    lines: list[tuple[Words, str]] = []
    for one, changes in prices.to_be_seen(pairs):
        name = Words(_called(one, "zh"), _called(one, "en"))
        lines += [(name, beside(change.was, change.is_now)) for change in changes]
    return [(SOLD_ON, ""), *lines] if lines else []


def _called(one: Variant, code: str) -> str:
    """The size with its product in this language, in Chinese where it has no other."""
    return " ".join(getattr(thing, f"name_{code}") or thing.name_zh for thing in (one.product, one))


# What is compared of the product itself, by its name in the form; the figures of nutrition as one.
_PLAIN = ("nameZh", "nameEn", "ingredientsZh", "ingredientsEn", "producerZh", "producerEn", "licenceNumber")
_FIGURES = ("energyKj", "proteinTenths", "fatTenths", "carbohydrateTenths", "sodiumMg")
_CHOICES: dict[str, Any] = {"kind": Product.Kind, "storage": Product.Storage, "nutritionPer": NutritionPer}
_LISTS = ("allergens", "mayContain")
_NOW = f"""query($id: ID!) {{ teamProduct(id: $id) {{
  state hasNoAllergens category {{ slug name }} {" ".join([*_PLAIN, *_FIGURES, *_CHOICES, *_LISTS])} }} }}"""


def of_a_product(request: HttpRequest, variables: dict[str, Any]) -> Lines:
    """What takes a product off the shelf until an operator has seen it."""
    data, _ = ask(request, _NOW, {"id": variables["id"]})
    now = (data or {}).get("teamProduct") or {}
    if now.get("state") != "PUBLISHED":
        return []
    now["category"] = (now["category"] or {}).get("slug")
    names = (*_PLAIN, "category", *_CHOICES, *_LISTS, "hasNoAllergens", *_FIGURES)
    others = [one for one in names if one in variables and _plain(variables[one]) != _plain(now[one])]
    lines = [
        (COLUMNS[_snake(one)], beside(_shown(one, now[one]), _shown(one, variables[one]))) for one in others
    ]
    return [(OFF_THE_SHELF, ""), *lines] if lines else []


def _plain(value: Any) -> Any:
    """As it is kept: without blanks around it, a list in any order."""
    if isinstance(value, list):
        return sorted(value)
    return " ".join(value.split()) if isinstance(value, str) else value


def _shown(name: str, value: Any) -> str:
    if value in (None, ""):
        return "—"
    if name in _CHOICES:
        return str(_CHOICES[name][value].words)
    if isinstance(value, list):
        return "、".join(str(Allergen[one].words) for one in value) or "—"
    if isinstance(value, bool):
        return str(say("是", "yes") if value else say("否", "no"))
    if name.endswith("Tenths"):
        return f"{value / 10:g}"
    return str(value)


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def beside(was: str, is_now: str) -> str:
    """As it is approved, and as it would be."""
    return f"{was}{ARROW}{is_now or '—'}" if was else is_now


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
