"""Questions that are asked for each purchase: Django writes their SQL once a process, afterwards it is filled in.

    OPEN = Asked(lambda: Payment.objects.select_related("order").filter(among("order", "orders")))
    OPEN.rows(orders=[1, 2])

Writing the SQL of a join of five tables takes Django longer than asking it and reading the answer.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any, Generic, TypeVar

from django.db import connection
from django.db.models import BooleanField, Expression, F, Model, QuerySet

from core.written import rows_of

M = TypeVar("M", bound=Model)


class Blank:
    """A place in a statement that is filled in when it is asked."""

    def __init__(self, name: str):
        self.name = name


class _Compared(Expression):
    """A column compared with a blank, or with nothing that has to be filled in."""

    output_field = BooleanField()
    conditional = True

    def __init__(self, path: str, words: str, *blanks: Blank):
        super().__init__()
        self.column: Any = F(path)
        self.words, self.blanks = words, blanks

    def get_source_expressions(self) -> list[Any]:
        return [self.column]

    def set_source_expressions(self, exprs: Any) -> None:
        (self.column,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = compiler.compile(self.column)
        # Without the length: a cast would cut what is too long.
        kind = self.column.output_field.rel_db_type(connection).partition("(")[0]
        return f"{column} {self.words.format(kind=kind)}", [*params, *self.blanks]


def among(path: str, name: str) -> Any:
    """A condition: this column is one of those given by that name."""
    # Behind a SELECT nobody sees how many are given: else each time is planned anew, for one row fewer than ten.
    return _Compared(path, "= ANY((SELECT %s::{kind}[])::{kind}[])", Blank(name))


def equal(path: str, name: str) -> Any:
    """A condition: this column is what is given by that name."""
    return _Compared(path, "= %s::{kind}", Blank(name))


def filled(path: str) -> Any:
    """A condition: this text is not empty; in so many words, for an index that has only such rows."""
    return _Compared(path, "<> ''")


def above(path: str, name: str) -> Any:
    """A condition: this column is more than what is given by that name."""
    return _Compared(path, "> %s::{kind}", Blank(name))


class Asked(Generic[M]):
    """A question whose answer is rows, with what is selected beside them; nothing that is fetched ahead."""

    def __init__(self, queryset: Callable[[], QuerySet[M]]):
        self._queryset = queryset

    @cached_property
    def _written(self) -> tuple[str, list[Any], Any, bool]:
        # Made whole before it is kept: two threads may write it at once, and both are right.
        query = self._queryset().query
        compiler = query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        return sql, list(params), rows_of(compiler), query.select_for_update

    def rows(self, **given: Any) -> list[M]:
        """The rows, asked now; a row that must be locked is locked."""
        sql, params, read, locks = self._written
        assert connection.in_atomic_block or not locks, "a lock ends with its transaction"
        filled = [given[param.name] if isinstance(param, Blank) else param for param in params]
        with connection.cursor() as cursor:
            cursor.execute(sql, filled)
            return read(cursor.fetchall(), connection.alias)
