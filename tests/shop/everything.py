"""Asks the API for everything that it will tell: each root field with every field below it."""

import json
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

from django.test import RequestFactory
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    get_named_type,
    is_interface_type,
    is_leaf_type,
    is_object_type,
    is_required_argument,
)

from core.api import run
from core.api.documents import ask
from core.api.facts import facts_of
from core.api.run import graphql_schema
from shop.sessions import SessionStore

DEPTH = 7
# What is asked of a field below the root.
BELOW: dict[str, dict[str, Any]] = {
    "HouseholdDesk.shares": {"lot": "none"},
    "HouseholdDesk.corrections": {"lot": "none"},
    "HouseholdDesk.lastChanges": {"lot": "none"},
    "Order.line": {"id": "none"},
    "Office.product": {"id": "none"},
    "Office.account": {"id": "none"},
    "Office.order": {"number": "none"},
    "Office.orders": {"numbers": ["none"]},
    "Office.regionChoices": {"province": "420000"},
    "OrganiserRound.importBatch": {"id": "none"},
    "Office.subjectChoices": {"role": "PACKER"},
    "Viewer.gives": {"edition": "none", "number": "none"},
    "Viewer.linkTo": {"edition": "none", "number": "none"},
}


def selection(
    type_: GraphQLObjectType,
    above: tuple[str, ...] = (),
    open_alone: bool = False,
    but_for: frozenset[str] = frozenset(),
) -> str:
    """All fields of a type, or those alone that ask nobody who she is; a type that stands above itself is not entered
    again, and what is in `but_for` (Type.field) is left out."""
    parts = []
    for name, field in type_.fields.items():
        if (
            f"{type_.name}.{name}" in but_for
            or open_alone
            and (rule := facts_of(field).access)
            and rule.allows
        ):
            continue
        below = get_named_type(field.type)
        given = _given(f"{type_.name}.{name}", field)
        if is_leaf_type(below):
            parts.append(name + given)
            continue
        enter = is_object_type(below) and below.name not in above and len(above) < DEPTH
        if enter and (inner := selection(below, (*above, type_.name), open_alone, but_for)):
            parts.append(f"{name}{given} {{ {inner} }}")
    return " ".join(parts)


def _given(where: str, field: GraphQLField) -> str:
    given = dict(BELOW.get(where, {}))
    if "first" in field.args:
        given.setdefault("first", 3)
    lacking = [name for name, one in field.args.items() if is_required_argument(one) and name not in given]
    assert not lacking, f"say in BELOW what to give {where}: {lacking}"
    return f"({', '.join(f'{k}: {json.dumps(v)}' for k, v in given.items())})" if given else ""


Given = Callable[[str], list[dict[str, Any]]]


def documents(given: Given, open_alone: bool = False) -> Iterator[tuple[str, str]]:
    """(root field, document) for each way in which `given` says to ask for it."""
    for name, _, inner, arguments in _ways(given, open_alone):
        written = ", ".join(f"{k}: {json.dumps(v, ensure_ascii=False)}" for k, v in arguments.items())
        # Words of an enumeration stand without quotes.
        written = written.replace('"zh"', "ZH").replace('"en"', "EN").replace('"DIVISION"', "DIVISION")
        written = written.replace('"PROVINCIAL"', "PROVINCIAL")
        yield name, f"{{ {name}{f'({written})' if written else ''}{inner} }}"


def asked(given: Given, open_alone: bool = False) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(root field, document, variables): one document for all ways to ask for a field, which is made ready once."""
    for name, field, inner, arguments in _ways(given, open_alone):
        declared = ", ".join(f"${k}: {field.args[k].type}" for k in arguments)
        passed = ", ".join(f"{k}: ${k}" for k in arguments)
        head, call = (f"query({declared}) ", f"({passed})") if arguments else ("", "")
        yield name, f"{head}{{ {name}{call}{inner} }}", arguments


def _ways(given: Given, open_alone: bool) -> Iterator[tuple[str, GraphQLField, str, dict[str, Any]]]:
    query = graphql_schema().query_type
    assert query
    for name, field in query.fields.items():
        below = get_named_type(field.type)
        if is_interface_type(below):
            continue  # what its things' own doors say, and nothing else (tests/shop/test_nodes.py)
        fields = selection(below, open_alone=open_alone) if is_object_type(below) else ""
        if is_object_type(below) and not fields:
            continue  # all of it is for few
        for arguments in given(name):
            lacking = {n for n, one in field.args.items() if is_required_argument(one)} - set(arguments)
            assert not lacking, f"say what to give {name}: {lacking}"
            yield name, field, f" {{ {fields} }}" if fields else "", arguments


def answers(viewer: Any, given: Given, alone: Given | None = None) -> dict[str, str]:
    """All that somebody is told, as text by the document that asked for it: with what is for few, which may be the end
    of the whole answer, and without it."""
    told = {}
    for name, document in dict.fromkeys((*documents(given), *documents(alone or given, open_alone=True))):
        request = RequestFactory().post("/graphql")
        request.user, request.id, request.session = viewer, "r", SessionStore()
        # The schema itself made it: to look whether it keeps to it took a third of the time.
        with patch.object(run, "validate", lambda *_, **__: []):
            data, errors = ask(request, document)
        wrong = [error for error in errors if error["extensions"]["code"] == "INTERNAL"]
        assert not wrong, (name, wrong)
        told[document] = json.dumps(
            {"data": data, "errors": errors}, ensure_ascii=False, sort_keys=True, default=str
        )
    return told
