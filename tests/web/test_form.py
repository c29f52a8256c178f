"""What people write in forms: yuan, percent and Shanghai's clock, and what is said of what cannot be read."""

import pytest
from django.http import QueryDict

from shop.web import document
from shop.web.form import read_address, read_form

VARIANT, GROUP, CART, CATALOGUE = (
    "acts/save_variant.graphql",
    "acts/open_group.graphql",
    "acts/tell_cart.graphql",
    "pages/catalogue.graphql",
)
SIZE = "nameZh=5 斤装&weightGrams=2800"


def read(path, text):
    return read_form(path, QueryDict(text))


@pytest.mark.parametrize(
    ("written", "fen"), [("36.90", 3690), ("36.9", 3690), ("¥1,036", 103600), ("36 元", 3600), ("0.01", 1)]
)
def test_yuan_become_fen(written, fen):
    assert read(VARIANT, f"{SIZE}&priceMinor={written}")[0]["priceMinor"] == fen


@pytest.mark.parametrize("written", ["36.905", "abc", "1e99", "--", "NaN", "Infinity"])
def test_what_is_no_amount_is_said_beside_its_field(written):
    variables, wrong = read(VARIANT, f"{SIZE}&priceMinor={written}")
    assert "priceMinor" not in variables and set(wrong) == {"priceMinor"}


def test_percent_become_basis_points():
    variables, wrong = read(VARIANT, f"{SIZE}&priceMinor=1&farmGateBps=46&labourBps=8.25%25&teamBps=")
    assert (variables["farmGateBps"], variables["labourBps"], wrong) == (4600, 825, {})
    assert "teamBps" not in variables


def test_a_time_is_shanghais():
    variables, _ = read(GROUP, "closesAt=2026-10-01T18:00")
    assert variables["closesAt"] == "2026-10-01T18:00:00+08:00"


def test_what_is_missing_is_said_of_each_field():
    _, wrong = read(GROUP, "title=橙子&minimumUnits=")
    assert set(wrong) == set(document.variables_of(GROUP)) - {"title"}


def test_an_emptied_field_empties_and_one_that_is_not_there_leaves_things_alone():
    variables, _ = read(CART, "mobiliserCode=&organisation=&street=示例路")
    assert variables == {"mobiliserCode": "", "organisation": None, "street": "示例路"}


def test_an_unticked_box_says_no():
    assert read(CART, "isAdult=false")[0] == {"isAdult": False}
    assert read(CART, "isAdult=false&isAdult=true")[0] == {"isAdult": True}


def test_an_address_with_nonsense_asks_for_what_can_be_read():
    query = QueryDict("query=橙&category=tea&category=fruit&inSeason=true&sort=&x=1")
    assert read_address(CATALOGUE, query) == {"query": "橙", "category": ["tea", "fruit"], "inSeason": True}
    assert read_address("acts/change_quantity.graphql", QueryDict("quantity=many&line=a")) == {"line": "a"}


def test_a_refused_input_finds_the_field_that_filled_it():
    fields = document.fields_of(CART)
    assert (fields["regionCode"], fields["organisationId"]) == ("region", "organisation")
    assert document.fields_of(VARIANT)["story"] == "story"


def test_kilograms_become_grams_household_by_household():
    variables, wrong = read("acts/share_out_lot.graphql", "lot=x&kg.a=42.5&kg.b=&kg.c=7")
    assert variables["shares"] == [{"household": "a", "grams": 42500}, {"household": "c", "grams": 7000}]
    assert set(read("acts/share_out_lot.graphql", "lot=x&kg.a=heavy")[1]) == {"shares"}


def test_boxes_of_which_none_is_ticked_empty_the_list_and_boxes_that_are_not_there_leave_it_alone():
    path = "acts/update_product.graphql"
    assert read(path, "id=x&seasonMonths=")[0]["seasonMonths"] == []
    assert read(path, "id=x&seasonMonths=&seasonMonths=5")[0]["seasonMonths"] == [5]
    assert "seasonMonths" not in read(path, "id=x")[0]
