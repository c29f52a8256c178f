"""The documents of pages and acts: their text, what they ask for, and which field of a form is which input.

A document is named by its room and its name, `desk/product.graphql`. One beside a template of its name is a page's;
any other is an act's, whose name is said once in all rooms.
"""

from functools import cache
from pathlib import Path, PurePath
from typing import NamedTuple

from graphql import (
    ListTypeNode,
    NonNullTypeNode,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    VariableNode,
    Visitor,
    parse,
    visit,
)
from graphql.language.ast import TypeNode

from shop.web.rooms import ROOMS

HERE = Path(__file__).parent
REFILLED = "# Refilled:"


class Kind(NamedTuple):
    """The type of a document's variable, taken apart: by it a form's texts become values."""

    name: str
    is_list: bool
    is_required: bool


@cache
def _all() -> frozenset[str]:
    return frozenset(f"{room}/{path.name}" for room in ROOMS for path in (HERE / room).glob("*.graphql"))


@cache
def acts_documents() -> dict[str, str]:
    """The document of each act, by the act's name."""
    found: dict[str, str] = {}
    for path in sorted(_all()):
        if not (HERE / path).with_suffix(".html").exists():
            other = found.setdefault(PurePath(path).stem, path)
            if other != path:
                raise ValueError(f"{path} and {other} are acts of one name")
    return found


def act_document(name: str) -> str:
    """The document of an act, whichever room it is in; nothing where there is no such act, or it has none."""
    return acts_documents().get(name, "")


def exists(path: str) -> bool:
    """Whether there is such a document. Of what a stranger asked for nothing is kept."""
    return path in _all()


@cache
def text_of(path: str) -> str:
    """The text of a page's or an act's document."""
    return (HERE / path).read_text()


@cache
def variables_of(path: str) -> dict[str, Kind]:
    """Each variable that a document declares."""
    (operation,) = (d for d in parse(text_of(path)).definitions if isinstance(d, OperationDefinitionNode))
    return {
        v.variable.name.value: _kind(v.type, v.default_value is None) for v in operation.variable_definitions
    }


def _kind(node: TypeNode, has_no_default: bool) -> Kind:
    is_list, is_required = False, isinstance(node, NonNullTypeNode) and has_no_default
    while isinstance(node, NonNullTypeNode | ListTypeNode):
        is_list = is_list or isinstance(node, ListTypeNode)
        node = node.type
    return Kind(node.name.value, is_list, is_required)


def refilled_fields(path: str) -> frozenset[str]:
    """Which fields of a refused form are shown again as they were written: those its document names in a line
    `# Refilled: …`. Any other is forgotten: passwords, keys, and what a family has told of itself."""
    return _named_for_refill(path) if exists(path) else frozenset()


@cache
def _named_for_refill(path: str) -> frozenset[str]:
    lines = text_of(path).splitlines()
    return frozenset(
        name for line in lines if line.startswith(REFILLED) for name in line[len(REFILLED) :].split()
    )


@cache
def fields_of(path: str) -> dict[str, str]:
    """Which variable, and so which field of the form, fills each input: an error comes back beside it."""
    found: dict[str, str] = {}

    class Inputs(Visitor):
        def enter_object_field(self, node: ObjectFieldNode, *_: object) -> None:
            if isinstance(node.value, VariableNode):
                found[node.name.value] = node.value.name.value
            elif isinstance(node.value, ObjectValueNode):
                # What is refused as a whole is told where the form has a place for it by that name.
                found[node.name.value] = node.name.value

    visit(parse(text_of(path)), Inputs())
    return found
