"""Answer a query by functions that were put together once, when its document was first seen.

graphql-core looks at the document anew for each field of each row, 10 µs a field. Here the document becomes
closures, one a field, that call the same resolvers with the same arguments and serialise by the same types. What
they do not know (directives, interfaces, introspection), and whatever goes wrong on the way (a refusal, a null
where none may be), is left to graphql-core, which then answers from the start: errors are told by it alone
(docs/decisions/0008).
"""

import time
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from graphene.types.resolver import dict_or_attr_resolver
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLEnumType,
    GraphQLResolveInfo,
    GraphQLSchema,
    Undefined,
    Visitor,
    get_argument_values,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    visit,
)
from graphql.execution.collect_fields import collect_fields, collect_sub_fields
from graphql.execution.values import get_variable_values
from graphql.pyutils import Path

from core.api.guard import the_operation

Nodes = list[FieldNode]
# A value that is not null, as it goes into the answer.
Finish = Callable[[Any, "Execution"], Any]
PLAIN = {"String": str, "ID": str, "Boolean": bool}
WHOLE = 2**31


class Beyond(Exception):
    """For graphql-core: what is not known here, or went wrong."""


class Execution:
    """One answer in the making: of each field its arguments, and what its resolver is told."""

    __slots__ = ("told", "ends")

    def __init__(self, told: list[tuple[GraphQLResolveInfo, dict[str, Any]]], ends: float | None):
        self.told, self.ends = told, ends


class Program:
    """A query's document as functions."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode):
        self.schema, self.operation = schema, the_operation(document)
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.fields: list[tuple[Any, str, Any, Nodes]] = []
        _refuse_directives(document)
        root = schema.query_type
        nodes = collect_fields(schema, self.fragments, {}, root, self.operation.selection_set)  # type: ignore[arg-type]
        self.root = self._object(root, nodes)

    def run(self, request: Any, variables: dict[str, Any]) -> dict[str, Any]:
        """The data; any exception means: ask graphql-core."""
        given = get_variable_values(self.schema, self.operation.variable_definitions or (), variables)
        if not isinstance(given, dict):
            raise Beyond
        told = [
            (
                GraphQLResolveInfo(
                    nodes[0].name.value,
                    nodes,
                    field.type,
                    parent,
                    Path(None, key, parent.name),
                    self.schema,
                    self.fragments,
                    None,
                    self.operation,
                    given,
                    request,
                    _never,
                ),
                get_argument_values(field, nodes[0], given),
            )
            for parent, key, field, nodes in self.fields
        ]
        answer: dict[str, Any] = self.root(None, Execution(told, getattr(request, "api_deadline", None)))
        return answer

    def _object(self, type_: Any, nodes: dict[str, Nodes]) -> Finish:
        if type_.is_type_of:
            raise Beyond
        parts = [self._field(type_, key, same) for key, same in nodes.items()]
        monotonic = time.monotonic

        def finish(value: Any, execution: Execution) -> dict[str, Any]:
            if execution.ends is not None and monotonic() > execution.ends:
                raise Beyond
            if isinstance(value, Exception):
                raise value
            return {key: part(value, execution) for key, part in parts}

        return finish

    def _field(self, type_: Any, key: str, nodes: Nodes) -> tuple[str, Finish]:
        name = nodes[0].name.value
        if name == "__typename":
            return key, lambda value, execution: type_.name
        field = type_.fields.get(name)
        if field is None:
            raise Beyond
        at = len(self.fields)
        self.fields.append((type_, key, field, nodes))
        must = is_non_null_type(field.type)
        finish = self._value(field.type.of_type if must else field.type, nodes)
        resolve = field.resolve or partial(dict_or_attr_resolver, name, None)
        if attribute := _plain_attribute(resolve):
            return key, _reading(attribute, must, finish)
        return key, _calling(resolve, at, must, finish, bool(field.args))

    def _value(self, type_: Any, nodes: Nodes) -> Finish:
        if is_list_type(type_):
            return self._list(type_.of_type, nodes)
        if is_leaf_type(type_):
            return _leaf(type_)
        if is_object_type(type_):
            below = collect_sub_fields(self.schema, self.fragments, {}, type_, nodes)
            return self._object(type_, below)
        raise Beyond

    def _list(self, type_: Any, nodes: Nodes) -> Finish:
        must = is_non_null_type(type_)
        finish = self._value(type_.of_type if must else type_, nodes)

        def each(value: Any, execution: Execution) -> list[Any]:
            if not isinstance(value, Iterable) or isinstance(value, str | bytes | Mapping):
                raise Beyond
            if must:
                return [_there(finish(_there(one), execution)) for one in value]
            return [None if one is None else finish(one, execution) for one in value]

        return each


def compiled(schema: GraphQLSchema, document: DocumentNode) -> Program | None:
    """The document as a program; None when it is for graphql-core."""
    try:
        return Program(schema, document)
    except Beyond:
        return None


def _there(value: Any) -> Any:
    if value is None:
        raise Beyond
    return value


def _never(value: Any) -> bool:
    return False


def _plain_attribute(resolve: Any) -> str | None:
    """The attribute that graphene's own resolver would read; None for any other resolver."""
    if isinstance(resolve, partial) and resolve.func is dict_or_attr_resolver and resolve.args[1] is None:
        return str(resolve.args[0])
    return None


def _reading(attribute: str, must: bool, finish: Finish) -> Finish:
    def read(parent: Any, execution: Execution) -> Any:
        value = parent.get(attribute) if isinstance(parent, dict) else getattr(parent, attribute, None)
        if value is None:
            if must:
                raise Beyond
            return None
        return finish(value, execution)

    return read


def _calling(resolve: Any, at: int, must: bool, finish: Finish, has_arguments: bool) -> Finish:
    def call(parent: Any, execution: Execution) -> Any:
        info, arguments = execution.told[at]
        value = resolve(parent, info, **arguments) if has_arguments else resolve(parent, info)
        if value is None or value is Undefined:
            if must:
                raise Beyond
            return None
        return finish(value, execution)

    return call


def _leaf(type_: Any) -> Finish:
    plain, serialize = PLAIN.get(type_.name), type_.serialize

    def other(value: Any, execution: Execution) -> Any:
        if isinstance(value, Exception):
            raise value
        told = serialize(value)
        if told is None or told is Undefined:
            raise Beyond
        return told

    def same(value: Any, execution: Execution) -> Any:
        return value if type(value) is plain else other(value, execution)

    def whole(value: Any, execution: Execution) -> Any:
        return value if type(value) is int and -WHOLE <= value < WHOLE else other(value, execution)

    if isinstance(type_, GraphQLEnumType):
        return other
    return same if plain else whole if type_.name in ("Int", "BigInt") else other


class _Directives(Visitor):
    def enter_directive(self, *_: Any) -> None:
        raise Beyond


def _refuse_directives(document: DocumentNode) -> None:
    visit(document, _Directives())
