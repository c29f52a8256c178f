"""Which answers may be cached, and by what: public root fields name what they show (docs/decisions/0007)."""

from dataclasses import dataclass
from typing import Any, cast

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLField,
    GraphQLSchema,
    get_argument_values,
    get_variable_values,
)

from core.api.facts import LONGEST_SECONDS, facts_of
from core.api.guard import the_operation
from core.fast.changes import watched


@dataclass(frozen=True)
class Depends:
    """What an answer stands on, and for how many seconds at most."""

    cache_tags: tuple[str, ...]
    seconds: float


Roots = list[tuple[GraphQLField, FieldNode]]


def public_roots(schema: GraphQLSchema, document: DocumentNode) -> Roots | None:
    """The root fields of a query, if all of them are public ones that say what they show."""
    fields = schema.query_type.fields  # type: ignore[union-attr]
    found: Roots = []
    for node in the_operation(document).selection_set.selections:
        field = fields.get(node.name.value) if isinstance(node, FieldNode) else None
        if field is None or not facts_of(field).cache_tags:
            return None
        found.append((field, cast(FieldNode, node)))
    return found


def depends(
    schema: GraphQLSchema, document: DocumentNode, roots: Roots, variables: dict[str, Any]
) -> Depends | None:
    """What an answer with these variables depends on; None when they do not fit."""
    given = get_variable_values(schema, the_operation(document).variable_definitions or (), variables)
    if not isinstance(given, dict):
        return None
    tags: set[str] = set()
    seconds = LONGEST_SECONDS
    for field, node in roots:
        facts = facts_of(field)
        seconds = min(seconds, facts.cache_seconds)
        try:
            arguments = get_argument_values(field, node, given)
        except GraphQLError:
            return None
        for tag in facts.cache_tags:
            tags.update(watched(_filled(tag, arguments)))
    return Depends(tuple(sorted(tags)), seconds)


def _filled(tag: str, arguments: dict[str, Any]) -> str:
    whole, _, one = tag.partition(":")
    value = arguments.get(one.strip("{}")) if one else None
    return f"{whole}:{value}" if value else whole
