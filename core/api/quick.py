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

from core.api.facts import facts_of
from core.api.guard import the_operation
from core.language import speaks_english

Nodes = list[FieldNode]
# A value that is not null, as it goes into the answer.
Finish = Callable[[Any, "Execution"], Any]
PLAIN = {"String": str, "ID": str, "Boolean": bool}
WHOLE = 2**31


class Beyond(Exception):
    """For graphql-core: what is not known here, or went wrong."""


class Execution:
    """One answer in the making: of each field its arguments, and what its resolver is told."""

    __slots__ = ("told", "ends", "once")

    def __init__(self, told: list[tuple[GraphQLResolveInfo, dict[str, Any]]], ends: float | None):
        self.told, self.ends = told, ends
        # What many rows point at: the row, so that its id stays its own, and what was told of it.
        self.once: dict[tuple[int, int], tuple[Any, Any]] = {}


class Program:
    """A query's document as functions."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode):
        self.schema, self.operation = schema, the_operation(document)
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.fields: list[tuple[Any, str, Any, Nodes]] = []
        # What its root fields read, written once (core.api.lookahead.read).
        self.statements: dict[Any, Any] = {}
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
                get_argument_values(field, nodes[0], given) if field.args else {},
            )
            for parent, key, field, nodes in self.fields
        ]
        request.api_statements = self.statements
        try:
            answer: dict[str, Any] = self.root(None, Execution(told, getattr(request, "api_deadline", None)))
        finally:
            request.api_statements = None  # graphql-core knows no directives before it meets them
        return answer

    def _object(self, type_: Any, nodes: dict[str, Nodes]) -> Finish:
        if type_.is_type_of:
            raise Beyond
        of_dicts, of_rows = Source("value.get({0!r})"), Source("getattr(value, {0!r}, None)")
        for key, same in nodes.items():
            self._field(type_, key, same, (of_dicts, of_rows))
        from_dict, from_row = of_dicts.function(), of_rows.function()
        monotonic = time.monotonic

        def finish(value: Any, execution: Execution) -> dict[str, Any]:
            if execution.ends is not None and monotonic() > execution.ends:
                raise Beyond
            if type(value) is dict or isinstance(value, dict):
                return from_dict(value, execution, execution.told)
            if isinstance(value, Exception):
                raise value
            return from_row(value, execution, execution.told)

        return finish

    def _field(self, type_: Any, key: str, nodes: Nodes, sources: "tuple[Source, ...]") -> None:
        name = nodes[0].name.value
        if name == "__typename":
            for source in sources:
                source.typename(key, type_.name)
            return
        field = type_.fields.get(name)
        if field is None:
            raise Beyond
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
        if line := getattr(resolve, "line", None):
            for source in sources:
                source.known |= resolve.names
                source.take(key, line, field.type, finish)
            return
        at = len(self.fields)
        self.fields.append((type_, key, field, nodes))
        for source in sources:
            source.calling(key, resolve, at, bool(field.args), field.type, finish)

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
        kind = type_.of_type if must else type_
        finish = self._value(kind, nodes)

        def each(value: Any, execution: Execution) -> list[Any]:
            if type(value) is not list and (
                not isinstance(value, Iterable) or isinstance(value, str | bytes | Mapping)
            ):
                raise Beyond
            if must:
                return [finish(_there(one) if one is None else one, execution) for one in value]
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


# What needs nothing more, by type: by far the most of what is told.
_WHOLE = f"type({{0}}) is int and {-WHOLE} <= {{0}} < {WHOLE}"
_AS_IT_IS = {
    **{name: f"type({{0}}) is {kind.__name__}" for name, kind in PLAIN.items()},
    **dict.fromkeys(("Int", "BigInt"), _WHOLE),
}


class Source:
    """The text of a function that makes one object of an answer: a call a field, of thousands, is half of the time.

    No name of a document's gets into it but as a quoted string.
    """

    def __init__(self, attribute: str):
        self.attribute = attribute
        self.lines: list[str] = []
        self.keys: list[str] = []
        self.known: dict[str, Any] = {
            "speaks_english": speaks_english,
            "Beyond": Beyond,
            "Undefined": Undefined,
        }

    def typename(self, key: str, name: str) -> None:
        """The type's own name."""
        self.lines.append(f"v{len(self.keys)} = {name!r}")
        self.keys.append(key)

    def reading(self, key: str, attribute: str, type_: Any, finish: Finish) -> None:
        """A field that is an attribute."""
        self.take(key, self.attribute.format(attribute), type_, finish)

    def calling(
        self, key: str, resolve: Any, at: int, has_arguments: bool, type_: Any, finish: Finish
    ) -> None:
        """A field with a resolver of its own."""
        name = f"resolve{len(self.keys)}"
        self.known[name] = resolve
        arguments = f", **told[{at}][1]" if has_arguments else ""
        self.take(key, f"{name}(value, told[{at}][0]{arguments})", type_, finish)

    def take(self, key: str, value: str, type_: Any, finish: Finish) -> None:
        """A field whose value this expression gives."""
        one, name = f"v{len(self.keys)}", f"finish{len(self.keys)}"
        must = is_non_null_type(type_)
        plain = _AS_IT_IS.get(getattr(type_.of_type if must else type_, "name", ""))
        self.known[name] = finish
        self.lines += [
            f"{one} = {value}",
            f"if {plain.format(one)}: pass" if plain else "if False: pass",
            f"elif {one} is not None and {one} is not Undefined: {one} = {name}({one}, execution)",
            "else: raise Beyond" if must else f"else: {one} = None",
        ]
        self.keys.append(key)

    def function(self) -> Callable[[Any, Execution, Any], dict[str, Any]]:
        """The function itself."""
        told = ", ".join(f"{key!r}: v{at}" for at, key in enumerate(self.keys))
        first = "english = speaks_english()" if any("(english and" in line for line in self.lines) else "pass"
        body = "\n    ".join([first, *self.lines, f"return {{{told}}}"])
        exec(f"def made(value, execution, told):\n    {body}", self.known)
        made: Callable[[Any, Execution, Any], dict[str, Any]] = self.known["made"]
        return made


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

    known: dict[str, Any] = {}

    def of_few(value: Any, execution: Execution) -> Any:
        if type(value) is not str:
            return other(value, execution)
        if value not in known:
            known[value] = other(value, execution)
        return known[value]

    if isinstance(type_, GraphQLEnumType):
        return of_few
    return same if plain else whole if type_.name in ("Int", "BigInt") else other


class _Directives(Visitor):
    def enter_directive(self, *_: Any) -> None:
        raise Beyond


def _refuse_directives(document: DocumentNode) -> None:
    visit(document, _Directives())
