"""What a page shows, once more in the words of schema.org, for whoever reads pages by machine.

It is made of the page's own data, so that it can say nothing that the page does not: no count of stock, no date until
which a price is promised, no rating where there is none.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.templatetags.static import static

from accounts.models import Shop
from core.clock import SHANGHAI
from core.language import localized, say
from shop.templatetags.setup import uploaded
from shop.templatetags.web import picture, to, yuan

Thing = dict[str, Any]
# Inside a script nothing may end it, or begin a comment.
_ESCAPES = {ord(character): f"\\u{ord(character):04X}" for character in "<>&\u2028\u2029"}


def json_ld(*things: Thing) -> str:
    """Things as one JSON-LD document that may stand in a page."""
    told = {"@context": "https://schema.org", "@graph": list(things)}
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).translate(_ESCAPES)


def of_product(shown: Mapping[str, Any]) -> list[Thing]:
    """The product's page: what is offered at which price, what buyers said, and where it stands in the shop."""
    product, rating = shown["product"], shown.get("rating") or {}
    here = _absolute(to("product", slug=product["slug"]))
    drawn = [_absolute(picture(product["illustration"]))]
    told: Thing = {
        "@type": "Product",
        "@id": f"{here}#product",
        "url": here,
        "name": product["name"],
        "image": [_absolute(one["url"]) for one in product["pictures"]] or drawn,
        "category": product["category"]["name"],
        "brand": _brand(product),
        "offers": [_offer(one, here, product) for one in product["variants"]],
    }
    if product["summary"]:
        told["description"] = product["summary"]
    if rating.get("count"):
        told["aggregateRating"] = {
            "@type": "AggregateRating",
            "ratingValue": rating["average"],
            "reviewCount": rating["count"],
        }
    if reviews := (shown.get("reviews") or {}).get("nodes"):
        told["review"] = [_review(one) for one in reviews]
    shelf, category = to("catalogue"), product["category"]
    steps = [
        (str(say("好物", "Shop")), shelf),
        (category["name"], f"{shelf}?category={category['slug']}"),
    ]
    return [told, _crumbs(steps, product["name"])]


def _brand(product: Mapping[str, Any]) -> Thing:
    """Its registered trade mark, as long as the paper holds; else its team's name."""
    for paper in product["certificates"]:
        if paper["kind"] == "BRAND" and paper["markSlug"]:
            return {
                "@type": "Brand",
                "name": paper["mark"],
                "url": _absolute(to("brand", number=paper["markSlug"])),
            }
    return {"@type": "Brand", "name": product["team"]["name"]}


def _offer(variant: Mapping[str, Any], page: str, product: Mapping[str, Any]) -> Thing:
    lot = variant["lot"] or {}
    if not variant["unitsAvailable"]:
        there = "OutOfStock"
    elif lot.get("isPresale") and lot["shipBy"]:
        there = "PreOrder"
    else:
        there = "InStock"
    return {
        "@type": "Offer",
        "name": variant["name"],
        "price": yuan(variant["price"]["minor"]),
        "priceCurrency": "CNY",
        "availability": f"https://schema.org/{there}",
        "itemCondition": "https://schema.org/NewCondition",
        "url": page,
        "seller": {"@type": "Organization", "name": product["team"]["name"]},
    }


def _review(review: Mapping[str, Any]) -> Thing:
    told: Thing = {
        "@type": "Review",
        "reviewRating": {"@type": "Rating", "ratingValue": review["stars"]},
        "author": {"@type": "Person", "name": review["nickname"] or str(say("一位买家", "A buyer"))},
        "datePublished": f"{datetime.fromisoformat(review['writtenAt']).astimezone(SHANGHAI):%Y-%m-%d}",
    }
    return told | ({"reviewBody": review["words"]} if review["words"] else {})


def of_team(shown: Mapping[str, Any]) -> list[Thing]:
    """A team's page: who it is and where."""
    team = shown["team"]
    here = _absolute(to("team", slug=team["slug"]))
    told: Thing = {
        "@type": "Organization",
        "@id": f"{here}#team",
        "url": here,
        "name": team["name"],
        "address": {
            "@type": "PostalAddress",
            "addressCountry": "CN",
            "addressRegion": team["division"]["name"],
            "addressLocality": team["county"]["name"],
        },
    }
    if team["story"]:
        told["description"] = team["story"]
    all_ = to("teams")
    division = team["division"]
    steps = [
        (str(say("村里的团队", "Village teams")), all_),
        (division["name"], f"{all_}?division={division['code']}"),
    ]
    return [told, _crumbs(steps, team["name"])]


def of_mark(kind: str, shown: Mapping[str, Any]) -> list[Thing]:
    """An indication's or a brand's page: what it gathers, on this page of it."""
    mark = shown["mark"]
    about: Thing = {"@type": "Brand" if kind == "brand" else "DefinedTerm", "name": mark["name"]}
    if kind == "gi":
        about["termCode"] = mark["number"]
    return _gathered(to(kind, number=mark["slug"]), mark["name"], about, mark["products"]["nodes"])


def of_place(shown: Mapping[str, Any]) -> list[Thing]:
    """A county's page."""
    place = shown["place"]
    return _gathered(
        to("place", code=place["code"]), place["regionName"], _region(place), place["products"]["nodes"]
    )


def of_village(shown: Mapping[str, Any]) -> list[Thing]:
    """A village's page, below its county's."""
    place, village = shown["place"], shown["place"]["village"]
    about: Thing = {"@type": "Place", "name": village["name"], "containedInPlace": _region(place)}
    here = to("village", code=place["code"], village=village["slug"])
    above = [(place["regionName"], to("place", code=place["code"]))]
    return _gathered(here, village["name"], about, place["products"]["nodes"], above)


def _region(place: Mapping[str, Any]) -> Thing:
    return {"@type": "AdministrativeArea", "name": place["regionName"], "identifier": place["code"]}


def _gathered(
    path: str, name: str, about: Thing, products: list[Any], above: list[tuple[str, str]] | None = None
) -> list[Thing]:
    here = _absolute(path)
    rows: list[Thing] = [
        {
            "@type": "ListItem",
            "position": n,
            "name": one["name"],
            "item": _absolute(to("product", slug=one["slug"])),
        }
        for n, one in enumerate(products, 1)
    ]
    told: Thing = {
        "@type": "CollectionPage",
        "@id": f"{here}#page",
        "url": here,
        "name": name,
        "about": about,
        "mainEntity": {"@type": "ItemList", "itemListElement": rows},
    }
    return [told, _crumbs([(str(say("好物", "Shop")), to("catalogue")), *(above or ())], name)]


def of_shop(shop: Shop) -> list[Thing]:
    """The shop itself, on its first page."""
    here = _absolute(to("home"))
    told: Thing = {
        "@type": "Organization",
        "@id": f"{settings.SITE_URL}/#shop",
        "url": here,
        "name": localized(shop, "name") or str(say("小店", "The shop")),
        "logo": _absolute(uploaded(shop.logo) if shop.logo else static("brand/logo.svg")),
    }
    facts = {"legalName": shop.entity, "telephone": shop.phone, "email": shop.email}
    return [told | {name: fact for name, fact in facts.items() if fact}]


def _crumbs(steps: list[tuple[str, str]], here: str) -> Thing:
    """The way to a page: the places above it, then itself."""
    rows: list[Thing] = [{"name": name, "item": _absolute(path)} for name, path in steps]
    numbered = enumerate([*rows, {"name": here}], 1)
    items = [{"@type": "ListItem", "position": number} | row for number, row in numbered]
    return {"@type": "BreadcrumbList", "itemListElement": items}


def _absolute(path: str) -> str:
    return urljoin(f"{settings.SITE_URL}/", path)
