"""Reads whose SQL is written once: Django needs longer to write a statement with its joins than to run it.

A `Written` is made of a queryset and of the relations that are read with it, when a document is first asked; from
then on only the statements are run, and rows of the models are made of what comes. So what is shown is still said
by the models and resolvers alone, and whatever was not fetched with a row is read by it when it is asked for.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connections, models, router
from django.db.models.query import prefetch_related_objects

from core.quickrow import rows_key

# In a statement's values: in its place stand the ids among which rows are looked for.
_IDS = object()


class Written:
    """The statement of a queryset, and those that fetch its to-many relations ahead."""

    def __init__(self, queryset: models.QuerySet, among: str | None = None):
        """`among`: the column whose values `rows` is told; else the queryset says all itself."""
        if among is not None:
            column = queryset.model._meta.get_field(among).column
            queryset = queryset.extra(
                where=[f'"{queryset.model._meta.db_table}"."{column}" = ANY(%s)'], params=[_IDS]
            )
        self.model = queryset.model
        self.lists: list[Lists] = []
        self.more: list[models.Prefetch] = []
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, values = compiler.as_sql()
        self.sql = _with_values(sql, values, connections[queryset.db])
        self.columns = Columns(compiler.klass_info, compiler.select)
        self.annotations = list((compiler.annotation_col_map or {}).items())
        self.converters = compiler.get_converters([one[0] for one in compiler.select[: compiler.col_count]])
        self.compiler = compiler

    def rows(self, ids: Sequence[Any] | None = None) -> list[Any]:
        """The rows as they are now."""
        alias = router.db_for_read(self.model)
        with connections[alias].cursor() as cursor:
            cursor.execute(self.sql, None if ids is None else [list(ids)])
            found: Iterable[Any] = cursor.fetchall()
        if self.converters:
            found = self.compiler.apply_converters(found, self.converters)
        make = self.columns.maker(alias)
        rows = []
        for each in found:
            row = make(each)
            for name, at in self.annotations:
                row.__dict__[name] = each[at]
            rows.append(row)
        for ahead in self.lists:
            ahead.give(rows)
        if self.more and rows:
            prefetch_related_objects(rows, *self.more)
        return rows


class Columns:
    """Which columns of a statement are a model's, and which those of rows that it points at."""

    def __init__(self, info: dict[str, Any], select: Sequence[Any]):
        self.model = info["model"]
        at = info["select_fields"]
        self.part = slice(at[0], at[-1] + 1)
        self.names = [expression.target.attname for expression, *_ in select[self.part]]
        self.key = at[0] + self.names.index(self.model._meta.pk.attname)
        self.below = [
            (one["local_setter"], one["remote_setter"], Columns(one, select))
            for one in info.get("related_klass_infos", ())
        ]

    def maker(self, alias: str) -> Callable[[Sequence[Any]], Any]:
        """A function that makes the model's row of one that was found; None where there is none."""
        model, part, names, key = self.model, self.part, self.names, self.key
        below = [(give, give_back, its.maker(alias)) for give, give_back, its in self.below]
        # What many rows point at is made once.
        made: dict[Any, Any] = {None: None}

        def make(found: Sequence[Any]) -> Any:
            pk = found[key]
            if pk in made:
                return made[pk]
            made[pk] = row = model.from_db(alias, names, found[part])
            for give, give_back, its in below:
                other = its(found)
                give(row, other)
                if other is not None:
                    give_back(other, row)
            return row

        return make


def _with_values(sql: str, values: Sequence[Any], connection: Any) -> str:
    """The statement with its values in it, but for the ids.

    PostgreSQL plans a prepared statement anew at each call while the best plan may depend on what it is told, as
    with an index of what is published: that takes longer than the reading.
    """
    texts = [_IDS if value is _IDS else connection.ops.compose_sql("%s", [value]) for value in values]
    text = sql % tuple("\0" if told is _IDS else told for told in texts)
    return text.replace("%", "%%").replace("\0", "%s") if _IDS in texts else text


class Lists:
    """A to-many relation of the rows of a statement, fetched for all of them by one statement more."""

    def __init__(self, relation: Any, written: Written):
        self.key, self.written = rows_key(relation.get_accessor_name()), written
        self.column, self.parent = relation.field.attname, relation.field.cache_name

    def give(self, parents: list[Any]) -> None:
        """Put the rows into their parents, in the model's own order."""
        if not parents:
            return
        by_id = {parent.pk: parent for parent in parents}
        for parent in parents:
            parent.__dict__[self.key] = []
        for row in self.written.rows(list(by_id)):
            parent = by_id[getattr(row, self.column)]
            row._state.fields_cache.setdefault(self.parent, parent)
            parent.__dict__[self.key].append(row)
