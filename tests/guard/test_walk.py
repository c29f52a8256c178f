"""Every argument and input field of the schema is left out, null, huge and mistyped: none of it breaks the shop."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
)

from core.api.run import graphql_schema
from tests.accounts.world import PASSWORD, an_operator
from tests.figures import figure, full
from tests.guard.askers import cookies_of, undone
from tests.guard.door import JSON
from tests.impact.world import a_round
from tests.orders.world import Buyer
from tests.shop.strangers import Town

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("the_whole_shop"), pytest.mark.proof]

DEPTH = 3
WHO = ("guest", "buyer", "manager", "operator")
GONE = object()
# What a program or a stranger may send where something else is meant; the longest is within a request's bounds.
HUGE: dict[str, list[Any]] = {
    "Int": [2**31 - 1, -(2**31), 2**31, 2**63, 10**39, 1e308, 1.5, True, "1", "1e9999999"],
    "BigInt": [2**53 - 1, -(2**53), 2**53, 2**63, 10**39, 1e308, 1.5, True, "1", "1e9999999"],
    "Date": ["0001-01-01", "9999-12-31", "2026-02-30", "", "2026-W01-1", "２０２６-01-01", 20260101, "1e9999999"],
    "DateTime": ["0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00", "2026-10-01T00:00", "", "2026-10-01", 5, "1e9999999"],
    "UUID": ["", "x", "0" * 32, 5, "1e9999999"],
    "Boolean": ["true", 1, 0],
    "String": ["", " ", "1e9999999", "9" * 5000, "\u3164\u2800\u200d", "𱍟" * 2000, "\u202e%s{}'\"\\;--", "NaN", 5, True],
    "ID": ["", "1e9999999", "9" * 5000, "VGVhbTo=", "\u3164", 5, 10**39, "Og"],
}  # fmt: skip
ODD: list[Any] = [[], {}, [[None]], {"x": 1}]


def bare(type_: Any) -> Any:
    return type_.of_type if isinstance(type_, GraphQLNonNull) else type_


def sent_to(type_: Any) -> list[Any]:
    """What is tried in the place of this type; null and nothing among it."""
    named = get_named_type(type_)
    if isinstance(named, GraphQLInputObjectType):
        values: list[Any] = []
    elif isinstance(named, GraphQLEnumType):
        values = ["", "NO_SUCH_VALUE", 0, True]
    else:
        values = HUGE[named.name]
    if isinstance(bare(type_), GraphQLList):
        values = [[value] for value in values] + [[None], [values[0]] * 300 if values else []]
    return [GONE, None, *values, *ODD]


def places(fields: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Each argument or input field below these, by its path."""
    for name, field in fields.items():
        yield (*path, name), field.type
        named = get_named_type(field.type)
        if isinstance(named, GraphQLInputObjectType) and len(path) < DEPTH:
            yield from places(named.fields, (*path, name))


def filled(town: Town, act: str, path: tuple[str, ...], fields: dict[str, Any], value: Any) -> dict[str, Any]:
    """The required ones with something sound, and at the path's end what is tried."""
    found = {}
    for name, field in fields.items():
        named = get_named_type(field.type)
        if path and path[0] == name:
            if len(path) == 1:
                if value is not GONE:
                    found[name] = value
                continue
            inner = filled(town, act, path[1:], named.fields, value)
        elif not isinstance(field.type, GraphQLNonNull):
            continue
        elif isinstance(named, GraphQLInputObjectType):
            inner = filled(town, act, (), named.fields, value)
        else:
            found[name] = sound(town, act, name, field.type)
            continue
        found[name] = [inner] if isinstance(bare(field.type), GraphQLList) else inner
    return found


def sound(town: Town, act: str, name: str, type_: Any) -> Any:
    own = {
        "slug": town.unsold.variant.product.slug, "number": town.kept["number"], "order": town.kept["number"],
        "code": town.together.code, "password": PASSWORD, "currentPassword": PASSWORD, "product": town.unsold.variant.product.slug,
    }  # fmt: skip
    if act in graphql_schema().query_type.fields and name in own:
        value: Any = own[name]
    elif name in ("first", "last"):
        value = 2
    else:
        try:
            value = town._value(act, name, str(type_))
        except KeyError:
            value = "x"
    return [value] if isinstance(bare(type_), GraphQLList) and not isinstance(value, list) else value


def selection(type_: Any, depth: int = DEPTH) -> str:
    """Fields of this type that ask for nothing more; pages of two."""
    type_ = get_named_type(type_)
    if is_leaf_type(type_):
        return ""
    if not isinstance(type_, GraphQLObjectType):
        return "{ __typename code field message }" if type_.name == "Error" else "{ __typename }"
    parts = ["__typename"]
    for name, field in type_.fields.items():
        required = [a for a in field.args.values() if isinstance(a.type, GraphQLNonNull)]
        pages = "(first: 2)" if "first" in field.args else ""
        if required or (not is_leaf_type(get_named_type(field.type)) and depth <= 1):
            continue
        parts.append(f"{name}{pages} {selection(field.type, depth - 1)}")
    return "{ " + " ".join(parts) + " }"


def within() -> list[tuple[list[tuple[str, Any]], str, Any]]:
    """(way, field, its definition) of every field below the root that takes arguments; the shortest way to each."""
    seen, found = set(), []
    waiting: list[tuple[list[tuple[str, Any]], Any]] = [
        ([(name, field)], get_named_type(field.type))
        for name, field in graphql_schema().query_type.fields.items()
    ]
    while waiting:
        way, type_ = waiting.pop(0)
        if not isinstance(type_, GraphQLObjectType) or type_.name in seen:
            continue
        seen.add(type_.name)
        for name, field in type_.fields.items():
            if field.args:
                found.append((way, name, field))
            waiting.append(([*way, (name, field)], get_named_type(field.type)))
    return found


class Tries:
    """Documents with one thing wrong, and what came of them."""

    def __init__(self, town: Town):
        self.town, self.count, self.broken = town, 0, []
        self.all = {
            "guest": Buyer(), "buyer": town.owner, "manager": town.sold.managers[0],
            "coordinator": town.together.coordinator, "operator": Buyer(an_operator()),
        }  # fmt: skip

    def ask(self, who: str, document: str, variables: dict[str, Any], what: Any) -> None:
        asker, self.count = self.all[who], self.count + 1
        body = json.dumps({"query": document, "variables": variables})
        with undone(), cookies_of(asker):
            reply = asker.client.post("/graphql", body, content_type=JSON, headers=asker.headers)
        text = reply.content.decode()
        if reply.status_code >= 500 or '"INTERNAL"' in text or "TIMEOUT" in text:
            self.broken.append((who, what, text[:300]))


def declared(args: dict[str, Any]) -> tuple[str, str]:
    """The variables of a field's arguments, and the arguments."""
    names = ", ".join(f"${name}: {arg.type}" for name, arg in args.items())
    given = ", ".join(f"{name}: ${name}" for name in args)
    return (f"({names})", f"({given})") if args else ("", "")


@pytest.fixture
def tries(till, a_stand, settings, the_whole_shop, deeds_of_their_own):
    settings.API_LIMITS = {
        **settings.API_LIMITS, "cost_anonymous": 10**6, "cost_signed_in": 10**6, "depth": 20,
        "tokens": 10**6, "characters": 10**6, "repeated_fields": 10**6, "aliases": 100,
    }  # fmt: skip
    town = Town(till, a_stand)
    # Where there is no contest, its questions end before their arguments are looked at.
    a_round(town.unsold.variant.product.team)
    return Tries(town)


def some(values: list[Any], at: int) -> list[Any]:
    """All of them in full; else at each place one: nothing or null at every other place, and of the others each by turns."""
    return full(values, [values[at % 4 // 2] if at % 2 == 0 else values[2 + at // 2 % (len(values) - 2)]])


def no_argument_of_a_question_breaks_it(tries):
    began = tries.count
    for at, (name, field) in enumerate(graphql_schema().query_type.fields.items()):
        names, given = declared(field.args)
        document = f"query{names} {{ {name}{given} {selection(field.type)} }}"
        for turn, (path, type_) in enumerate(places(field.args)):
            for value in some(sent_to(type_), at + turn):
                variables = filled(tries.town, name, path, field.args, value)
                for who in full(tries.all, [("guest", "operator")[(at + turn) // 4 % 2]]):
                    tries.ask(who, document, variables, (name, path, str(value)[:40]))
    assert not tries.broken, "\n".join(map(str, tries.broken))
    figure("limits/walk", f"questions: {tries.count - began} requests, 0 of 5xx, 0 INTERNAL")


def no_argument_within_an_answer_breaks_it(tries):
    began = tries.count
    for at, (way, name, field) in enumerate(within()):
        rooted = tries.town, way[0][0]
        for turn, (path, type_) in enumerate(places(field.args)):
            for value in some(sent_to(type_), at + turn):
                variables = {f"z{k}": v for k, v in filled(*rooted, path, field.args, value).items()}
                names = [f"$z{arg}: {one.type}" for arg, one in field.args.items()]
                text = (
                    f"{name}({', '.join(f'{arg}: $z{arg}' for arg in field.args)}) {selection(field.type, 2)}"
                )
                for n, (step, its) in reversed(list(enumerate(way))):
                    wanted = {
                        k: a
                        for k, a in its.args.items()
                        if isinstance(a.type, GraphQLNonNull) or k == "first"
                    }
                    names += [f"$y{n}{k}: {a.type}" for k, a in wanted.items()]
                    variables |= {f"y{n}{k}": sound(*rooted, k, a.type) for k, a in wanted.items()}
                    given = ", ".join(f"{k}: $y{n}{k}" for k in wanted)
                    text = f"{step}{f'({given})' if given else ''} {{ {text} }}"
                for who in full(tries.all, [("guest", "manager")[(at + turn) // 4 % 2]]):
                    tries.ask(
                        who,
                        f"query({', '.join(names)}) {{ {text} }}",
                        variables,
                        (name, path, str(value)[:40]),
                    )
    assert not tries.broken, "\n".join(map(str, tries.broken))
    figure("limits/walk", f"within answers: {tries.count - began} requests, 0 of 5xx, 0 INTERNAL")


def no_field_of_an_input_breaks_an_act(tries):
    began = tries.count
    for at, (name, field) in enumerate(graphql_schema().mutation_type.fields.items()):
        names, given = declared(field.args)
        document = f"mutation{names} {{ {name}{given} {selection(field.type, 2)} }}"
        for turn, (path, type_) in enumerate(places(field.args)):
            for value in some(sent_to(type_), at + turn):
                variables = filled(tries.town, name, path, field.args, value)
                for who in full(tries.all, [WHO[tries.count // 4 % 4]]):
                    tries.ask(who, document, variables, (name, path, str(value)[:40]))
    assert not tries.broken, "\n".join(map(str, tries.broken))
    figure("limits/walk", f"acts: {tries.count - began} requests, 0 of 5xx, 0 INTERNAL")


WALKS = [
    no_argument_of_a_question_breaks_it,
    no_argument_within_an_answer_breaks_it,
    no_field_of_an_input_breaks_an_act,
]


# In the suite of one town, which takes seconds to make.
@pytest.mark.parametrize("walks", full([[walk] for walk in WALKS], [WALKS]))
def test_nothing_that_is_sent_breaks_the_shop(tries, walks):
    for walk in walks:
        walk(tries)
