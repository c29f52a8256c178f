"""The shop's one schema: declared, described, bounded, and as schema.graphql has it."""

import re

import pytest
from graphql import (
    build_schema,
    find_breaking_changes,
    is_scalar_type,
    specified_scalar_types,
    validate_schema,
)

from core.api.documents import problems
from core.api.run import graphql_schema
from core.api.schema import unbounded, undeclared, undescribed
from local import house
from shop.management.commands.sdl import WHERE, gone_unannounced, unnamed_breaks
from shop.schema import schema
from tests import servers

BUILT_IN = set(specified_scalar_types)


def test_every_field_says_who_may_read_it():
    assert undeclared(schema) == []


def test_everything_has_a_description():
    assert undescribed(schema) == []


def test_every_list_says_how_long_it_may_be():
    assert unbounded(schema) == []


def test_a_description_is_a_sentence_for_strangers():
    """Nothing of how the shop is built, and no more than a few lines."""
    inside = re.compile(r"graphene|queryset|uuid\.UUID|resolver|django|python|_id\b|_at\b", re.I)
    found = []
    for name, type_ in graphql_schema().type_map.items():
        if name.startswith("__") or name == "ID":  # the language's own
            continue
        texts = {name: type_.description or ""}
        for field, one in (getattr(type_, "fields", None) or {}).items():
            texts[f"{name}.{field}"] = one.description or ""
        found += [f"{at}: {text}" for at, text in texts.items() if inside.search(text) or len(text) > 240]
    assert found == []


def test_money_and_measures_are_never_floats():
    for name, type_ in graphql_schema().type_map.items():
        for field, one in (getattr(type_, "fields", None) or {}).items():
            assert "Float" not in str(getattr(one, "type", "")), f"{name}.{field}"


def test_our_own_documents_are_valid_and_cost_no_more_than_anybodys():
    assert problems() == []


def test_schema_graphql_is_what_the_shop_answers():
    # In a process of its own: here the tests' own types may have come in.
    house.manage(servers.environment(), "sdl", "--check")
    assert validate_schema(build_schema(WHERE.read_text())) == []


def test_a_change_that_breaks_clients_is_named_in_the_changelog():
    before = WHERE.read_text()
    after = before.replace("  minor: BigInt!\n", "  fen: BigInt!\n", 1)
    (broken,) = find_breaking_changes(build_schema(before), build_schema(after))
    assert unnamed_breaks(before, after, "") == [broken.description]
    assert unnamed_breaks(before, after, f"- {broken.description}") == []
    assert unnamed_breaks(before, before.replace("3690", "4290"), "") == []


def test_what_goes_is_deprecated_a_release_before():
    released = "type Query { price: Int money: Int } enum Way { CARD COIN }"
    after = "type Query { money: Int } enum Way { CARD }"
    assert gone_unannounced(released, after) == [
        "Query.price was not deprecated.",
        "Way.COIN was not deprecated.",
    ]
    marked = released.replace("price: Int", 'price: Int @deprecated(reason: "Use money.")')
    marked = marked.replace("COIN", 'COIN @deprecated(reason: "Use CARD.")')
    assert gone_unannounced(marked, after) == gone_unannounced(released, released) == []


def test_a_scalar_says_by_what_it_is_specified():
    ours = [
        one for name, one in graphql_schema().type_map.items() if is_scalar_type(one) and name not in BUILT_IN
    ]
    assert [one.name for one in ours if not (one.specified_by_url or "").startswith("https://")] == []
    assert '@specifiedBy(url: "https://' in WHERE.read_text()


@pytest.mark.parametrize("scalar", ["UUID", "Date", "DateTime", "BigInt"])
def test_a_scalar_says_how_it_is_written(scalar):
    assert re.search(r"\d", graphql_schema().type_map[scalar].description)
