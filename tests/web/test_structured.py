"""What a page says to machines in the words of schema.org: what search engines ask for, and nothing that its readers cannot see."""

import json
import re
from html import unescape
from typing import Any

import pytest
from django.conf import settings
from django.utils import timezone

from catalog.actions import card
from core import language
from core.templatetags.sheaf import day
from orders.models import Line, Review
from tests.catalog.world import a_lot, a_variant
from tests.web.conftest import an_order, signed_in
from tests.web.test_pages import words

pytestmark = pytest.mark.django_db
SITE = settings.SITE_URL

# What Google's and Baidu's pages on products, reviews and breadcrumbs ask for: (required, told where there is such).
ASKED: dict[str, tuple[set[str], set[str]]] = {
    "Product": (
        {"name", "image", "offers", "url", "brand", "category"},
        {"description", "aggregateRating", "review"},
    ),
    "Offer": ({"name", "price", "priceCurrency", "availability", "url", "seller", "itemCondition"}, set()),
    "AggregateRating": ({"ratingValue", "reviewCount"}, set()),
    "Review": ({"author", "reviewRating", "datePublished"}, {"reviewBody"}),
    "Rating": ({"ratingValue"}, set()),
    "Person": ({"name"}, set()),
    "Brand": ({"name"}, set()),
    "BreadcrumbList": ({"itemListElement"}, set()),
    "ListItem": ({"position", "name"}, {"item"}),
    "Organization": ({"name"}, {"url", "logo", "legalName", "telephone", "email", "address", "description"}),
    "PostalAddress": ({"addressCountry", "addressRegion", "addressLocality"}, set()),
}


def data_of(page: str) -> list[dict[str, Any]]:
    """What the page says to machines."""
    (text,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    told = json.loads(text)
    assert told.keys() == {"@context", "@graph"} and told["@context"] == "https://schema.org"
    return told["@graph"]


def things(data: Any) -> list[dict[str, Any]]:
    """Each thing in it, however deep."""
    if isinstance(data, list):
        return [thing for one in data for thing in things(one)]
    if not isinstance(data, dict):
        return []
    return [data, *(thing for one in data.values() for thing in things(one))]


def values(data: Any, name: str = "") -> list[tuple[str, Any]]:
    """Each (property, plain value) in it."""
    if isinstance(data, list):
        return [pair for one in data for pair in values(one, name)]
    if isinstance(data, dict):
        return [pair for key, one in data.items() for pair in values(one, key)]
    return [(name, data)]


def read_by_people(page: str) -> str:
    """What stands on the page, for eyes and ears, without what is said to machines."""
    bare = re.sub(r"<(script|style|head)\b.*?</\1>", " ", page, flags=re.S)
    # In which language some words are is marked in the midst of a text.
    bare = re.sub(r'<span lang="[\w-]+">([^<]*)</span>', r"\1", bare)
    spoken = re.findall(r'(?:alt|aria-label|value)="([^"]*)"', bare)
    return unescape(" ".join([re.sub(r"<[^>]+>", " ", bare), *spoken])).replace(",", "")


def misshapen(told: Any) -> list[str]:
    """What search engines would not take: a thing unknown, a field missing, one that nobody asks for."""
    wrong = []
    for thing in things(told):
        kind, given = thing.get("@type", ""), {key for key in thing if not key.startswith("@")}
        if kind not in ASKED:
            wrong.append(f"unknown: {kind}")
            continue
        required, optional = ASKED[kind]
        wrong += [f"{kind} lacks {name}" for name in required - given]
        wrong += [f"{kind} has {name}" for name in given - required - optional]
        wrong += _broken_ways(thing)
    return wrong


def _broken_ways(thing: dict[str, Any]) -> list[str]:
    """A way to a page has two steps or more, numbered from one, and each but the page itself leads somewhere."""
    steps = thing.get("itemListElement", [])
    if thing["@type"] != "BreadcrumbList":
        return []
    whole = [step.get("position") for step in steps] == [*range(1, len(steps) + 1)] and len(steps) > 1
    return [] if whole and all("item" in step for step in steps[:-1]) else ["a way with a step missing"]


def unshown(told: Any, page: str) -> list[tuple[str, Any]]:
    """What it says that no reader of the page could: addresses, schema.org's own words and places in a list apart."""
    text, missing = read_by_people(page), []
    for name, value in values(told):
        if name.startswith("@") or name in {"position", "url", "item", "image", "logo", "itemCondition"}:
            continue
        if name in {"availability", "priceCurrency", "addressCountry"}:
            continue
        with language.use("zh" if 'lang="zh-Hans"' in page[:200] else "en"):
            shown = day(value) if name == "datePublished" else " ".join(str(value).split())
        whole = rf"(?<![\d.]){re.escape(shown.replace(',', ''))}(?!\.?\d)"
        if not re.search(whole, " ".join(text.split())):
            missing.append((name, value))
    return missing


@pytest.fixture
def told(shelf):
    """The shelf's product in three sizes, one of them sold out and one of a harvest to come; reviewed."""
    product = shelf.product
    a_lot(a_variant(product, name_zh="大箱", name_en="Large box", price_minor=123_450), units=7)
    a_variant(product, name_zh="礼盒", name_en="Gift box", price_minor=8_800)
    for stars, said in ((5, '</script><b>"甜"</b>'), (4, "")):
        an_order(shelf, shelf.buyer)
        line = Line.objects.latest("pk")
        Review.objects.create(product=product, line=line, stars=stars, words=said)
    return shelf


@pytest.mark.parametrize("spoken", ["zh", "en"])
def test_a_product_is_told_as_search_engines_ask_and_as_the_page_shows(guest, told, spoken):
    page = words(guest.get(f"/{spoken}/p/{told.product.slug}/"))
    data = data_of(page)
    assert misshapen(data) == [] and unshown(data, page) == []
    product, crumbs = data
    assert [offer["price"] for offer in product["offers"]] == ["36.90", "1234.50", "88.00"]
    there = [offer["availability"].removeprefix("https://schema.org/") for offer in product["offers"]]
    assert there == ["InStock", "InStock", "OutOfStock"]
    assert product["aggregateRating"] | {"@type": ""} == {"@type": "", "ratingValue": "4.5", "reviewCount": 2}
    assert [one["reviewRating"]["ratingValue"] for one in product["review"]] == [4, 5]
    assert product["review"][1]["reviewBody"] == '</script><b>"甜"</b>'
    assert [item["position"] for item in crumbs["itemListElement"]] == [1, 2, 3]
    assert [item.get("item") for item in crumbs["itemListElement"]] == [
        f"{SITE}/{spoken}/shop/",
        f"{SITE}/{spoken}/shop/?category=fruit",
        None,
    ]
    for name, value in values(data):
        if name in {"url", "item", "image", "logo"} and value:
            assert str(value).startswith(f"{SITE}/"), "addresses are whole"
        assert value not in {7, "7"}, "how many there are is told to nobody by this"


def test_what_is_not_asked_for_or_not_shown_would_be_seen(guest, told):
    """The checks above find what they are for."""
    page = words(guest.get(f"/en/p/{told.product.slug}/"))
    product = data_of(page)[0]
    assert misshapen({**product, "inventoryLevel": 7}) == ["Product has inventoryLevel"]
    assert misshapen({key: value for key, value in product.items() if key != "image"}) == [
        "Product lacks image"
    ]
    assert unshown({**product, "sku": "83641"}, page) == [("sku", "83641")]
    price, part_of_it = product["offers"][1]["price"], {"price": "234.5"}
    assert price == "1234.50" and unshown(part_of_it, page) == [("price", "234.5")]
    crumbs = data_of(page)[1]
    for broken in (steps := crumbs["itemListElement"])[1:], steps[:1] + steps[2:], steps[2:]:
        assert misshapen({**crumbs, "itemListElement": broken}) == ["a way with a step missing"]


@pytest.mark.parametrize("spoken", ["zh", "en"])
def test_how_many_are_left_changes_nothing_that_is_said(guest, shelf, spoken):
    pages = {}
    for left in (0, 1, 7, 2_000):
        type(shelf.lot).objects.update(units_available=left, units_declared=left)
        card.refresh([shelf.product.pk])
        pages[left] = words(guest.get(f"/{spoken}/p/{shelf.product.slug}/"))
    said = {left: data_of(page) for left, page in pages.items()}
    assert said[1] == said[7] == said[2_000] != said[0], "but whether there are any"
    assert len({read_by_people(page) for page in pages.values()}) == len(pages), (
        "to people the page tells more"
    )


@pytest.mark.parametrize("spoken", ["zh", "en"])
def test_each_step_of_a_way_leads_where_its_name_says(guest, shelf, spoken):
    for path in (f"/{spoken}/p/{shelf.product.slug}/", f"/{spoken}/t/{shelf.team.slug}/"):
        *steps, here = data_of(words(guest.get(path)))[1]["itemListElement"]
        assert "item" not in here and len(steps) == 2
        for step in steps:
            shown = guest.get(step["item"].removeprefix(SITE))
            assert shown.status_code == 200 and step["name"] in read_by_people(words(shown)), step


def test_without_a_review_there_is_no_rating(guest, shelf):
    product, _ = data_of(words(guest.get(f"/en/p/{shelf.product.slug}/")))
    assert not {"aggregateRating", "review"} & product.keys()


def test_a_harvest_to_come_is_a_pre_order(guest, shelf):
    day_ = timezone.localdate() + timezone.timedelta(days=30)
    type(shelf.lot).objects.update(state="planned", harvest_from=day_, harvest_to=day_, ship_by=day_)
    page = words(guest.get(f"/en/p/{shelf.product.slug}/"))
    (offer,) = data_of(page)[0]["offers"]
    assert "Pre-sale" in page and offer["availability"] == "https://schema.org/PreOrder"


@pytest.mark.parametrize("spoken", ["zh", "en"])
def test_a_team_and_the_shop_are_told_as_their_pages_show_them(guest, shelf, spoken):
    for path in (f"/{spoken}/t/{shelf.team.slug}/", f"/{spoken}/"):
        page = words(guest.get(path))
        data = data_of(page)
        assert data[0]["@type"] == "Organization"
        assert misshapen(data) == [] and unshown(data, page) == []


def test_a_product_that_nobody_may_see_yet_is_told_to_no_machine(shelf):
    shelf.product.move_to(shelf.product.State.SUSPENDED)
    page = words(signed_in(shelf.manager).get(f"/en/p/{shelf.product.slug}/?preview=true"))
    assert "Preview" in page and "ld+json" not in page
