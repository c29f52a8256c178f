"""Whatever may be written of a product can be written and read at its desk: a field that was forgotten in one place fails."""

import re

import pytest
from graphql import FieldNode, Visitor, parse, visit
from graphql.pyutils import snake_to_camel

from catalog.actions.listing import PLAIN
from core.api.run import graphql_schema
from shop.web.document import HERE

FORM = "".join(
    (HERE / "desk/parts" / name).read_text() for name in ("product_form.html", "food_label_fields.html")
)
DESK = (HERE / "desk/product.graphql").read_text()
UPDATE = (HERE / "desk/update_product.graphql").read_text()
# Where a program alone may say so: by default it is the team's county.
NOT_ON_PAGES = {"origin"}
PLACES = {"TeamProduct", "ProductCreateInput", "ProductUpdateInput", "product", "update_product", "form"}


def shown(document: str) -> set[str]:
    """The fields of the document's first field."""
    first = parse(document).definitions[0].selection_set.selections[0]
    return {one.name.value for one in first.selection_set.selections if isinstance(one, FieldNode)}


def sent(document: str) -> set[str]:
    """What an input gets from a variable of its own name, which the document declares."""
    found: set[str] = set()

    class Sent(Visitor):
        def enter_object_field(self, node, *_):
            if getattr(node.value, "name", None) and node.value.name.value == node.name.value:
                found.add(node.name.value)

    tree = parse(document)
    visit(tree, Sent())
    return found & {one.variable.name.value for one in tree.definitions[0].variable_definitions}


def fields_of(form: str) -> set[str]:
    """The fields that a form has, by a tag or by hand."""
    pairs = re.findall(r"""{% (?:field|explained) "(\w+)"|\bname="(\w+)\"""", form)
    return {name for pair in pairs for name in pair if name}


def lacking(name: str, form: str = FORM, desk: str = DESK, update: str = UPDATE) -> set[str]:
    """Where a field that may be written is not."""
    field, types = snake_to_camel(name, upper=False), graphql_schema().type_map
    there = {
        **{
            type_: set(types[type_].fields)
            for type_ in ("TeamProduct", "ProductCreateInput", "ProductUpdateInput")
        },
        "product": shown(desk),
        "update_product": sent(update),
        "form": fields_of(form),
    }
    assert there.keys() == PLACES
    return {place for place, names in there.items() if field not in names}


@pytest.mark.parametrize("name", PLAIN)
def test_what_may_be_written_of_a_product_is_in_its_inputs_and_on_its_desk(name):
    assert lacking(name) == ({"update_product", "form"} if name in NOT_ON_PAGES else set())


def test_a_field_that_is_forgotten_somewhere_is_found_there():
    assert lacking("grown_by_zh") == PLACES
    assert lacking("season_months", form=FORM.replace('name="seasonMonths"', "")) == {"form"}
    assert lacking("name_en", form=FORM.replace('field "nameEn"', "")) == {"form"}
    assert lacking("name_en", desk=DESK.replace(" nameEn", "", 1)) == {"product"}
    assert lacking("name_en", update=UPDATE.replace("nameEn: $nameEn,", "")) == {"update_product"}
