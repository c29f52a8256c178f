"""Before it is saved: what of it an operator has to see first, beside what is approved and sold on meanwhile."""

from typing import Any

from django.http import HttpRequest

from catalog import reads as shelves
from catalog.actions import variant as variants
from catalog.models.variant import STORY_PARTS
from core.api.ids import uid_of
from core.language import Words, say
from shop.web.acts import Lines

SOLD_ON = say(
    "运营人员看过以后换上；在那之前照原来的卖。",
    "It takes effect once an operator has seen it. Until then the approved one is sold.",
)
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


def beside(was: str, is_now: str) -> str:
    """As it is approved, and as it would be."""
    return f"{was}{ARROW}{is_now or '—'}" if was else is_now


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)
