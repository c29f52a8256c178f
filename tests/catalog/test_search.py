"""Search in our own database: written with each change, in few statements."""

import pytest
from django.core.management import call_command

from catalog import search, tasks
from catalog.actions import card
from catalog.models import SearchEntry
from catalog.search import SearchRequest, Where
from core import clock
from tests.catalog.world import a_lot, a_product, a_variant

pytestmark = pytest.mark.django_db


@pytest.fixture
def orange():
    """The one product there is."""
    product = a_product(slug="orange", name_zh="秭归夏橙", name_en="Zigui summer oranges")
    a_lot(a_variant(product), units=5)
    search.index([product.id])
    return product.id


def found(words):
    return search.answer(SearchRequest(words)).found.ids


def test_the_index_is_made_anew_from_the_products(orange, capsys):
    SearchEntry.objects.all().delete()
    call_command("rebuild_search")
    assert "postgresql: 1 products" in capsys.readouterr().out
    assert found("夏橙") == [orange]


def test_what_an_upgrade_left_without_an_entry_gets_one(orange):
    SearchEntry.objects.filter(product_id=orange).delete()
    assert tasks.mend_search() == 1 and tasks.mend_search() == 0
    assert found("夏橙") == [orange]


def test_an_entry_that_says_something_else_than_its_card_is_named(orange):
    assert list(card.stale()) == []
    SearchEntry.objects.filter(product_id=orange).update(in_stock=False)
    assert [row[:2] for row in card.stale()] == [("SearchEntry", "orange")]


def test_finding_and_counting_take_a_statement_each(orange, django_assert_num_queries):
    clock.today()
    with django_assert_num_queries(2):
        answer = search.answer(SearchRequest("夏橙", Where(category=("fruit",))))
        assert answer.found.ids == [orange] and answer.tally.total == 1


def test_a_name_as_long_as_names_may_be_is_found():
    name = "庄" * 80
    product = a_product(slug="long", name_zh=name, name_en="Word " * 23)
    a_lot(a_variant(product), units=5)
    search.index([product.id])
    assert found(name) == found("庄" * 12) == [product.id]
