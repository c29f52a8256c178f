"""Prices of several sizes on one page: what would wait is shown before anything is saved, beside what is approved."""

import re

import pytest

from catalog.models import Variant, VariantChange
from core.api.ids import global_id
from tests.accounts.world import a_person
from tests.catalog.world import a_lot, a_product, a_team, a_variant, works_at
from tests.web.conftest import signed_in

pytestmark = pytest.mark.django_db
HERE = "/en/desk/prices/"


@pytest.fixture
def team():
    return a_team()


@pytest.fixture
def desk(team):
    works_at(team, manager := a_person())
    return signed_in(manager)


@pytest.fixture
def sizes(team):
    """Two of one product on the shelf, one of another."""
    first = a_product(team, name_en="Oranges", summary_zh="甜")
    second = a_product(team, name_en="Tea", summary_zh="香")
    made = [
        a_variant(first, name_en="Small"),
        a_variant(first, name_zh="10 斤装", name_en="Large", price_minor=6800),
        a_variant(second, name_en="Box"),
    ]
    for one in made:
        a_lot(one)
    return made


def of(size):
    return f"price.{global_id('Variant', size.uid)}"


def save(desk, prices, **more):
    form = {**prices, "lang": "en", "next": HERE, "back": HERE, **more}
    return desk.get(desk.post("/do/save_prices/", form)["Location"]).content.decode()


def prices():
    return list(Variant.objects.order_by("pk").values_list("price_minor", flat=True))


def test_each_size_stands_with_its_price_beside_the_approved_one(desk, sizes):
    page = desk.get(HERE).content.decode()
    values = dict(re.findall(r'name="(price\.[^"]+)"[^>]*?value="([^"]*)"', page)) or {
        name: value for value, name in re.findall(r'value="([^"]*)"[^>]*?name="(price\.[^"]+)"', page)
    }
    assert values == {of(sizes[0]): "36.90", of(sizes[1]): "68.00", of(sizes[2]): "36.90"}
    assert page.count("approved: ¥36.90") == 2 and "approved: ¥68.00" in page


def test_what_waits_is_shown_first_and_the_others_are_at_the_new_price_at_once(desk, sizes):
    small, large, box = sizes
    wanted = {of(small): "48.00", of(large): "65", of(box): ""}
    page = save(desk, wanted)
    assert prices() == [3690, 6800, 3690], "nothing is saved before she has seen it"
    assert "It takes effect once an operator has seen it" in page
    assert "Oranges Small" in page and "¥36.90 → ¥48.00" in page and 'value="48.00"' in page
    word = re.search(r'name="seen"[^>]*value="([^"]+)"', page) or re.search(
        r'value="([^"]+)"[^>]*name="seen"', page
    )
    page = save(desk, wanted, seen=word[1])
    assert "Prices changed: 2; of these 1 wait for an operator" in page
    assert prices() == [3690, 6500, 3690] and VariantChange.objects.get().price_minor == 4800
    assert "¥48.00 waits" in page
    # The same once more is no change, and asks nothing.
    assert "Prices changed: 0" in save(desk, wanted)
    assert small.stories.count() == 1 and large.stories.count() == 2


def test_one_that_cannot_be_right_keeps_all_of_them_from_being_saved(desk, sizes):
    small, large, box = sizes
    page = save(desk, {of(small): "35.00", of(large): "0", of(box): "200000"})
    assert "Oranges Large: The price must be above 0" in page and "Tea Box: The price must be" in page
    assert prices() == [3690, 6800, 3690] and 'value="35.00"' in page, "what was typed stands there"
    page = save(desk, {of(small): "cheap"})
    assert "Please give an amount" in page and prices() == [3690, 6800, 3690]


def test_a_size_of_another_team_is_as_if_there_were_none(desk, sizes):
    other = a_variant(a_product(a_team()))
    save(desk, {of(sizes[0]): "35.00", of(other): "1.00"})
    assert prices() == [3690, 6800, 3690, 3690]
