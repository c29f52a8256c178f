"""Answer a query by functions that were put together once, when its document was first seen.

graphql-core looks at the document anew for each field of each row, 10 µs a field. Here the document becomes
closures, one a field, that call the same resolvers with the same arguments and serialise by the same types. What
they do not know (interfaces, introspection), and whatever goes wrong on the way (a refusal, a null where none may
be), is left to graphql-core, which then answers from the start: errors are told by it alone (docs/decisions/0008).
"""

import time
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from graphene.types.resolver import dict_or_attr_resolver
from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    GraphQLResolveInfo,
    GraphQLSchema,
    VariableNode,
    Visitor,
    get_argument_values,
    get_variable_values,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
    visit,
)

from core.api.facts import facts_of
from core.api.guard import the_operation
from core.fast.given_up import Beyond, reason_of
from core.fast.inline import inlined
from core.fast.source import Finish, Source, leaf
from core.fast.statements import Statements
from core.internals import Path, collect_fields, collect_sub_fields

Nodes = list[FieldNode]
Variables = dict[str, Any]
# A document that leaves fields away by a variable becomes functions for each of its values.
MOST_CHOICES = 1


class CompiledDocument:
    """A query's document as functions, made when it is first asked."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode):
        self.schema, self.document, self.operation = schema, document, the_operation(document)
        self.programs: dict[tuple[Any, ...], Program | str] = {}
        self._choices = _choices(document)

    def run(self, request: Any, variables: Variables) -> dict[str, Any]:
        """The data; any exception means: ask graphql-core."""
        given = get_variable_values(self.schema, self.operation.variable_definitions or (), variables)
        if not isinstance(given, dict):
            raise Beyond("variables that do not fit")
        return self.program(given).run(request, given)

    def program(self, given: Variables) -> "Program":
        """The functions for these variables; Beyond, with its reason, when there can be none."""
        if len(self._choices) > MOST_CHOICES:
            raise Beyond("directives")
        key = tuple(given.get(name) for name in self._choices)
        found = self.programs.get(key)
        if found is None:
            try:
                found = Program(self.schema, self.document, dict(zip(self._choices, key, strict=True)))
            except Beyond as beyond:
                found = reason_of(beyond)
            self.programs[key] = found
        if isinstance(found, str):
            raise Beyond(found)
        return found


class Execution:
    """One answer in the making: of each field its arguments, and what its resolver is told."""

    __slots__ = ("calls", "ends", "once")

    def __init__(self, calls: list[tuple[GraphQLResolveInfo, dict[str, Any]]], ends: float | None):
        self.calls, self.ends = calls, ends
        # What many rows point at: the row, so that its id stays its own, and what was made of it.
        self.once: dict[tuple[int, int], tuple[Any, Any]] = {}


class Program:
    """The functions of a document for one choice of the fields that directives leave away."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, chosen: Variables):
        self.schema, self.operation, self.chosen = schema, the_operation(document), chosen
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.fields: list[tuple[Any, str, Any, Nodes]] = []
        self.statements = Statements()
        root: Any = schema.query_type
        nodes = collect_fields(schema, self.fragments, chosen, root, self.operation.selection_set)
        self.root = self._object(root, nodes)

    def run(self, request: Any, given: Variables) -> dict[str, Any]:
        """The data for these variables, which were coerced."""
        calls = [
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
                get_argument_values(field, nodes[0], given) if field.args else {},
            )
            for parent, key, field, nodes in self.fields
        ]
        request.api_statements = self.statements
        try:
            answer: dict[str, Any] = self.root(None, Execution(calls, getattr(request, "api_deadline", None)))
        finally:
            request.api_statements = None  # graphql-core reads by Django's own statements
        return answer

    def _object(self, type_: Any, nodes: dict[str, Nodes]) -> Finish:
        if type_.is_type_of:
            raise Beyond("a type that looks at its rows")
        of_dicts, of_rows = Source("value.get({0!r})"), Source("getattr(value, {0!r}, None)")
        for key, same in nodes.items():
            self._field(type_, key, same, (of_dicts, of_rows))
        from_dict, from_row = of_dicts.function(), of_rows.function()
        monotonic = time.monotonic

        def finish(value: Any, execution: Execution) -> dict[str, Any]:
            if execution.ends is not None and monotonic() > execution.ends:
                raise Beyond("the time is over")
            if type(value) is dict or isinstance(value, dict):
                return from_dict(value, execution, execution.calls)
            if isinstance(value, Exception):
                raise value
            return from_row(value, execution, execution.calls)

        return finish

    def _field(self, type_: Any, key: str, nodes: Nodes, sources: tuple[Source, ...]) -> None:
        name = nodes[0].name.value
        if name == "__typename":
            for source in sources:
                source.typename(key, type_.name)
            return
        field = type_.fields.get(name)
        if field is None:
            raise Beyond("introspection")
        must = is_non_null_type(field.type)
        kind = field.type.of_type if must else field.type
        finish = self._value(kind, nodes)
        if facts_of(field).relation and is_object_type(kind):
            finish = _once(finish)
        resolve = field.resolve or partial(dict_or_attr_resolver, name, None)
        if attribute := _plain_attribute(resolve):
            for source in sources:
                source.reading(key, attribute, field.type, finish)
            return
        if expression := inlined(resolve):
            for source in sources:
                source.saying(key, expression, field.type, finish)
            return
        at = len(self.fields)
        self.fields.append((type_, key, field, nodes))
        for source in sources:
            source.calling(key, resolve, at, bool(field.args), field.type, finish)

    def _value(self, type_: Any, nodes: Nodes) -> Finish:
        if is_list_type(type_):
            return self._list(type_.of_type, nodes)
        if is_leaf_type(type_):
            return leaf(type_)
        if is_object_type(type_):
            below = collect_sub_fields(self.schema, self.fragments, self.chosen, type_, nodes)
            return self._object(type_, below)
        raise Beyond("an interface")

    def _list(self, type_: Any, nodes: Nodes) -> Finish:
        must = is_non_null_type(type_)
        kind = type_.of_type if must else type_
        finish = self._value(kind, nodes)

        def each(value: Any, execution: Execution) -> list[Any]:
            if type(value) is not list and (
                not isinstance(value, Iterable) or isinstance(value, str | bytes | Mapping)
            ):
                raise Beyond("a list that is none")
            if must:
                return [finish(_there(one) if one is None else one, execution) for one in value]
            return [None if one is None else finish(one, execution) for one in value]

        return each


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


def _once(finish: Finish) -> Finish:
    """The same for rows that many point at, of which this place tells the same each time."""
    place = id(finish)

    def finished(value: Any, execution: Execution) -> Any:
        key = place, id(value)
        found = execution.once.get(key)
        if found is None:
            found = execution.once[key] = value, finish(value, execution)
        return found[1]

    return finished


class _Directives(Visitor):
    def __init__(self) -> None:
        super().__init__()
        self.names: set[str] = set()

    def enter_directive(self, node: DirectiveNode, *_: Any) -> None:
        values = (argument.value for argument in node.arguments)
        self.names |= {value.name.value for value in values if isinstance(value, VariableNode)}


def _choices(document: DocumentNode) -> tuple[str, ...]:
    """The variables by which fields are left away."""
    found = _Directives()
    visit(document, found)
    return tuple(sorted(found.names))
