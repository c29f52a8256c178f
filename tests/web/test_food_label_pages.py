"""A food's label on the pages: written at the desk, refused without losing a word, and read before one buys."""

import re

import pytest
from django.test import Client

from catalog.models import Product
from core.api.ids import global_id
from tests.web.office import an_officer
from tests.web.test_desk import drafted, fill
from tests.web.test_pages import fields, unfolded, words

pytestmark = pytest.mark.django_db
TYPED = {
    "energyKj": "1823",
    "proteinTenths": "9.0",
    "fatTenths": "１２．７",
    "carbohydrateTenths": "70.6 ",
    "sodiumMg": "204",
}
COLUMNS = ("energy_kj", "protein_tenths", "fat_tenths", "carbohydrate_tenths", "sodium_mg")


def rows(page: str) -> list[str]:
    """The table of nutrition, a row a line."""
    table = re.search(r'<table class="nutrition.*?</table>', page, re.DOTALL)
    return (
        [re.sub(r"<[^>]+>|\s+", " ", row).split() for row in re.findall("<tr>.*?</tr>", table[0])[1:]]
        if table
        else []
    )


def test_a_team_writes_it_from_the_label_and_what_is_refused_is_still_there(shelf):
    desk, product, path = drafted(shelf)
    refused = words(
        fill(
            desk,
            path,
            "update_product",
            allergens=["MILK"],
            mayContain=["MILK", "NUTS"],
            **{**TYPED, "sodiumMg": ""},
        )
    )
    for name, value in (("proteinTenths", "9.0"), ("fatTenths", "１２．７"), ("energyKj", "1823")):
        assert re.search(rf'<input[^>]*name="{name}"[^>]* value="{value}"', refused), name
    assert refused.count("Give all five figures") >= 1 and "so not here: Milk." in refused
    ticked = re.findall(r'name="(allergens|mayContain)" value="(\w+)" checked', refused)
    assert ticked == [("allergens", "MILK"), ("mayContain", "MILK"), ("mayContain", "NUTS")]
    product.refresh_from_db()
    assert (product.allergens, product.energy_kj) == ([], None)
    finer = words(fill(desk, path, "update_product", **{**TYPED, "proteinTenths": "9.05"}))
    assert "Please give a number, to one decimal at most." in finer and 'value="9.05"' in finer
    fill(desk, path, "update_product", allergens=["MILK"], mayContain=["NUTS"], nutritionPer="ML", **TYPED)
    product.refresh_from_db()
    assert (product.allergens, product.may_contain, product.nutrition_per) == (["milk"], ["nuts"], "ml")
    assert [getattr(product, column) for column in COLUMNS] == [1823, 90, 127, 706, 204]
    shown = unfolded(desk, path, "update_product")
    assert fields(shown, "update_product")["fatTenths"] == "12.7"
    # Boxes unticked and figures taken out: nothing is said any more.
    fill(desk, path, "update_product", allergens="", mayContain="", **dict.fromkeys(TYPED, ""))
    product.refresh_from_db()
    assert (product.allergens, product.may_contain, product.has_no_allergens) == ([], [], False)
    assert [getattr(product, column) for column in COLUMNS] == [None] * 5
    fill(desk, path, "update_product", hasNoAllergens="true")
    product.refresh_from_db()
    assert product.has_no_allergens


def test_a_buyer_reads_it_in_her_language_and_without_a_word_nothing(shelf):
    zh, en = f"/zh/p/{shelf.product.slug}/", f"/en/p/{shelf.product.slug}/"
    silent = words(Client().get(zh))
    assert "致敏物质" not in silent and rows(silent) == [] and "NRV" not in silent
    kept = dict(zip(COLUMNS, (1823, 90, 5, 706, 204), strict=True))
    Product.objects.update(allergens=["gluten", "milk"], may_contain=["nuts"], **kept)
    page = words(Client().get(zh))
    assert "<dt>致敏物质</dt><dd>含有：含麸质的谷物、乳 <br>可能含有：坚果</dd>" in page
    assert "营养成分 · 每 100 克" in page
    assert rows(page) == [
        ["能量", "1823", "kJ", "22%"],
        ["蛋白质", "9.0", "g", "15%"],
        ["脂肪", "0", "g", "0%"],
        ["碳水化合物", "70.6", "g", "24%"],
        ["钠", "204", "mg", "10%"],
    ]
    page = words(Client().get(en))
    assert "Contains: Cereals containing gluten, Milk <br>May contain: Tree nuts</dd>" in page
    assert "Nutrition facts · Per 100 g" in page and rows(page)[3] == ["Carbohydrate", "70.6", "g", "24%"]
    Product.objects.update(allergens=[], may_contain=[], has_no_allergens=True)
    assert "团队说明：GB 7718 的八类都没有" in words(Client().get(zh))


def test_an_operator_looks_at_it_before_it_is_on_the_shelf(shelf):
    kept = dict(zip(COLUMNS, (1823, 90, 127, 706, 204), strict=True))
    Product.objects.update(state="submitted", allergens=["fish"], may_contain=["crustaceans"], **kept)
    _, office = an_officer("operator", shelf.team.county.code)
    page = words(office.get(f"/en/office/listings/{global_id('Product', shelf.product.uid)}/"))
    assert "Contains: Fish <br>May contain: Crustaceans" in page
    assert rows(page)[0] == ["Energy", "1823", "kJ", "22%"]
