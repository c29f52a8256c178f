"""Nothing leads nowhere: what can be done is done from somewhere, and what is recorded is heard, by functions of it."""

import ast
from typing import Any, get_args, get_type_hints

import pytest
from django.utils.module_loading import import_string
from graphql import OperationDefinitionNode, parse

from core import events
from core.api.run import graphql_schema
from core.deliveries import reaction_named
from core.events import Event
from scripts.floors import standing
from shop.reactions import REACTIONS
from shop.web.document import HERE

# Mutations that no page's act asks, and who does.
WITHOUT_A_PAGE = {
    "buyNow": "a program that buys in one request (README, GraphQL in five requests); pages show each step",
}

# Recorded for another reason than a reaction: which.
UNHEARD = {
    "DemoBegun": "what a load that was stopped goes on from: shop/demo/load.py",
    "DemoLoaded": "that a demo is whole, and is marked on every page: shop/demo/load.py",
}


def acted() -> set[str]:
    """The mutations that documents of pages ask, those in the text of a view among them."""
    texts = [path.read_text() for path in HERE.glob("*/*.graphql")]
    for path in HERE.rglob("*.py"):
        texts += [one for one in strings(path.read_text()) if one.startswith("mutation")]
    return {
        selection.name.value
        for text in texts
        for found in parse(text).definitions
        if isinstance(found, OperationDefinitionNode) and found.operation.value == "mutation"
        for selection in found.selection_set.selections
    }


def strings(source: str) -> list[str]:
    """The texts in a module."""
    values = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return [value for value in values if isinstance(value, str)]


def test_every_mutation_is_a_pages_act_or_says_who_asks_it():
    known = set(graphql_schema().mutation_type.fields)
    assert known - acted() == WITHOUT_A_PAGE.keys()
    assert len(acted()) > 50 and acted() <= known


def ours() -> set[str]:
    """Events of the shop's floors; tests have some of their own."""
    return {name for name, event in events.known().items() if event.__module__.split(".")[0] in standing()}


def heard_by(function: Any) -> set[type]:
    """The events that a reaction's first parameter is annotated with."""
    (hint,) = [hint for name, hint in get_type_hints(function).items() if name in ("event", "events")]
    if function.__code__.co_varnames[0] == "events":
        (hint,) = get_args(hint)  # of the list
    return set(get_args(hint)) or {hint}


def test_every_event_is_heard_or_says_why_it_is_recorded():
    assert ours() - REACTIONS.keys() == UNHEARD.keys()


def test_whatever_is_heard_can_happen():
    assert REACTIONS.keys() <= ours()
    assert [name for name, line in REACTIONS.items() if not (line.at_once or line.afterwards)] == []


HEARERS = [
    (name, dotted, is_late)
    for name, line in REACTIONS.items()
    for is_late, column in ((False, line.at_once), (True, line.afterwards))
    for dotted in column
]


@pytest.mark.parametrize(("name", "dotted", "is_late"), HEARERS)
def test_each_reaction_says_of_which_events_it_is_a_function(name, dotted, is_late):
    if is_late:
        it = reaction_named(dotted)
        assert it.run is import_string(dotted)
        several = bool(it.together)
    else:
        several = True
    function = import_string(dotted)
    first = function.__code__.co_varnames[0]
    assert first == ("events" if several else "event")
    found = heard_by(function)
    assert events.event_named(name) in found or found == {Event}
