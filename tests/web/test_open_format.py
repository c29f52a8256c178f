"""A product as a document that others can read: by a published schema, with what everybody may see and nothing else."""

import json

import jsonschema_rs
import pytest
from django.conf import settings

from catalog.models import Picture, Product
from core import language
from tests.catalog.world import a_lot, a_planned_lot, a_product, a_variant
from tests.web.test_marks import a_paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def schema(guest):
    answer = guest.get("/schemas/assistance-product-1.json")
    assert answer["Content-Type"].startswith("application/schema+json")
    told = json.loads(answer.content)
    assert told["$id"] == f"{settings.SITE_URL}/schemas/assistance-product-1.json"
    jsonschema_rs.meta.validate(told)
    return told


def read(guest, path):
    answer = guest.get(path)
    assert answer.status_code == 200 and answer["Access-Control-Allow-Origin"] == "*", path
    return json.loads(answer.content)


def faults(schema, document):
    return [error.message for error in jsonschema_rs.validator_for(schema).iter_errors(document)]


def test_each_product_is_told_by_the_published_schema_in_both_languages(guest, shelf, schema):
    a_paper(shelf.product)
    photo = {"file": "pictures/a.webp", "card_file": "pictures/a-card.webp", "width": 800, "height": 600}
    Picture.objects.create(product=shelf.product, alt_zh="一筐", **photo)
    a_planned_lot(a_variant(shelf.product, net_content=""))
    a_variant(shelf.product)  # no lot: none to be had
    for lang in language.LANGUAGES:
        told = read(guest, f"/{lang}/p/{shelf.product.slug}.json")
        assert faults(schema, told) == []
        assert told.keys() == schema["$defs"]["product"]["properties"].keys(), "what it tells is described"
        assert {one["availability"] for one in told["sizes"]} == {"in_stock", "pre_order", "out_of_stock"}
        assert all(sum(p["basisPoints"] for p in one["priceStory"]) == 10_000 for one in told["sizes"])
    page = guest.get(f"/en/p/{shelf.product.slug}/").content.decode()
    assert f'href="/en/p/{shelf.product.slug}.json"' in page
    assert told["language"] == "en" and told["certificates"][0]["mark"] == "Zigui Navel"
    assert told["pictures"][0]["url"] == f"{settings.SITE_URL}/media/pictures/a.webp"
    assert told["url"] == f"{settings.SITE_URL}/en/p/{shelf.product.slug}/"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: d.pop("sizes"),
        lambda d: d["sizes"].clear(),
        lambda d: d["sizes"][0]["price"].update(amount="36.9"),
        lambda d: d["sizes"][0]["price"].update(amount=-1),
        lambda d: d["sizes"][0]["priceStory"][0].update(basisPoints=10_001),
        lambda d: d.update(seasonMonths=[13]),
        lambda d: d["origin"].update(code="42"),
        lambda d: d.update(kind="FRESH"),
        lambda d: d["team"].pop("name"),
    ],
)
def test_what_is_spoilt_is_not_by_the_schema(guest, shelf, schema, spoil):
    told = read(guest, f"/en/p/{shelf.product.slug}.json")
    spoil(told)
    assert faults(schema, told)


def test_the_feed_tells_all_that_is_on_the_shelf_once_a_page_at_a_time(guest, shelf, schema):
    for n in range(12):
        product = a_product(shelf.team, slug=f"p-{n}")
        a_lot(a_variant(product))
    a_product(shelf.team, slug="not-yet", state="draft")
    feed = {**schema, "$ref": "#/$defs/feed"}
    found, path = [], "/zh/products.json"
    while path:
        page = read(guest, path)
        assert faults(feed, page) == []
        found += [one["identifier"] for one in page["items"]]
        path = page["next"] and page["next"].removeprefix(settings.SITE_URL)
    on_it = Product.objects.filter(state="published").values_list("slug", flat=True)
    assert sorted(found) == sorted(on_it) and len(found) == 13
    assert page["items"][-1] == read(guest, f"/zh/p/{found[-1]}.json"), "the same by either door"
    assert guest.get("/zh/products.json?after=nonsense").status_code == 404


def test_nothing_that_is_off_the_shelf_or_of_a_household_is_told(guest, shelf):
    told = guest.get(f"/zh/p/{shelf.product.slug}.json").content.decode()
    assert "unitsAvailable" not in told and "household" not in told.replace("isForHouseholds", "").lower()
    Product.objects.update(state="suspended")
    assert guest.get(f"/zh/p/{shelf.product.slug}.json").status_code == 404
    assert guest.get("/zh/p/nothing.json").status_code == 404
    assert guest.post(f"/zh/p/{shelf.product.slug}.json").status_code == 405
