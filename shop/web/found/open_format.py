"""A product in an open format (decision 0086), so that another shop or province can read what this one sells.

It is made of what the API tells everybody, by one document for a page and for the feed: what waits for an operator, or is off
the shelf, cannot be in it.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from urllib.parse import urlencode, urljoin

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_safe

from core import language
from shop.web.cards import FORMER, public_facts
from shop.web.document import HERE

SCHEMA = HERE / "found" / "assistance-product-1.json"
# As many as an answer to anybody may cost.
A_PAGE = 10
_AS_THEY_ARE = (
    *(
        "name",
        "summary",
        "story",
        "category",
        "origin",
        "seasonMonths",
        "shelfLifeDays",
        "storageAdvice",
        "ingredients",
    ),
    *("hasNoAllergens", "producer", "licenceNumber", "dispatchDays", "isReturnable", "returnRule"),
)
_PARTS = """fragment Open on Product {
  slug name summary story kind storage category { slug name } origin { code name }
  team { slug code name village county { code name } }
  seasonMonths shelfLifeDays storageAdvice ingredients allergens { name } mayContain { name } hasNoAllergens
  producer licenceNumber dispatchDays afterSaleDays isReturnable returnRule
  pictures { url alt width height }
  certificates { kind number issuer mark issuedOn expiresOn }
  variants {
    id name netContent weightGrams unitsAvailable price { amount currency }
    priceStory { part name bps isHouseholds }
    lot { code isTraced place harvestFrom harvestTo bestBefore shipBy isPresale }
  }
}"""
ONE = f"query OpenProduct($slug: String!) {{ product(slug: $slug) {{ ...Open }} }} {_PARTS}"
MANY = f"""query OpenProducts($first: Int!, $after: String) {{
  products(first: $first, after: $after) {{ pageInfo {{ hasNextPage endCursor }} nodes {{ ...Open }} }}
}} {_PARTS}"""


@require_safe
def schema(request: HttpRequest) -> HttpResponse:
    """What a document of a product says, and how; another version will have another address."""
    response = HttpResponse(_schema(settings.SITE_URL), content_type="application/schema+json; charset=utf-8")
    response["Cache-Control"] = "public, max-age=86400"
    response["Access-Control-Allow-Origin"] = "*"
    return response


@lru_cache(maxsize=1)
def _schema(site: str) -> str:
    return SCHEMA.read_text().replace("{{ site }}", site)


@require_safe
def product(request: HttpRequest, lang: str, slug: str) -> HttpResponse:
    """One product on the shelf; at an address that it had before it leads on, as its page does."""
    language.activate(lang)
    try:
        found = public_facts(request, ONE, {"slug": slug})
    except Http404:
        now = public_facts(request, FORMER, {"slug": slug})["slug"]
        if now == slug:
            raise
        return redirect("product_open", permanent=True, lang=lang, slug=now)
    return _as_json({**_head(), **_product(found)})


@require_safe
def products(request: HttpRequest, lang: str) -> HttpResponse:
    """All that is on the shelf, a page at a time, the newest first."""
    language.activate(lang)
    found = public_facts(request, MANY, {"first": A_PAGE, "after": request.GET.get("after")})
    page, following = found["pageInfo"], None
    if page["hasNextPage"]:
        following = f"{_absolute(reverse('open_products', kwargs={'lang': lang}))}?{urlencode({'after': page['endCursor']})}"
    items = [{**_head(), **_product(one)} for one in found["nodes"]]
    return _as_json({**_head(), "items": items, "next": following})


def _head() -> dict[str, Any]:
    return {"$schema": _absolute(reverse("open_schema")), "language": language.tag(language.current())}


def _product(found: Mapping[str, Any]) -> dict[str, Any]:
    team = found["team"]
    return {
        **{name: found[name] for name in _AS_THEY_ARE},
        "identifier": found["slug"],
        "url": _page("product", found["slug"]),
        "kind": found["kind"].lower(),
        "storage": found["storage"].lower(),
        "team": {
            **{name: team[name] for name in ("code", "name", "village", "county")},
            "url": _page("team", team["slug"]),
        },
        "allergens": [one["name"] for one in found["allergens"]],
        "mayContain": [one["name"] for one in found["mayContain"]],
        "claimDays": found["afterSaleDays"],
        "pictures": [{**one, "url": _absolute(one["url"])} for one in found["pictures"]],
        "certificates": [{**one, "kind": one["kind"].lower()} for one in found["certificates"]],
        "sizes": [_size(one) for one in found["variants"]],
    }


def _size(found: Mapping[str, Any]) -> dict[str, Any]:
    lot = found["lot"]
    if not found["unitsAvailable"]:
        there = "out_of_stock"
    else:
        there = "pre_order" if lot and lot["isPresale"] else "in_stock"
    parts = [
        {"part": p["part"], "name": p["name"], "basisPoints": p["bps"], "isForHouseholds": p["isHouseholds"]}
        for p in found["priceStory"]
    ]
    return {
        **{name: found[name] for name in ("name", "netContent", "weightGrams", "price")},
        "identifier": found["id"],
        "priceStory": parts,
        "availability": there,
        "lot": {name: fact for name, fact in lot.items() if name != "isPresale"} if lot else None,
    }


def _page(name: str, slug: str) -> str:
    return _absolute(reverse(name, kwargs={"lang": language.current(), "slug": slug}))


def _absolute(path: str) -> str:
    return urljoin(settings.SITE_URL, path)


def _as_json(facts: dict[str, Any]) -> HttpResponse:
    """For any page's script to read; asked for anew each time, since a price may be another one a second later."""
    response = JsonResponse(facts, json_dumps_params={"ensure_ascii": False})
    response["Cache-Control"] = "public, no-cache"
    response["Access-Control-Allow-Origin"] = "*"
    return response
