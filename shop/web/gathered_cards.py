"""Share cards of pages that gather products: an indication, a brand, a place. No figure, so that they hold for long."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from core import language
from core.language import say
from shop.web.acts import to
from shop.web.cards import cached_card, card_of, photo_of, public_facts

_GOODS = "products(first: 3) { nodes { slug name } }"
GI = f"query GiCard($slug: String!) {{ geographicalIndication(slug: $slug) {{ name number {_GOODS} }} }}"
BRAND = f"query BrandCard($slug: String!) {{ brand(slug: $slug) {{ name number {_GOODS} }} }}"
PLACE = f"""query PlaceCard($code: String!, $village: String) {{
  place(code: $code, village: $village) {{ regionName village {{ name }} {_GOODS} }}
}}"""


def gi_card(request: HttpRequest, lang: str, number: str) -> HttpResponse:
    """Of a geographical indication, with its number and what is sold under it."""
    language.activate(lang)
    return _mark(request, GI, "gi", number, str(say("地理标志", "Geographical indication")))


def brand_card(request: HttpRequest, lang: str, number: str) -> HttpResponse:
    """Of a brand, likewise."""
    language.activate(lang)
    return _mark(request, BRAND, "brand", number, str(say("品牌", "Brand")))


def place_card(request: HttpRequest, lang: str, code: str, village: str = "") -> HttpResponse:
    """Of a county or a village, with what grows there."""
    language.activate(lang)
    found = public_facts(request, PLACE, {"code": code, "village": village or None})
    county = found["regionName"]
    if found["village"]:
        return _drawn(request, county, found["village"]["name"], to(f"place/{code}/{village}/"), found)
    return _drawn(request, str(say("地方", "Place")), county, to(f"place/{code}/"), found)


def _mark(request: HttpRequest, document: str, kind: str, slug: str, name: str) -> HttpResponse:
    found = public_facts(request, document, {"slug": slug})
    return _drawn(request, f"{name} · {found['number']}", found["name"], to(f"{kind}/{slug}/"), found)


def _drawn(request: HttpRequest, above: str, title: str, path: str, found: dict[str, Any]) -> HttpResponse:
    goods = found["products"]["nodes"]
    below = str(say("、", ", ")).join(one["name"] for one in goods)
    card = card_of(above, title, below, [], path)
    photo = photo_of(goods[0]["slug"]) if goods else None
    return cached_card(request, path, card._replace(photo=photo, as_of=""))
