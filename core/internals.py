"""What Django and graphql-core mark as their own is touched in this file alone: whoever renews them looks here.

Their tests do not promise these names; ours do (tests/core/fast), and a test sees that no other file reaches for one.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db.backends.postgresql.psycopg_any import BaseTzLoader, get_adapters_template
from django.db.models import BooleanField, Expression, Model, QuerySet, Subquery
from django.db.models.base import ModelState
from django.db.models.lookups import In, Lookup
from django.db.models.signals import post_init, pre_init
from django.db.models.sql import Query
from django.db.models.sql.where import WhereNode
from django.middleware.csrf import CsrfViewMiddleware
from graphql.execution.collect_fields import collect_fields, collect_sub_fields
from graphql.pyutils import Path

__all__ = [
    "Columns",
    "Compiled",
    "ForgeryCheck",
    "ModelState",
    "Parameter",
    "Path",
    "cache_name",
    "collect_fields",
    "collect_sub_fields",
    "compiled",
    "give_relation",
    "is_made_plainly",
    "named_rules",
    "pointed_at",
    "read_moments_quickly",
    "set_pointed_at",
    "unsaved",
    "who_points_is_known",
]

# Where a row has the rows that it points at, as an attribute of it.
POINTED_AT = "_state.fields_cache"


class Parameter(Expression):
    """A place in a prepared statement that is filled in each time, by its name."""

    def __init__(self, name: str):
        super().__init__()
        self.name = name
        self.kind = ""

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        return f"%s::{self.kind}" if self.kind else "%s", [self]


class _AnyOf(Expression):
    """A column that is one of those given.

    Behind a SELECT nobody sees how many are given: else PostgreSQL plans anew each time, for one row fewer than ten.
    """

    output_field = BooleanField()
    conditional = True

    def __init__(self, column: Any, given: Parameter):
        super().__init__()
        self.column, self.given = column, given

    def get_source_expressions(self) -> list[Any]:
        return [self.column]

    def set_source_expressions(self, exprs: Any) -> None:
        (self.column,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, list[Any]]:
        column, params = compiler.compile(self.column)
        kind = f"{self.given.kind}[]"
        return f"{column} = ANY((SELECT %s::{kind})::{kind})", [*params, self.given]


@dataclass(slots=True)
class Columns:
    """Which columns of a statement are a model's, and which those of rows that it points at."""

    model: type[Model]
    names: dict[str, int]
    key: int
    # The name under which a row has the other, and the other has it where it has but one.
    below: list[tuple[Any, Any, "Columns"]] = field(default_factory=list)


@dataclass(slots=True)
class Compiled:
    """A queryset as Django's compiler wrote it."""

    sql: str
    params: list[Any]  # Parameters among them
    locks: bool
    columns: Columns
    annotations: list[tuple[str, int]]
    convert: Callable[[Iterable[Any]], Iterable[Any]] | None


def compiled(queryset: QuerySet, connection: Any) -> Compiled:
    """Its SQL, each Parameter with the type of the column that it is compared with."""
    query = queryset.query
    _typed(query, connection)
    compiler: Any = query.get_compiler(connection=connection)
    sql, params = compiler.as_sql()
    converters = compiler.get_converters([one[0] for one in compiler.select[: compiler.col_count]])
    return Compiled(
        sql,
        list(params),
        bool(query.select_for_update),
        _columns(compiler.klass_info, compiler.select),
        list((compiler.annotation_col_map or {}).items()),
        (lambda found: compiler.apply_converters(found, converters)) if converters else None,
    )


def _columns(info: dict[str, Any], select: Sequence[Any]) -> Columns:
    model = info["model"]
    names = {select[at][0].target.attname: at for at in info["select_fields"]}
    found = Columns(model, names, names[model._meta.pk.attname])
    for one in info.get("related_klass_infos", ()):
        its = one["field"]
        there = its.remote_field.cache_name if one["reverse"] or its.unique else None
        ours, theirs = (there, its.cache_name) if one["reverse"] else (its.cache_name, there)
        found.below.append((ours, theirs, _columns(one, select)))
    return found


def _typed(node: Any, connection: Any) -> Any:
    if isinstance(node, Query):
        node.where = _typed(node.where, connection)
        for beside in node.annotations.values():
            _typed(beside, connection)
    elif isinstance(node, WhereNode):
        node.children = [_typed(child, connection) for child in node.children]
    elif isinstance(node, Lookup):
        if isinstance(node.rhs, Parameter):
            # Without the length: a cast would cut what is too long.
            node.rhs.kind = node.lhs.output_field.rel_db_type(connection).partition("(")[0]
            return _AnyOf(node.lhs, node.rhs) if isinstance(node, In) else node
        _typed(node.rhs, connection)
    elif isinstance(node, Subquery):
        _typed(node.query, connection)
    elif isinstance(node, Expression):
        for source in node.get_source_expressions():
            _typed(source, connection)
    return node


def is_made_plainly(model: type[Model]) -> bool:
    """Whether its rows come from the database as they are: nothing of its own, and nobody is told of their making."""
    own = model.__init__ is not Model.__init__ or model.from_db.__func__ is not Model.from_db.__func__  # type: ignore[attr-defined]
    return not own and not any(signal.has_listeners(model) for signal in (pre_init, post_init))


class ForgeryCheck(CsrfViewMiddleware):
    """Django's check, which tells its reason instead of answering in HTML."""

    def __init__(self) -> None:
        super().__init__(lambda _: None)  # type: ignore[arg-type]

    def _reject(self, request: Any, reason: str) -> str:
        return reason

    def knows_origin(self, request: Any) -> bool:
        """Whether the request says that it comes from a page of ours."""
        return bool(self._origin_verified(request))  # type: ignore[attr-defined]


def cache_name(field: Any) -> str:
    """The name under which a row knows the one that this field points at."""
    return str(field.cache_name)


def pointed_at(row: Any, name: str) -> Any:
    """The row that it points at by this relation, fetched with it or now; None where there is none.

    A reverse one-to-one that has no row raises ObjectDoesNotExist, which is also an AttributeError.
    """
    found = row._state.fields_cache.get(name)
    return getattr(row, name, None) if found is None else found


def unsaved(row: Model, name: str) -> Any:
    """The row that a new one was made to point at."""
    return row._state.fields_cache.get(name)


def set_pointed_at(row: Any, name: str, other: Any) -> None:
    """Let a row know another one, unless it knows one already."""
    row._state.fields_cache.setdefault(name, other)


def give_relation(parent: Any, name: str, rows: list[Any]) -> None:
    """Let a row know those of a to-many relation, as Django's own prefetching does."""
    known = getattr(parent, name).get_queryset()
    known._result_cache, known._prefetch_done = rows, True
    parent.__dict__.setdefault("_prefetched_objects_cache", {})[name] = known


class _Moments(BaseTzLoader):
    """Reads a moment as PostgreSQL tells it in UTC, in a tenth of the time that Django's own reader takes."""

    timezone = UTC

    def load(self, data: Any) -> datetime:
        text = str(data, "ascii")
        # A year of five digits, one before Christ, infinity: as Django has it.
        if text[4:5] == "-" and text.endswith("+00"):
            return datetime.fromisoformat(text)
        return super().load(data)


def read_moments_quickly() -> None:
    """From now on, on every connection that is opened in UTC, as all of ours are."""
    get_adapters_template(True, UTC).register_loader("timestamptz", _Moments)


def who_points_is_known(state: Any) -> bool:
    """Whether a migration's state has been asked which model points at which, and keeps the answer."""
    return state._relations is not None


def named_rules(model: type[Model], rules: Sequence[Any]) -> list[Any]:
    """Constraints or indexes as a model has them: copies, with their names filled in."""
    return model._meta._format_names(rules)  # type: ignore[attr-defined]
