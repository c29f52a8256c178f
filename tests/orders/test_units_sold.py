"""Units sold are told in steps, once a day at 04:00, and never fall."""

from datetime import datetime, timedelta

import pytest

from catalog import search, verify
from catalog.actions import card
from catalog.actions import sold as told
from catalog.models import Product, SearchEntry, SoldDisclosure
from catalog.models.sold import STEPS
from catalog.search import SearchRequest
from core.clock import SHANGHAI
from orders.actions import sold
from orders.models import Line, Shipment
from shop.clockwork import STRIKES
from tests.catalog.world import a_product, a_team, a_variant
from tests.orders.world import Buyer, a_lot, row

pytestmark = pytest.mark.django_db

FOUR = datetime(2026, 6, 10, 4, tzinfo=SHANGHAI)
ASK = "query($slug: String!) { product(slug: $slug) { unitsSold } }"


@pytest.fixture
def at(monkeypatch):
    """The wall clock, where it is set to."""

    def stand(moment):
        monkeypatch.setattr(sold.timezone, "now", lambda: moment)

    yield stand


@pytest.fixture
def orange():
    """Oranges in two sizes, each with a lot."""
    product = a_product(a_team(), slug="oranges")
    lots = [a_lot(a_variant(product, name_zh=f"{n} 斤装", name_en=f"Size {n}"), units=5000) for n in (5, 10)]
    search.index([product.id])
    return product, lots


def buy(lot, quantity, over=FOUR - timedelta(hours=1), state="completed"):
    """So many, arrived, whose after-sale time ended then."""
    line = row(Buyer().place(lot)).lines.get()
    # What may be held unpaid is bounded (decision 0020).
    Line.objects.filter(pk=line.pk).update(quantity=quantity, net_minor=line.unit_price_minor * quantity)
    Shipment.objects.filter(pk=line.shipment_id).update(state=state, after_sale_until=over)
    return line


def label(product):
    return Buyer().ask(ASK, slug=product.slug)["product"]["unitsSold"]


def test_they_are_counted_over_all_sizes_when_their_after_sale_time_has_passed(orange, at):
    product, (small, large) = orange
    buy(small, 6)
    buy(large, 3)
    given_back = buy(small, 4)
    Line.objects.filter(pk=given_back.pk).update(refunded_units=4)
    buy(large, 30, over=FOUR + timedelta(minutes=1))  # not over at the boundary
    buy(large, 30, state="delivered")  # somebody has said that something is wrong
    assert sold.units_sold(FOUR) == {product.pk: 9}
    at(FOUR + timedelta(seconds=20))
    assert sold.tell_units_sold() == 0 and label(product) is None
    buy(large, 1, over=FOUR - timedelta(days=1))
    at(FOUR + timedelta(hours=12))
    assert sold.tell_units_sold() == 0 and label(product) is None  # once a day
    at(FOUR + timedelta(hours=23, minutes=59))
    assert sold.tell_units_sold() == 0
    at(FOUR + timedelta(days=1, seconds=10))
    assert sold.tell_units_sold() == 1 and label(product) == "10+"
    assert STRIKES["orders.tasks.tell_units_sold"] <= 60


def test_each_step_has_its_words_and_none_falls(orange):
    product, _ = orange
    days = iter(FOUR.date() + timedelta(days=n) for n in range(20))
    seen = []
    for units in (9, 10, 49, 50, 99, 100, 499, 500, 999, 1000, 43_210, 800, 0):
        told.tell(next(days), {product.pk: units})
        seen.append(label(product))
    assert seen == [
        *(None, "10+", "10+", "50+", "50+", "100+", "100+", "500+", "500+"),
        *("1,000+", "1,000+", "1,000+", "1,000+"),
    ]
    assert list(card.stale()) == [] and SoldDisclosure.objects.count() == 13


def test_search_goes_by_the_step_and_then_by_the_newest_and_knows_no_more(orange):
    products = [orange[0], *(a_product(a_team(), slug=f"p{n}") for n in range(3))]
    for n, product in enumerate(products[1:], start=1):
        a_lot(a_variant(product), units=9)
        Product.objects.filter(pk=product.pk).update(published_at=FOUR + timedelta(hours=n))
    Product.objects.filter(pk=orange[0].pk).update(published_at=FOUR)
    search.index([product.pk for product in products])
    a, b, c, d = (product.pk for product in products)
    # The oldest has sold more than the others of its step; that is not to be seen.
    told.tell(FOUR.date(), {a: 49, b: 11, c: 10, d: 9})
    assert search.answer(SearchRequest(sort="SALES")).found.ids == [c, b, a, d]
    listed = Buyer().ask("{ products(first: 9, sort: SALES) { nodes { slug unitsSold } } }")["products"][
        "nodes"
    ]
    assert [one["unitsSold"] for one in listed] == ["10+", "10+", "10+", None]
    assert [one["slug"] for one in listed] == ["p1", "p0", "oranges", "p2"]
    assert set(SearchEntry.objects.values_list("sold_step", flat=True)) <= {0, *STEPS}


def test_two_who_tell_at_once_tell_once(orange):
    product, _ = orange
    assert told.tell(FOUR.date(), {product.pk: 12}) == 1
    assert told.tell(FOUR.date(), {product.pk: 120}) == 0 and label(product) == "10+"


def test_a_step_that_is_none_is_named(orange):
    assert list(verify.verify()) == []
    Product.objects.filter(pk=orange[0].pk).update(sold_step=11)
    SearchEntry.objects.filter(product_id=orange[0].pk).update(sold_step=10)
    assert {(found.noun, found.id) for found in verify.verify()} == {
        ("Product", "oranges"),
        ("SearchEntry", "oranges"),
    }
