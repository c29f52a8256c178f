"""Structured data of every page that is to be found, by schema.org's own vocabulary (`tests/vocabulary.py`)."""

import copy
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from accounts.models import Shop
from catalog import search
from catalog.actions import listing, lot
from orders.models import Line, Review
from shop.web.found import sitemap
from tests import vocabulary
from tests.catalog.world import a_lot, a_planned_lot, a_product, a_variant
from tests.figures import FULL
from tests.impact.world import a_round
from tests.web.conftest import an_order
from tests.web.test_found import SITE, mapped, opened
from tests.web.test_pages import words
from tests.web.test_structured import ASKED, data_of, misshapen, things, unshown

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.proof,
    pytest.mark.skipif(not FULL, reason="compiles what each page says: make test-full"),
    vocabulary.needs_it,
]


@pytest.fixture
def shop(shelf: SimpleNamespace) -> SimpleNamespace:
    """A product in each state in which a page shows one, and a shop that says whose it is."""
    team = shelf.team
    reviewed, presale, sold_out, recalled, ended = (a_variant(a_product(team)) for _ in range(5))
    a_lot(a_variant(reviewed.product, name_zh="大箱", name_en="Large box", price_minor=123_450))
    line_of = SimpleNamespace(lot=a_lot(reviewed))
    for stars, said in ((5, '</script><b>"甜"</b>'), (4, "")):
        an_order(line_of, shelf.buyer)
        line = Line.objects.latest("pk")
        Review.objects.create(product=reviewed.product, line=line, stars=stars, words=said)
    a_planned_lot(presale)
    lot.recall(a_lot(recalled), None, "检测不合格")
    a_lot(ended)
    listing.suspend(ended.product, None)
    whose = {"entity": "示例禾束合作社", "phone": "+862712345678", "email": "hello@shop.example"}
    Shop.objects.update(**whose)
    a_round(team)
    sitemap.files.forget()
    on_sale = [shelf.product, *(one.product for one in (reviewed, presale, sold_out, recalled))]
    search.index([one.pk for one in on_sale])
    return SimpleNamespace(on_sale=on_sale, reviewed=reviewed.product, ended=ended.product, team=team)


def offers_of(told: Any) -> list[dict[str, Any]]:
    """Every offer in it."""
    return [one for one in things(list(told.values())) if one["@type"] == "Offer"]


def told_by(client: Client, urls: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """What each page that says something to machines says to them."""
    pages = {url: words(opened(client, url)) for url in urls}
    return {url: data_of(page) for url, page in pages.items() if "application/ld+json" in page}


def test_what_pages_say_to_machines_is_as_the_vocabulary_has_it(guest, shop, tmp_path):
    told = told_by(guest, mapped(guest))
    speak = ["", f"t/{shop.team.slug}/", *(f"p/{one.slug}/" for one in shop.on_sale)]
    assert told.keys() == {f"{SITE}/{spoken}/{where}" for spoken in ("zh", "en") for where in speak}
    assert {offer["availability"] for offer in offers_of(told)} == {
        f"https://schema.org/{there}" for there in ("InStock", "OutOfStock", "PreOrder")
    }
    assert {kind["@type"] for kind in things(list(told.values()))} == ASKED.keys()
    assert [one for said in told.values() for one in misshapen(said)] == []
    assert [one for url, said in told.items() for one in unshown(said, words(opened(guest, url)))] == []
    assert vocabulary.faults(told, tmp_path) == []


def test_what_is_not_on_sale_says_nothing_to_machines(guest, shop):
    assert told_by(guest, [f"{SITE}/{spoken}/p/{shop.ended.slug}/" for spoken in ("zh", "en")]) == {}


PLANTED: dict[str, Callable[[dict[str, Any]], object]] = {
    "a property that no product has": lambda told: told.update(inventoryLevels=7),
    "one that an offer has and a product has not": lambda told: told.update(price="36.90"),
    "one that no offer has": lambda told: told["offers"][0].update(stock=7),
    "one that no seller has, three deep": lambda told: told["offers"][0]["seller"].update(households=12),
    "a text for offers": lambda told: told.update(offers="36.90"),
    "a number for a name": lambda told: told.update(name=7),
    "a rating for a review": lambda told: told.update(review=told["aggregateRating"]),
    "a kind that there is not": lambda told: told["brand"].update({"@type": "Maker"}),
    "no kind of thing at all": lambda told: told.update({"@type": "Produce"}),
    "an availability of our own": lambda told: told["offers"][0].update(
        availability="https://schema.org/Ripe"
    ),
    "a day in words": lambda told: told["review"][0].update(datePublished="yesterday"),
    "half an address": lambda told: told.update(url="/zh/p/oranges/"),
}


def test_each_mistake_that_is_planted_is_found(guest, shop, tmp_path):
    (told,) = told_by(guest, [f"{SITE}/en/p/{shop.reviewed.slug}/"]).values()
    pages = {"as it is": told}
    for what, plant in PLANTED.items():
        pages[what] = copy.deepcopy(told)
        plant(pages[what][0])
    assert {why.partition(":")[0] for why in vocabulary.faults(pages, tmp_path)} == PLANTED.keys()
