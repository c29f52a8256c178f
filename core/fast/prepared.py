"""Statements that are compiled once a process and filled in each time.

Writing the SQL of a join of five tables takes Django longer than asking it and reading the answer.
"""

from collections.abc import Callable, Iterable, Sequence
from inspect import signature
from typing import Any, Generic, NamedTuple, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, router
from django.db.models import Model, Prefetch, QuerySet, prefetch_related_objects
from django.utils.functional import cached_property

from core.fast.rowmaker import rows_of
from core.internals import Parameter, compiled

M = TypeVar("M", bound=Model)


class Statement(NamedTuple):
    """What is sent, and what makes rows of what comes."""

    sql: str
    parameters: list[str]
    locks: bool
    model: type[Model]
    make: Callable[[Iterable[Any], str], list[Any]]


class PreparedQuery(Generic[M]):
    """A question whose answer is rows, with what is selected beside them.

        OPEN = PreparedQuery(lambda orders: Payment.objects.select_related("order").filter(order__in=orders))
        OPEN.rows(orders=[1, 2])

    The function's parameters are compared with columns and nothing else; whatever else it does is done once. `narrow`
    says which of the columns are read.
    """

    def __init__(
        self,
        queryset: Callable[..., QuerySet[M]],
        narrow: Callable[[QuerySet], QuerySet] | None = None,
        parameters: Iterable[str] | None = None,
    ):
        self.queryset, self.narrow = queryset, narrow
        self.parameters = list(signature(queryset).parameters if parameters is None else parameters)
        # To-many relations that are fetched with the rows: by prepared statements, and by Django.
        self.prefetches: Sequence[Any] = ()
        self.others: Sequence[Prefetch] = ()

    @cached_property
    def statement(self) -> Statement:
        """Made whole before it is kept: two threads may make it at once, and both are right."""
        queryset: QuerySet = self.queryset(**{name: Parameter(name) for name in self.parameters})
        if self.narrow is not None:
            queryset = self.narrow(queryset)
        connection = connections[DEFAULT_DB_ALIAS]
        made = compiled(queryset, connection)
        found = [param.name for param in made.params if isinstance(param, Parameter)]
        return Statement(
            _with_values(made.sql, made.params, connection), found, made.locks, queryset.model, rows_of(made)
        )

    def settled(self) -> "PreparedQuery[M]":
        """Compiled now, without what it was made of: that may hold on to a request."""
        _ = self.statement
        del self.queryset, self.narrow
        return self

    def rows(self, **given: Any) -> list[M]:
        """The rows as they are now; one that must be locked is locked."""
        if not settings.FAST:
            return list(self.queryset(**given))
        statement = self.statement
        alias = DEFAULT_DB_ALIAS if statement.locks else router.db_for_read(statement.model)
        connection = connections[alias]
        assert not statement.locks or connection.in_atomic_block, "a lock ends with its transaction"
        with connection.cursor() as cursor:
            return self.read(cursor, alias, given)

    def read(self, cursor: Any, alias: str, given: dict[str, Any]) -> list[M]:
        """The same by a cursor that is open: its making takes as long as the sending of a statement."""
        sql, parameters, _, _, make = self.statement
        cursor.execute(sql, [given[name] for name in parameters] if parameters else None)
        rows = make(cursor.fetchall(), alias)
        if rows:
            for one in self.prefetches:
                one.give(rows, cursor, alias)
            if self.others:
                prefetch_related_objects(rows, *self.others)
        return rows


def _with_values(sql: str, values: Sequence[Any], connection: Any) -> str:
    """The statement with its values in it, but for its parameters.

    PostgreSQL plans a prepared statement anew at each call while the best plan may depend on what it is told, as
    with an index of what is published: that takes longer than the reading.
    """
    texts = [
        "\0" if isinstance(value, Parameter) else connection.ops.compose_sql("%s", [value])
        for value in values
    ]
    text = sql % tuple(texts)
    return text.replace("%", "%%").replace("\0", "%s") if "\0" in texts else text
