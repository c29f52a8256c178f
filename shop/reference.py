"""The schema for people, noun by noun: what may be asked and done, who may, what it costs, which scopes a token needs.

Made from the schema that answers, so that it can never say anything else.
"""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from graphql import (
    get_named_type,
    is_enum_type,
    is_input_object_type,
    is_interface_type,
    is_object_type,
    is_scalar_type,
)

from core.api.facts import facts_of
from core.api.run import graphql_schema
from core.api.scopes import ANY
from shop.scopes import SCOPES

# Types that say how something is written, and are of no noun.
WRITING = "how-it-is-written"
ERRORS = "errors"
OF_THE_LANGUAGE = {"String", "Int", "Boolean", "Float", "ID"}
MOST_FOUND = 100


@dataclass(frozen=True)
class Part:
    """A field, an argument, an input or a value: its name, its type, and what is said of it."""

    name: str
    type: str
    about: str
    kind: str = ""  # the type's own name, where a page of it is
    access: str = ""
    scopes: tuple[str, ...] = ()
    cost: int = 0
    most: int | None = None
    goes: str = ""  # what to use instead, of what is to go
    arguments: tuple["Part", ...] = ()


@dataclass
class Kind:
    """A type: its name, what it is, and its parts."""

    name: str
    about: str
    sort: str
    parts: tuple[Part, ...]


@dataclass
class Noun:
    """What is named after one thing: questions about it, what is done with it, and its types."""

    slug: str
    questions: list[Part] = field(default_factory=list)
    deeds: list[Part] = field(default_factory=list)
    kinds: list[Kind] = field(default_factory=list)


@dataclass(frozen=True)
class Match:
    """Where a searched word stands."""

    noun: str
    at: str
    about: str


@cache
def nouns() -> dict[str, Noun]:
    """By its slug, in the order of the alphabet."""
    schema = graphql_schema()
    found: dict[str, Noun] = {}

    def of(slug: str) -> Noun:
        return found.setdefault(slug, Noun(slug))

    for root, list_of in ((schema.query_type, "questions"), (schema.mutation_type, "deeds")):
        for name, one in root.fields.items() if root else ():
            slug = noun_of(get_named_type(one.type).name if list_of == "questions" else name)
            getattr(of(slug), list_of).append(_part(name, one, SCOPES.get(name, ())))
    for name, slug in _homes(set(found)).items():
        of(slug).kinds.append(_kind(schema.type_map[name]))
    for noun in found.values():
        noun.kinds.sort(key=lambda kind: (kind.name.lower() != noun.slug, kind.name))
    return dict(sorted(found.items()))


@cache
def homes() -> dict[str, str]:
    """By type, the noun on whose page it stands."""
    return {kind.name: noun.slug for noun in nouns().values() for kind in noun.kinds}


def _homes(begun: set[str]) -> dict[str, str]:
    """By type, the noun where it stands: its own where anything is asked or done by that name, else the one that leads to it."""
    schema = graphql_schema()
    homes: dict[str, str] = {}
    roots = (schema.query_type, schema.mutation_type)
    reached: list[tuple[Any, str]] = []
    for name, one in (pair for root in roots if root for pair in root.fields.items()):
        type_ = get_named_type(one.type)
        slug = noun_of(name) if type_.name.endswith("Payload") else noun_of(type_.name)
        reached += [(type_, slug), *((get_named_type(arg.type), slug) for arg in one.args.values())]
    for type_, slug in reached:
        if type_.name in homes or type_.name in OF_THE_LANGUAGE:
            continue
        own = noun_of(type_.name, type_)
        home = homes[type_.name] = own if own in begun or own in (WRITING, ERRORS) else slug
        for one in (getattr(type_, "fields", None) or {}).values():
            if hasattr(one, "type"):
                reached.append((get_named_type(one.type), home))
            reached += [(get_named_type(arg.type), home) for arg in getattr(one, "args", {}).values()]
        reached += [(one, home) for one in _implementing(type_)]
    return homes


def _implementing(type_: Any) -> list[Any]:
    return list(graphql_schema().get_possible_types(type_)) if is_interface_type(type_) else []


def noun_of(name: str, type_: Any = None) -> str:
    """The slug of the noun that a name begins with: `cartLinesAdd` and `CartLine` are of the cart."""
    type_ = type_ or graphql_schema().type_map.get(name)
    if is_scalar_type(type_) or name in ("Money", "PageInfo", "Node", "Language"):
        return WRITING
    if name.endswith("Error") or name == "ErrorCode" or "Error" in [one.name for one in _interfaces(type_)]:
        return ERRORS
    words = re.findall(r"[A-Z]?[a-z0-9]+", name)
    # `weChatBegin` and `reExaminationDismiss` begin with no noun of two letters.
    return (words[0] if len(words[0]) > 2 else "".join(words[:2])).lower()


def search(text: str) -> list[Match]:
    """Where all these words stand, in a name or in what is said of it; names first."""
    words = text.lower().split()[:8]
    if not words:
        return []
    named, said = [], []
    for noun in nouns().values():
        for at, about in _lines(noun):
            if all(word in at.lower() for word in words):
                named.append(Match(noun.slug, at, about))
            elif all(word in f"{at} {about}".lower() for word in words):
                said.append(Match(noun.slug, at, about))
    return [*named, *said][:MOST_FOUND]


def _lines(noun: Noun) -> list[tuple[str, str]]:
    lines = [(part.name, part.about) for part in (*noun.questions, *noun.deeds)]
    for kind in noun.kinds:
        lines.append((kind.name, kind.about))
        lines += [(f"{kind.name}.{part.name}", part.about) for part in kind.parts]
    return lines


def _interfaces(type_: Any) -> list[Any]:
    return list(type_.interfaces) if is_object_type(type_) else []


def _kind(type_: Any) -> Kind:
    if is_enum_type(type_):
        values = tuple(
            Part(name, "", value.description or "", goes=value.deprecation_reason or "")
            for name, value in type_.values.items()
        )
        return Kind(type_.name, type_.description or "", "enum", values)
    fields = getattr(type_, "fields", {})
    sort = "input" if is_input_object_type(type_) else "interface" if is_interface_type(type_) else "type"
    if is_scalar_type(type_):
        sort = "scalar"
    return Kind(
        type_.name, type_.description or "", sort, tuple(_part(name, one) for name, one in fields.items())
    )


def _part(name: str, one: Any, scopes: tuple[str, ...] | None = None) -> Part:
    facts, named = facts_of(one) if hasattr(one, "extensions") else None, get_named_type(one.type).name
    return Part(
        name,
        str(one.type),
        one.description or "",
        kind="" if named in OF_THE_LANGUAGE else named,
        access=facts.access.label if facts and facts.access else "",
        scopes=tuple("" if scope == ANY else scope for scope in scopes or ()),
        cost=facts.cost if facts and scopes is not None else 0,
        most=facts.most if facts else None,
        goes=getattr(one, "deprecation_reason", None) or "",
        arguments=tuple(_part(at, given) for at, given in getattr(one, "args", {}).items()),
    )
