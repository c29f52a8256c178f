"""Refuse hostile documents early: by size, by shape and by cost, before anything is executed.

Each walk over fragments is memoised and saturates, so that doubling fragments cost no more than their text.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    IntValueNode,
    Lexer,
    OperationDefinitionNode,
    SelectionSetNode,
    Source,
    TokenKind,
    VariableNode,
    get_named_type,
    is_list_type,
    is_non_null_type,
)

from core.api.facts import NONE, facts_of
from core.numbers import MOST_CHARACTERS

DEFAULTS = {
    "body_bytes": 64_000,
    "characters": 10_000,
    "tokens": 1_000,
    "depth": 8,
    "cost_anonymous": 5_000,
    "cost_signed_in": 20_000,
    "aliases": 15,
    "repeated_fields": 100,
    "directives": 10,
    "answer_bytes": 1_000_000,
    "resolver_seconds": 3,
    # A minute's: of the dearest that a stranger may ask for sixty, which take some 20 s of one processor.
    "rate_address": 300_000,
    "rate_person": 300_000,
    # Guests who may act from one address as one may: an office's colleagues order at the same time.
    "guests_an_address": 6,
}
# Brackets nest as deep as recursion goes in the parser; no honest document comes near.
NESTING = 40
# Beyond every limit: a walk counts no further.
FULL = 1_000_000
PAGE = 100
MANY = 1_000_000  # of a list that is no page: what it declares counts

_OPENING = {TokenKind.BRACE_L, TokenKind.BRACKET_L, TokenKind.PAREN_L}
_CLOSING = {TokenKind.BRACE_R, TokenKind.BRACKET_R, TokenKind.PAREN_R}
_NUMBERS = {TokenKind.INT, TokenKind.FLOAT}
_STRINGS = {TokenKind.STRING, TokenKind.BLOCK_STRING}


class Unacceptable(Exception):
    """A request that is refused before anything is executed: an HTTP status, a code and a reason."""

    def __init__(self, code: str, message: str, status: int = 400):
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


def limit(name: str) -> int:
    """One of the limits; `settings.API_LIMITS` goes before the default."""
    return getattr(settings, "API_LIMITS", {}).get(name, DEFAULTS[name])


def check_text(text: str) -> None:
    """Characters and tokens, counted by the lexer before anything is parsed."""
    if len(text) > limit("characters"):
        raise Unacceptable("TOO_MANY_CHARACTERS", f"A document has at most {limit('characters')} characters.")
    most, nesting = limit("tokens"), 0
    try:
        lexer = Lexer(Source(text))
        for _ in range(most + 1):
            token = lexer.advance()
            if token.kind is TokenKind.EOF:
                return
            if token.kind in _OPENING:
                nesting += 1
                if nesting > NESTING:
                    raise Unacceptable("TOO_DEEP", "The document's brackets nest too deep.")
            elif token.kind in _CLOSING:
                nesting -= 1
            elif token.kind in _NUMBERS and len(token.value or "") > MOST_CHARACTERS:
                raise Unacceptable("SYNTAX", f"A number has at most {MOST_CHARACTERS} characters.")
            elif token.kind in _STRINGS and "\0" in (token.value or ""):
                raise Unacceptable("SYNTAX", "A text may not hold the character U+0000.")
    except GraphQLSyntaxError as wrong:
        raise Unacceptable("SYNTAX", wrong.message) from None
    raise Unacceptable("TOO_MANY_TOKENS", f"A document has at most {most} tokens.")


@dataclass(slots=True)
class Same:
    """The selections of one field name in one place: how many, and how many fields they hold in all."""

    count: int
    fields: int
    largest: int

    def plus(self, other: "Same") -> "Same":
        """The selections of both places as one; numbers stop at FULL."""
        count, fields = min(FULL, self.count + other.count), min(FULL, self.fields + other.fields)
        return Same(count, fields, max(self.largest, other.largest))


Names = dict[str, Same]


@dataclass(slots=True)
class Tally:
    """What a selection comes to after all fragments are expanded."""

    cost: int = 0
    depth: int = 0
    aliases: int = 0
    directives: int = 0
    repeated: int = 0
    fields: int = 0

    def add(self, other: "Tally") -> None:
        """Count another selection beside this one."""
        self.cost = min(FULL, self.cost + other.cost)
        self.depth = max(self.depth, other.depth)
        self.aliases = min(FULL, self.aliases + other.aliases)
        self.directives = min(FULL, self.directives + other.directives)
        self.repeated = min(FULL, self.repeated + other.repeated)
        self.fields = min(FULL, self.fields + other.fields)


class Walk:
    """Tallies the selections of one document against the schema."""

    def __init__(self, schema: GraphQLSchema, document: DocumentNode, variables: dict[str, Any]):
        self.schema, self.variables = schema, variables
        self.fragments = {
            node.name.value: node for node in document.definitions if isinstance(node, FragmentDefinitionNode)
        }
        self.known: dict[tuple[str, int | None], tuple[Tally, Names]] = {}
        self.open: set[str] = set()

    def selections(self, node: SelectionSetNode | None, type_: Any, page: int | None) -> Tally:
        """The tally of a whole selection set."""
        if node is None:
            return Tally()
        tally, names = self._parts(node, type_, page)
        # What is repeated is merged again by comparing each with each, and so is all that stands below it.
        tally.repeated = min(
            FULL, tally.repeated + sum(same.fields - same.largest for same in names.values())
        )
        return tally

    def _parts(self, node: SelectionSetNode, type_: Any, page: int | None) -> tuple[Tally, Names]:
        tally, names = Tally(), Names()
        for part in node.selections:
            tally.directives += len(part.directives)
            if isinstance(part, FieldNode):
                found = self._field(part, type_, page)
                tally.add(found)
                _note(names, part.name.value, Same(1, found.fields, found.fields))
                continue
            if isinstance(part, FragmentSpreadNode):
                inner, inner_names = self._fragment(part.name.value, page)
            else:
                assert isinstance(part, InlineFragmentNode)
                on = part.type_condition and self.schema.get_type(part.type_condition.name.value)
                inner, inner_names = self._parts(part.selection_set, on or type_, page)
            tally.add(inner)
            for name, same in inner_names.items():
                _note(names, name, same)
        return tally, names

    def _fragment(self, name: str, page: int | None) -> tuple[Tally, Names]:
        if (name, page) not in self.known:
            fragment = self.fragments.get(name)
            if fragment is None:
                return Tally(), {}  # validation says so
            if name in self.open:
                raise Unacceptable("INVALID_DOCUMENT", f"Fragment '{name}' contains itself.")
            self.open.add(name)
            on = self.schema.get_type(fragment.type_condition.name.value)
            found, names = self._parts(fragment.selection_set, on, page)
            found.directives += len(fragment.directives or ())
            self.known[name, page] = found, names
            self.open.discard(name)
        return self.known[name, page]

    def _field(self, node: FieldNode, type_: Any, page: int | None) -> Tally:
        field = getattr(type_, "fields", {}).get(node.name.value)
        facts = facts_of(field) if field else NONE
        below = get_named_type(field.type) if field else None
        size = self._page_size(node, field)
        tally = self.selections(node.selection_set, below, size)
        if field is not None and _is_list(field.type) and node.selection_set:
            tally.cost = min(FULL, tally.cost * min(page or MANY, facts.most or page or PAGE))
        tally.cost += facts.cost
        tally.depth += 1
        tally.fields += 1
        tally.aliases += node.alias is not None
        return tally

    def _page_size(self, node: FieldNode, field: Any) -> int | None:
        """What a connection's lists are multiplied by; None for a field that is not one."""
        if field is None or "first" not in field.args:
            return None
        for argument in node.arguments:
            if argument.name.value in ("first", "last"):
                value = argument.value
                if isinstance(value, IntValueNode):
                    asked: Any = int(value.value)
                elif isinstance(value, VariableNode):
                    asked = self.variables.get(value.name.value, PAGE)
                else:
                    asked = None
                if isinstance(asked, int):
                    return max(1, min(asked, PAGE))
        return PAGE


def _note(names: Names, name: str, same: Same) -> None:
    names[name] = names[name].plus(same) if name in names else same


def _is_list(type_: Any) -> bool:
    return is_list_type(type_.of_type if is_non_null_type(type_) else type_)


def the_operation(document: DocumentNode) -> OperationDefinitionNode:
    """The one operation of a document."""
    found = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    others = [
        n for n in document.definitions if not isinstance(n, OperationDefinitionNode | FragmentDefinitionNode)
    ]
    if len(found) != 1 or others:
        raise Unacceptable("ONE_OPERATION", "A document holds exactly one operation, and its fragments.")
    return found[0]


def tally_of(schema: GraphQLSchema, document: DocumentNode, variables: dict[str, Any]) -> Tally:
    """What a document comes to; refuses more than one mutation, counted after expansion."""
    operation = the_operation(document)
    # The cost of a page is asked with what the variable will be, so its default counts too.
    given = {
        node.variable.name.value: int(node.default_value.value)
        for node in operation.variable_definitions
        if isinstance(node.default_value, IntValueNode)
    } | variables
    walk = Walk(schema, document, given)
    root = schema.get_root_type(operation.operation)
    if root is None:
        raise Unacceptable("INVALID_DOCUMENT", f"There is no {operation.operation.value} here.")
    tally = walk.selections(operation.selection_set, root, None)
    tally.directives += len(operation.directives)
    tally.directives += sum(len(node.directives) for node in operation.variable_definitions)
    if operation.operation.value == "mutation":
        _, names = walk._parts(operation.selection_set, root, None)
        if sum(same.count for name, same in names.items() if name != "__typename") > 1:
            raise Unacceptable("ONE_MUTATION", "A document does one mutation.")
    return tally


def check_tally(tally: Tally, signed_in: bool) -> None:
    """The limits on shape and cost, cost first."""
    most = limit("cost_signed_in" if signed_in else "cost_anonymous")
    if tally.cost > most:
        raise Unacceptable(
            "TOO_COSTLY", f"This would cost {min(tally.cost, FULL)}; at most {most} is allowed."
        )
    for name, count, code, what in (
        ("depth", tally.depth, "TOO_DEEP", "levels"),
        ("aliases", tally.aliases, "TOO_MANY_ALIASES", "aliases"),
        ("repeated_fields", tally.repeated, "TOO_MANY_REPEATED_FIELDS", "repeated fields"),
        ("directives", tally.directives, "TOO_MANY_DIRECTIVES", "directives"),
    ):
        if count > limit(name):
            raise Unacceptable(code, f"A document has at most {limit(name)} {what}.")
