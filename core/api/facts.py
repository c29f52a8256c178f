"""What the house knows of a field beside its GraphQL definition, kept in the field's extensions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import graphene
from graphene.types.unmountedtype import UnmountedType
from graphql import GraphQLField

from core.api.access import Access

# What a look at the changes cannot see (an address that a storage signed for an hour) is read anew after so long.
LONGEST_SECONDS = 60.0
# What changes by the clock, or by an engine that follows later: with what a request takes, less than a second.
A_MOMENT = 0.7


@dataclass(frozen=True)
class Facts:
    """Who may read a field, what it costs, which relation it follows and what it needs."""

    access: Access | None = None
    cost: int = 1
    most: int | None = None  # the greatest length of a plain list
    is_connection: bool = False
    order_of: Callable[[dict[str, Any]], Sequence[str]] | None = None  # a connection's, by its arguments
    relation: str | None = None
    needs: tuple[str, ...] = ()
    # What its resolver reads of its row, or of the rows its relation leads to; None: maybe all of it.
    columns: tuple[str, ...] | None = None
    cache_tags: tuple[str, ...] = ()  # what an answer shows
    cache_seconds: float = 0.0


NONE = Facts()


def mark(field: Any, **facts: Any) -> graphene.Field:
    """The field, mounted, with these facts added to what is known of it."""
    mounted = field.Field() if isinstance(field, UnmountedType) else field
    mounted.facts = replace(getattr(mounted, "facts", NONE), **facts)
    return mounted


def guarded(field: Any, access: Access, *, cost: int = 1) -> graphene.Field:
    """The field with a rule of its own: `me = guarded(graphene.Field(PersonType), SIGNED_IN)`."""
    more = {"cost": cost} if cost != 1 else {}
    return mark(field, access=access, **more)


def facts_of(field: GraphQLField) -> Facts:
    """What was declared of a field of the built schema."""
    return (field.extensions or {}).get("sheaf", NONE)


def reads(*columns: str) -> Any:
    """Name the columns that a computed field's resolver reads of its row; what it reads beside costs a statement.

    Without it all of the row is fetched. Of a relation's resolver: what it reads of the rows that it leads to.
    """

    def named(resolver: Any) -> Any:
        resolver.columns = columns
        return resolver

    return named


def needs(*relations: str) -> Any:
    """Name the relations that a computed field's resolver reads: `@needs("variants__lots")`."""

    def named(resolver: Any) -> Any:
        resolver.needs = relations
        return resolver

    return named


def cache_tags(field: Any, *tags: str, seconds: float = LONGEST_SECONDS) -> Any:
    """Say that a public root field shows the same to everybody until something of these tags changes.

    `products:{slug}` is one product, by the field's argument; without that argument it is all of them. What
    changes without a commit (a round that opens, an engine's index that follows later) is kept for `A_MOMENT`.
    """
    return mark(field, cache_tags=tags, cache_seconds=seconds)
