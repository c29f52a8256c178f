"""What people write in forms: yuan, percent and Shanghai's clock, and what is said of what cannot be read."""

from itertools import product
from urllib.parse import urlencode

import pytest
from django.http import QueryDict

from shop.web import document
from shop.web.form import read_address, read_form

VARIANT, GROUP, CART, CATALOGUE = (
    "desk/save_variant.graphql",
    "together/open_group.graphql",
    "buying/tell_cart.graphql",
    "shelf/catalogue.graphql",
)
SIZE = "nameZh=5 斤装&weightGrams=2800"


def read(path, text):
    return read_form(path, QueryDict(text))


@pytest.mark.parametrize(
    ("written", "fen"), [("36.90", 3690), ("36.9", 3690), ("¥1,036", 103600), ("36 元", 3600), ("0.01", 1)]
)
def test_yuan_become_fen(written, fen):
    assert read(VARIANT, f"{SIZE}&priceMinor={written}")[0]["priceMinor"] == fen


@pytest.mark.parametrize(
    "written",
    [
        "36.905",
        "abc",
        "1e99",
        "--",
        "NaN",
        "Infinity",
        "36,90",
        "12元5",
        "1_0",
        "1 0",
        "1e9999999",
        "9" * 5000,
        "３6",
    ],
)
def test_what_is_no_amount_is_said_beside_its_field(written):
    variables, wrong = read(VARIANT, f"{SIZE}&priceMinor={written}")
    assert "priceMinor" not in variables and set(wrong) == {"priceMinor"}


def test_percent_become_basis_points():
    variables, wrong = read(VARIANT, f"{SIZE}&priceMinor=1&farmGateBps=46&labourBps=8.25%25&teamBps=")
    assert (variables["farmGateBps"], variables["labourBps"], wrong) == (4600, 825, {})
    assert "teamBps" not in variables


def test_grams_become_tenths_and_nothing_finer():
    label = "desk/update_product.graphql"
    variables, wrong = read(
        label, "id=x&proteinTenths=6.5&fatTenths=０．８&carbohydrateTenths=77&energyKj=&sodiumMg=3"
    )
    assert {name: value for name, value in variables.items() if name != "id"} == {
        "proteinTenths": 65,
        "fatTenths": 8,
        "carbohydrateTenths": 770,
        "sodiumMg": 3,
    }
    assert wrong == {}
    assert set(read(label, "id=x&proteinTenths=6.55&fatTenths=6,5")[1]) == {"proteinTenths", "fatTenths"}


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
    assert read_address("buying/change_quantity.graphql", QueryDict("quantity=many&line=a")) == {"line": "a"}


def test_a_refused_input_finds_the_field_that_filled_it():
    fields = document.fields_of(CART)
    assert (fields["regionCode"], fields["organisationId"]) == ("region", "organisation")
    assert document.fields_of(VARIANT)["story"] == "story"


def test_kilograms_become_grams_household_by_household():
    variables, wrong = read("desk/share_out_lot.graphql", "lot=x&kg.a=42.5&kg.b=&kg.c=7")
    assert variables["shares"] == [{"household": "a", "grams": 42500}, {"household": "c", "grams": 7000}]
    assert set(read("desk/share_out_lot.graphql", "lot=x&kg.a=heavy")[1]) == {"shares"}


def test_boxes_of_which_none_is_ticked_empty_the_list_and_boxes_that_are_not_there_leave_it_alone():
    path = "desk/update_product.graphql"
    assert read(path, "id=x&seasonMonths=")[0]["seasonMonths"] == []
    assert read(path, "id=x&seasonMonths=&seasonMonths=5")[0]["seasonMonths"] == [5]
    assert "seasonMonths" not in read(path, "id=x")[0]


ODD = [
    "1e9999999",
    "-1e9999999",
    "1e-9999999",
    "NaN",
    "Infinity",
    "9" * 5000,
    "1_0",
    "1,5",
    "٣1",
    "0001-01-01T00:00+14:00",
]
ODD += [
    "9999-12-31T23:59-14:00",
    "99999-01-01",
    "2026-1-1",
    "\U0001d7ce1",
    "\ud800",
    "\u3164",
    "∞",
    "１e5",
    "0x10",
    "½",
]


def test_whatever_is_written_into_any_field_of_any_form_is_read_or_refused():
    """Nothing that stands in a number's or a date's place breaks a form, or is read as something else."""
    for path in sorted(document.acts_documents().values()):
        for (name, kind), odd in product(document.variables_of(path).items(), ODD):
            form = QueryDict(mutable=True)
            form.update({"kg.a" if kind.name == "LotShareInput" else name: odd})
            if kind.name in ("Int", "BigInt", "Date", "DateTime", "UUID", "LotShareInput"):
                variables, wrong = read_form(path, form)
                assert ("shares" if kind.name == "LotShareInput" else name) in wrong, (
                    path,
                    name,
                    odd,
                    variables,
                )
                assert read_address(path, form).get(name) in (None, []), (path, name, odd)
            else:
                read_form(path, form)


@pytest.mark.parametrize(
    ("written", "read_as"),
    [("1,5", None), ("1.5", None), ("1_0", None), ("１０", 10), ("1,000", 1000), (" 7 ", 7)],
)
def test_a_quantity_is_read_in_one_way(written, read_as):
    variables, wrong = read("buying/change_quantity.graphql", urlencode({"line": "a", "quantity": written}))
    assert variables.get("quantity") == read_as and ("quantity" in wrong) == (read_as is None)


@pytest.mark.parametrize(
    ("written", "grams"),
    [
        ("17.5", 17_500),
        ("17,5", None),
        ("1,175", 1_175_000),
        ("42.5 公斤", 42_500),
        ("42.5kg", 42_500),
        ("35 斤", None),
    ],
)
def test_a_weight_is_read_in_one_way(written, grams):
    variables, wrong = read("desk/share_out_lot.graphql", urlencode({"lot": "x", "kg.a": written}))
    assert (variables.get("shares"), set(wrong)) == (
        (None, {"shares"}) if grams is None else ([{"household": "a", "grams": grams}], set())
    )


def test_a_date_is_read_in_digits_of_one_script_and_within_our_time():
    for written, day in {
        "2026-10-01": "2026-10-01",
        "２０２６-１０-０１": "2026-10-01",
        "0001-01-01": None,
        "9999-12-31": None,
    }.items():
        variables, wrong = read("desk/declare_lot.graphql", urlencode({"harvestFrom": written}))
        assert variables.get("harvestFrom") == day and ("harvestFrom" in wrong) == (day is None)
