"""What a food's label says of allergens and nutrition: as its team wrote it, whole, looked at, and nothing beside."""

import pytest
from django.db import IntegrityError, transaction

from catalog.actions import food_label, listing
from catalog.food_label import NUTRIENTS
from catalog.imports import SHEETS
from catalog.models import ListingReview, Product
from core import language
from core.api.ids import global_id
from core.refusals import Invalid
from core.tables.cell import Cell, Kind
from tests.catalog.asker import Asker
from tests.catalog.world import a_product, an_operator, published

pytestmark = pytest.mark.django_db
# The worked example that goes with the reference values: a biscuit, 100 g of it.
BISCUIT = {
    "energy_kj": 1823,
    "protein_tenths": 90,
    "fat_tenths": 127,
    "carbohydrate_tenths": 706,
    "sodium_mg": 204,
}
FIGURES = {
    "energyKj": 1823,
    "proteinTenths": 90,
    "fatTenths": 127,
    "carbohydrateTenths": 706,
    "sodiumMg": 204,
}
LABEL = """query($slug: String!) { product(slug: $slug) {
    allergens { code name } mayContain { code name } hasNoAllergens
    nutrition { per perName nutrients { name amount unit nrvPercent } }
} }"""


def label(product, spoken="en"):
    return Asker(language=spoken).ask(LABEL, slug=product.slug)["product"]


def on_the_shelf(product):
    Product.objects.filter(pk=product.pk).update(state="published", price_from_minor=3690)


def test_the_biscuit_of_the_standard_comes_to_its_percents(team):
    told = label(a_product(team, **BISCUIT))["nutrition"]
    assert (told["per"], told["perName"]) == ("G", "Per 100 g")
    assert [tuple(one.values()) for one in told["nutrients"]] == [
        ("Energy", "1823", "kJ", 22),
        ("Protein", "9.0", "g", 15),
        ("Fat", "12.7", "g", 21),
        ("Carbohydrate", "70.6", "g", 24),
        ("Sodium", "204", "mg", 10),
    ]
    drink = label(a_product(team, nutrition_per="ml", **BISCUIT), "zh")["nutrition"]
    assert drink["perName"] == "每 100 毫升"
    assert [one["name"] for one in drink["nutrients"]] == ["能量", "蛋白质", "脂肪", "碳水化合物", "钠"]


def test_up_to_its_limit_a_label_says_nought_and_half_a_percent_is_one():
    energy, protein, fat, carbohydrate, sodium = NUTRIENTS
    told = {
        (one.column, kept): (one.amount(kept), one.percent(kept))
        for one, kept in (
            *((energy, 17), (energy, 18), (energy, 41), (energy, 42), (energy, 8400)),
            *((protein, 5), (protein, 6), (protein, 9), (fat, 600), (carbohydrate, 5), (carbohydrate, 15)),
            *((sodium, 5), (sodium, 6), (sodium, 10), (sodium, 38_760)),
        )
    }
    assert told == {
        ("energy_kj", 17): ("0", 0),
        ("energy_kj", 18): ("18", 0),
        ("energy_kj", 41): ("41", 0),
        ("energy_kj", 42): ("42", 1),
        ("energy_kj", 8400): ("8400", 100),
        ("protein_tenths", 5): ("0", 0),
        ("protein_tenths", 6): ("0.6", 1),
        ("protein_tenths", 9): ("0.9", 2),
        ("fat_tenths", 600): ("60.0", 100),
        ("carbohydrate_tenths", 5): ("0", 0),
        ("carbohydrate_tenths", 15): ("1.5", 1),
        ("sodium_mg", 5): ("0", 0),
        ("sodium_mg", 6): ("6", 0),
        ("sodium_mg", 10): ("10", 1),
        ("sodium_mg", 38_760): ("38760", 1938),
    }


def test_without_a_word_nothing_is_claimed_and_none_of_them_is_the_teams_word(desk, team):
    product = a_product(team, state="draft")
    silent = {"allergens": [], "mayContain": [], "hasNoAllergens": False, "nutrition": None}
    id_ = global_id("Product", product.uid)
    on_the_shelf(product)
    assert label(product) == silent
    Product.objects.filter(pk=product.pk).update(state="draft")
    desk.done("productUpdate", id=id_, hasNoAllergens=True)
    on_the_shelf(product)
    assert label(product) == {**silent, "hasNoAllergens": True}


def test_what_is_in_it_and_what_may_be_are_kept_apart_each_once_in_the_standards_order(desk, team):
    product = a_product(team, state="draft")
    desk.done(
        "productUpdate",
        id=global_id("Product", product.uid),
        allergens=["MILK", "GLUTEN", "MILK"],
        mayContain=["NUTS", "PEANUTS"],
    )
    on_the_shelf(product)
    told = label(product, "zh")
    assert told["allergens"] == [
        {"code": "GLUTEN", "name": "含麸质的谷物"},
        {"code": "MILK", "name": "乳"},
    ]
    assert told["mayContain"] == [{"code": "PEANUTS", "name": "花生"}, {"code": "NUTS", "name": "坚果"}]
    assert told["hasNoAllergens"] is False


def test_a_label_that_contradicts_itself_is_refused_all_at_once_each_beside_its_field(desk, team):
    product = a_product(team, state="draft")
    id_ = global_id("Product", product.uid)
    given = {"allergens": ["MILK"], "mayContain": ["MILK", "NUTS"], "hasNoAllergens": True, "energyKj": 100}
    errors = desk.do("productUpdate", id=id_, summaryZh="新", **given)["errors"]
    five = "Give all five figures of nutrition, or leave all five empty."
    assert [(one["field"], one["message"]) for one in errors] == [
        (["mayContain"], "Ticked under “contains” already, so not here: Milk."),
        (["hasNoAllergens"], "Some are ticked above, so it cannot be none of them."),
        (["proteinTenths"], five),
        (["fatTenths"], five),
        (["carbohydrateTenths"], five),
        (["sodiumMg"], five),
    ]
    row = Product.objects.get()
    assert (row.summary_zh, row.allergens, row.energy_kj) == (product.summary_zh, [], None)
    too_much = desk.do("productUpdate", id=id_, **{**FIGURES, "energyKj": 4001, "sodiumMg": -1})["errors"]
    assert [one["field"] for one in too_much] == [["energyKj"], ["sodiumMg"]]
    desk.done("productUpdate", id=id_, **FIGURES)
    assert [one["field"] for one in desk.do("productUpdate", id=id_, fatTenths=None)["errors"]] == [
        ["fatTenths"]
    ]
    desk.done("productUpdate", id=id_, **dict.fromkeys(FIGURES))
    assert Product.objects.get().energy_kj is None


def test_the_database_promises_the_same(team):
    product = a_product(team)
    rows = Product.objects.filter(pk=product.pk)
    for broken in (
        {"allergens": ["sugar"]},
        {"may_contain": ["sugar"]},
        {"allergens": ["milk", "nuts"], "may_contain": ["nuts"]},
        {"has_no_allergens": True, "may_contain": ["nuts"]},
        {"energy_kj": 100},
        {**BISCUIT, "fat_tenths": None},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**broken)
    assert rows.update(allergens=["milk"], may_contain=["nuts"], **BISCUIT) == 1


def test_a_change_of_the_label_waits_for_an_operator_and_is_shown_to_nobody_meanwhile(desk, team):
    variant = published(team)
    product = Product.objects.get(pk=variant.product_id)
    Product.objects.filter(pk=product.pk).update(state="submitted")
    product.refresh_from_db()
    review = listing.approve(product, an_operator(), version=product.version)
    # An approval of before the label was asked for knows nothing of it: nothing of it has changed since.
    seen = {name: kept for name, kept in review.seen["columns"].items() if name not in food_label.PLAIN}
    ListingReview.objects.filter(pk=review.pk).update(seen={**review.seen, "columns": seen})
    id_ = global_id("Product", product.uid)
    changes = "query($id: ID!) { teamProduct(id: $id) { state changes { name was isNow } } }"
    assert desk.ask(changes, id=id_)["teamProduct"] == {"state": "PUBLISHED", "changes": []}
    desk.done("productUpdate", id=id_, allergens=["EGGS", "MILK"], **FIGURES)
    assert desk.ask(changes, id=id_)["teamProduct"] == {
        "state": "SUBMITTED",
        "changes": [
            {"name": "Contains, of allergens", "was": "", "isNow": "Eggs, Milk"},
            {"name": "Energy (kJ)", "was": "", "isNow": "1823"},
            {"name": "Protein (g)", "was": "", "isNow": "9.0"},
            {"name": "Fat (g)", "was": "", "isNow": "12.7"},
            {"name": "Carbohydrate (g)", "was": "", "isNow": "70.6"},
            {"name": "Sodium (mg)", "was": "", "isNow": "204"},
        ],
    }
    assert label(product) is None, "what waits is nobody's to read"
    product.refresh_from_db()
    listing.approve(product, an_operator(), version=product.version)
    assert [one["code"] for one in label(product)["allergens"]] == ["EGGS", "MILK"]
    assert desk.ask(changes, id=id_)["teamProduct"] == {"state": "PUBLISHED", "changes": []}


def test_a_table_of_an_import_names_classes_in_either_language_and_figures_as_the_label_has_them():
    columns = {column.name: column for column in SHEETS["products"].columns}

    def read(name, text):
        return columns[name].convert(Cell(1, Kind.TEXT, text))

    assert read("allergens", "乳、含麸质的谷物") == ["milk", "gluten"]
    assert read("may_contain", "peanuts; Tree nuts") == ["peanuts", "nuts"]
    assert read("allergens", "无") == read("allergens", "None") == []
    assert (read("protein_tenths", "6.5"), read("energy_kj", "1823")) == (65, 1823)
    assert read("nutrition_per", "每 100 毫升") == "ml"
    assert columns["carbohydrate_tenths"].titles() == (
        "carbohydrate_tenths",
        "碳水化合物（g）",
        "Carbohydrate (g)",
    )
    with pytest.raises(Invalid), language.use("en"):
        read("allergens", "乳、糖")
