"""Build the schema: collect the errors, wrap each guarded resolver once, deny what is not declared."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import graphene
from graphene.utils.str_converters import to_camel_case
from graphql import (
    GraphQLField,
    GraphQLObjectType,
    Undefined,
    get_named_type,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)

from core import language
from core.api.access import Access
from core.api.errors import ERROR_TYPES, PlainError, error_code
from core.api.facts import NONE, Facts, facts_of
from core.api.nodes import Node
from core.api.scopes import demand
from core.api.types import Language
from core.refusals import NotFound

# Scalars of the libraries, told as the others are: for whoever writes one.
SCALARS = {
    "UUID": "A random UUID, made by the client: 3f0c9a0e-7d52-4c3b-9f57-0c8f5a1d2e64.",
    "Date": "A day in Shanghai, ISO 8601: 2026-05-01.",
    "DateTime": "A moment with its zone, ISO 8601: 2026-05-01T08:00:00+08:00.",
}
# By what each is specified, for programs that choose a type of their language by that.
SPECIFIED = {
    "UUID": "https://www.rfc-editor.org/rfc/rfc9562#section-4",
    "Date": "https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
    "DateTime": "https://www.rfc-editor.org/rfc/rfc3339#section-5.6",
    "BigInt": "https://www.rfc-editor.org/rfc/rfc8259#section-6",
}
NOBODY = Access("nobody: no access is declared", lambda request, parent: False)


def build_schema(query: type[graphene.ObjectType], mutation: type | None = None) -> graphene.Schema:
    """The protected schema over these root types."""
    for field in query._meta.fields.values():
        # Relay's compiler knows `node` only where it takes an id and nothing else.
        if field.type is not Node:
            field.args.setdefault(
                "language", graphene.Argument(Language, description="The language of what stands below.")
            )
    error_code.cache_clear()  # each schema knows the refusals that are known when it is built
    # By name: the order in which the floors are imported must not change the SDL.
    refusals = sorted(ERROR_TYPES.values(), key=lambda type_: type_.__name__)
    schema = graphene.Schema(query=query, mutation=mutation, types=[PlainError, *refusals])
    for name, words in SCALARS.items():
        if scalar := schema.graphql_schema.type_map.get(name):
            scalar.description = words
    for name, address in SPECIFIED.items():
        if scalar := schema.graphql_schema.type_map.get(name):
            scalar.specified_by_url = address
    _say_what_is_required(schema)
    protect(schema)
    return schema


def protect(schema: graphene.Schema) -> None:
    """Give each field its facts and, where its rule asks a question, a resolver that asks it."""
    for type_ in _objects(schema):
        if all(interface.name == "Node" for interface in type_.interfaces):
            # Nothing but an interface that cannot tell by itself asks; graphene-django would look at every row.
            type_.is_type_of = None
        for name, field in type_.fields.items():
            facts = _declared(type_, name)
            field.extensions = {**(field.extensions or {}), "sheaf": facts}
            access = facts.access or NOBODY
            if access.allows:
                field.resolve = _asking(field, access)
            if type_ is schema.graphql_schema.query_type:
                field.resolve = _speaking(_scoped(field.resolve, name))
            _take_null_as_left_out(field)


def _say_what_is_required(schema: graphene.Schema) -> None:
    """A graphene.Field in an input has None as its default: left out, even a required one would come as None."""
    for type_ in schema.graphql_schema.type_map.values():
        for field in type_.fields.values() if is_input_object_type(type_) else ():
            if field.default_value is None:
                field.default_value = Undefined


def _take_null_as_left_out(field: GraphQLField) -> None:
    """Programs write null where they have nothing: an argument with a default then has that."""
    inner = field.resolve
    defaults = {
        arg.out_name or name: arg.default_value
        for name, arg in field.args.items()
        if arg.default_value not in (Undefined, None)
    }
    if not defaults or inner is None:
        return

    def resolve(root: Any, info: Any, **arguments: Any) -> Any:
        left_out = {name: default for name, default in defaults.items() if arguments.get(name) is None}
        return inner(root, info, **arguments | left_out)

    field.resolve = resolve


def undeclared(schema: graphene.Schema) -> list[str]:
    """Fields that say nothing of who may read them; a test wants none."""
    return [f"{t}.{name}" for t, name, field in _fields(schema) if facts_of(field).access is None]


def undescribed(schema: graphene.Schema) -> list[str]:
    """Types, fields, arguments and inputs without a description; a test wants none."""
    found = []
    for name, type_ in schema.graphql_schema.type_map.items():
        if name.startswith("__"):
            continue
        if not type_.description:
            found.append(name)
        for field_name, field in (getattr(type_, "fields", None) or {}).items():
            if not field.description:
                found.append(f"{name}.{field_name}")
            arguments = getattr(field, "args", {})
            found += [f"{name}.{field_name}({a})" for a, arg in arguments.items() if not arg.description]
    return found


def unbounded(schema: graphene.Schema) -> list[str]:
    """Plain lists of objects that declare no greatest length; a test wants none."""
    found = []
    for type_, name, field in _fields(schema):
        bare = field.type.of_type if is_non_null_type(field.type) else field.type
        if is_list_type(bare) and is_object_type(get_named_type(bare)) and facts_of(field).most is None:
            found.append(f"{type_}.{name}")
    return found


def _objects(schema: graphene.Schema) -> Iterator[GraphQLObjectType]:
    for name, type_ in schema.graphql_schema.type_map.items():
        if is_object_type(type_) and not name.startswith("__"):
            yield type_


def _fields(schema: graphene.Schema) -> Iterator[tuple[str, str, GraphQLField]]:
    for type_ in _objects(schema):
        for name, field in type_.fields.items():
            yield type_.name, name, field


def _declared(type_: GraphQLObjectType, name: str) -> Facts:
    graphene_type = type_.graphene_type
    for python_name, field in graphene_type._meta.fields.items():
        if (field.name or to_camel_case(python_name)) != name:
            continue
        facts = getattr(field, "facts", NONE)
        resolver = field.resolver or getattr(graphene_type, f"resolve_{python_name}", None)
        return replace(
            facts,
            access=facts.access or getattr(graphene_type, "_access", None),
            needs=facts.needs or getattr(resolver, "needs", ()),
            columns=getattr(resolver, "columns", facts.columns),
        )
    return NONE


def _asking(field: GraphQLField, access: Access) -> Callable[..., Any]:
    inner, allows, must = field.resolve, access.allows, is_non_null_type(field.type)

    def resolve(root: Any, info: Any, **arguments: Any) -> Any:
        if allows(info.context, root):
            return inner(root, info, **arguments)
        # What may not be seen answers like what does not exist.
        if must:
            raise NotFound()
        return None

    return resolve


def _scoped(inner: Callable[..., Any], name: str) -> Callable[..., Any]:
    def resolve(root: Any, info: Any, **arguments: Any) -> Any:
        demand(info.context, name)
        return inner(root, info, **arguments)

    return resolve


def _speaking(inner: Callable[..., Any]) -> Callable[..., Any]:
    def resolve(root: Any, info: Any, language: str | None = None, **arguments: Any) -> Any:
        _speak(str(getattr(language, "value", language) or getattr(info.context, "language", "zh")))
        return inner(root, info, **arguments)

    return resolve


def _speak(spoken: str) -> None:
    # Fields are resolved depth first: what stands below this root field is told before the next begins.
    if language.current() != spoken:
        language.activate(spoken)
