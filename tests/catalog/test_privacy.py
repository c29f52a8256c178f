"""Nothing public moves when many units are sold: nobody counts a lot's sales (decision 0004)."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from graphql import GraphQLField, get_named_type, is_object_type

from catalog import search
from catalog.actions import stock
from catalog.api.variant import LotType, VariantType
from catalog.refusals import InsufficientStock
from core.api.facts import facts_of
from tests.catalog.asker import Asker, schema
from tests.catalog.world import a_lot, a_product, a_team, a_variant

pytestmark = pytest.mark.django_db

WORDS = ("unit", "sold", "stock", "quantity", "declared", "reserved", "household", "version")


def whole(type_name: str, seen: tuple = ()) -> str:
    """A selection of every field below a type that asks for no arguments."""
    parts = []
    for name, field in schema.graphql_schema.get_type(type_name).fields.items():
        below = get_named_type(field.type)
        if field.args or below.name in seen or is_for_few(field):
            continue
        if is_object_type(below):
            parts.append(f"{name} {{ {whole(below.name, (*seen, type_name))} }}")
        else:
            parts.append(name)
    return " ".join(parts)


def is_for_few(field: GraphQLField) -> bool:
    """Whether not everybody who is given the object may read it: that is asked for by tests of their own."""
    access = facts_of(field).access
    return access is not None and access.allows is not None


def everything() -> dict:
    """All that a stranger can read of products."""
    fields = whole("Product", ("Product",))
    return Asker().ask(
        f"""{{ products(first: 5) {{ totalCount nodes {{ {fields} }} }}
        search(first: 5) {{ totalCount facets {{ name values {{ value count }} }} nodes {{ slug }} }} }}"""
    )


def sell(lot, units):
    holder = uuid4()
    stock.reserve(holder, {lot.variant_id: units}, timezone.now() + timedelta(minutes=15))
    stock.sell([holder])


def test_nothing_public_moves_until_the_last_five(settings):
    settings.API_LIMITS = {
        **settings.API_LIMITS,
        "cost_anonymous": 10**6,
        "depth": 20,
        "repeated_fields": 10**4,
    }
    lot = a_lot(a_variant(a_product(a_team())), units=60, level=2)
    search.index([lot.variant.product_id])
    before = everything()
    for units in (1, 20, 33):
        sell(lot, units)
        assert everything() == before
    sell(lot, 1)
    assert everything() != before, "five are left, and that is told"


@pytest.mark.parametrize("kind", [VariantType, LotType])
def test_what_a_buyer_sees_of_a_lot_has_no_figure_of_its_sales(kind):
    names = {name.lower() for name in schema.graphql_schema.get_type(kind._meta.name).fields}
    told = {"unitsavailable", "isplenty"}
    assert {name for name in names - told if any(word in name for word in WORDS)} == set()


def test_asking_for_too_many_does_not_say_how_many_there_are():
    lot = a_lot(units=60)
    said = set()
    for asked in (61, 100, 1000):
        with pytest.raises(InsufficientStock) as refused:
            stock.reserve(uuid4(), {lot.variant_id: asked}, None)
        said.add((str(refused.value), refused.value.facts["units_left"]))
    assert len(said) == 1 and next(iter(said))[1] is None
