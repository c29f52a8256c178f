"""The shop's search as a page: what was mended is said and can be undone; where nothing is found, what is in season."""

import pytest
from django.test import Client

from catalog import search
from catalog.search import suggestions
from tests.catalog.world import a_lot, a_product, a_variant

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shelf():
    """Chestnuts, all the year."""
    product = a_product(slug="chestnuts", name_zh="罗田板栗", name_en="Luotian chestnuts")
    a_lot(a_variant(product), units=9)
    search.index([product.id])
    suggestions.forget()


def page(address):
    return " ".join(Client().get(address).content.decode().split())


def test_a_typo_is_mended_said_and_can_be_meant_all_the_same():
    english = page("/en/shop/?query=chesnut")
    assert "Showing chestnut." in english and "/en/p/chestnuts/" in english
    assert (
        'href="/en/shop/?query=chesnut&amp;asTyped=true"' in english
        and "Search for chesnut instead" in english
    )
    chinese = page("/zh/shop/?query=罗田板粟")
    assert "没有“罗田板粟”，先看“罗田板栗”。" in chinese
    meant = page("/en/shop/?query=chesnut&asTyped=true")
    assert "Showing" not in meant and "Nothing found" in meant
    assert "Showing" not in page("/en/shop/?query=chestnuts")


def test_what_is_no_word_finds_nothing_and_shows_what_is_in_season():
    for query in ("%25", "_", "%F0%9F%8D%8A", "%F0%AA%9B%96", "tractor"):
        english = page(f"/en/shop/?query={query}")
        assert "Nothing found" in english and "0 products" in english, query
        assert "In season now" in english and "/en/p/chestnuts/" in english
    assert "没有找到" in page("/zh/shop/?query=_") and "眼下当季" in page("/zh/shop/?query=_")
    assert "Nothing found" not in page("/en/shop/?query=") and "In season now" not in page("/en/shop/")


def test_traditional_characters_find_the_same():
    assert "/zh/p/chestnuts/" in page("/zh/shop/?query=羅田板栗")


def test_why_each_was_found_is_told_when_it_is_asked():
    english = page("/en/shop/?query=chesnut")
    assert 'href="?query=chesnut&amp;why=true"' in english and "Why it was found" not in english
    told = page("/en/shop/?query=chesnut&why=true")
    assert "“chesnut” was read as “chestnut”, which is in its name." in told
    assert 'href="?query=chesnut"' in told and "Hide the reasons" in told
    assert "名称里有“板栗”。" in page("/zh/shop/?query=板栗&why=true")
    assert "Why" not in page("/en/shop/") and "Why it was found" not in page("/en/shop/?why=true")
