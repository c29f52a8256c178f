"""Reads whose SQL is written once: Django needs longer to write a statement with its joins than to run it.

A `Written` is made of a queryset and of the relations that are read with it, when a document is first asked; from
then on only the statements are run, and rows of the models are made of what comes. So what is shown is still said
by the models and resolvers alone, and whatever was not fetched with a row is read by it when it is asked for.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.db import connections, models, router
from django.db.models.base import ModelState
from django.db.models.query import prefetch_related_objects

from core.quickrow import QuickRow, rows_key

# In a statement's values: in its place stand the ids among which rows are looked for.
_IDS = object()


class Written:
    """The statement of a queryset, and those that fetch its to-many relations ahead."""

    def __init__(self, queryset: models.QuerySet, among: str | None = None):
        """`among`: the column whose values `rows` is told; else the queryset says all itself."""
        if among is not None:
            field = queryset.model._meta.get_field(among)
            column = f'"{queryset.model._meta.db_table}"."{field.column}"'
            # As a SELECT of its own: PostgreSQL would look at the ids and plan the joins anew at each call.
            kind = f"{field.db_type(connections[queryset.db])}[]"
            queryset = queryset.extra(where=[f"{column} = ANY((SELECT %s::{kind})::{kind})"], params=[_IDS])
        self.model = queryset.model
        self.lists: list[Lists] = []
        self.more: list[models.Prefetch] = []
        compiler = queryset.query.get_compiler(using=queryset.db)
        sql, values = compiler.as_sql()
        self.sql = _with_values(sql, values, connections[queryset.db])
        self.make = rows_of(compiler)

    def rows(self, ids: Sequence[Any] | None = None) -> list[Any]:
        """The rows as they are now."""
        alias = router.db_for_read(self.model)
        with connections[alias].cursor() as cursor:
            return self.read(cursor, alias, ids)

    def read(self, cursor: Any, alias: str, ids: Sequence[Any] | None) -> list[Any]:
        """The same by a cursor that is open: its making takes as long as the sending of a statement."""
        cursor.execute(self.sql, None if ids is None else [list(ids)])
        rows = self.make(cursor.fetchall(), alias)
        for ahead in self.lists if rows else ():
            ahead.give(rows, cursor, alias)
        if self.more and rows:
            prefetch_related_objects(rows, *self.more)
        return rows


def rows_of(compiler: Any) -> Callable[[Iterable[Any], str], list[Any]]:
    """What makes the models' rows of what a compiled statement found, told the database's alias."""
    annotations = list((compiler.annotation_col_map or {}).items())
    make = Maker(Columns(compiler.klass_info, compiler.select), annotations).function()
    converters = compiler.get_converters([one[0] for one in compiler.select[: compiler.col_count]])
    if not converters:
        return make
    return lambda found, alias: make(compiler.apply_converters(found, converters), alias)


class Columns:
    """Which columns of a statement are a model's, and which those of rows that it points at."""

    def __init__(self, info: dict[str, Any], select: Sequence[Any]):
        self.model = info["model"]
        self.names = {select[at][0].target.attname: at for at in info["select_fields"]}
        self.key = self.names[self.model._meta.pk.attname]
        # The name under which a row has the other, and the other has it where it has but one.
        self.below: list[tuple[Any, Any, Columns]] = []
        for one in info.get("related_klass_infos", ()):
            field = one["field"]
            there = field.remote_field.cache_name if one["reverse"] or field.unique else None
            ours, theirs = (there, field.cache_name) if one["reverse"] else (field.cache_name, there)
            self.below.append((ours, theirs, Columns(one, select)))


class Maker:
    """The text of a function that makes the rows of a statement: a call a row is longer than its making.

    What many rows point at is made once. No name but of our models' own columns gets into it.
    """

    def __init__(self, columns: Columns, annotations: list[tuple[str, int]]):
        self.known: dict[str, Any] = {"State": ModelState, "new": object.__new__}
        self.begin: list[str] = []
        self.lines: list[str] = []
        self.count = 0
        self._row(columns, " " * 8, dict(annotations))

    def function(self) -> Callable[[Iterable[Any], str], list[Any]]:
        """The function itself, of what was found and the database's alias."""
        text = ["def made(found, alias):", *self.begin, "    rows = []", "    for it in found:", *self.lines]
        exec("\n".join([*text, "        rows.append(row0)", "    return rows"]), self.known)
        made: Callable[[Iterable[Any], str], list[Any]] = self.known["made"]
        return made

    def _row(self, columns: Columns, space: str, more: dict[str, int]) -> int:
        """The lines that make one row and those that it points at; its number."""
        number = self.count
        self.count += 1
        below = []
        for ours, theirs, its in columns.below:
            other = self.count
            self.begin.append(f"    once{other} = {{None: None}}")
            self.lines += [
                f"{space}key = it[{its.key}]",
                f"{space}if key in once{other}: row{other} = once{other}[key]",
                f"{space}else:",
            ]
            self._row(its, space + "    ", {})
            self.lines.append(f"{space}    once{other}[it[{its.key}]] = row{other}")
            below.append((ours, theirs, other))
        self._make(columns, number, space, columns.names | more)
        if below:
            pairs = ", ".join(f"{ours!r}: row{other}" for ours, _, other in below)
            self.lines.append(f"{space}row{number}._state.fields_cache = {{{pairs}}}")
        for _, theirs, other in below:
            if theirs:
                self.lines.append(
                    f"{space}if row{other} is not None: row{other}._state.fields_cache[{theirs!r}] = row{number}"
                )
        return number

    def _make(self, columns: Columns, number: int, space: str, values: dict[str, int]) -> None:
        row, model = f"row{number}", f"Model{number}"
        self.known[model] = columns.model
        told = ", ".join(f"{name!r}: it[{at}]" for name, at in values.items())
        if issubclass(columns.model, QuickRow):
            self.lines += [
                f"{space}state = new(State); state.adding = False; state.db = alias",
                f"{space}{row} = new({model}); {row}.__dict__ = {{{told}, '_state': state}}",
            ]
        else:
            names = ", ".join(f"it[{at}]" for at in columns.names.values())
            self.lines += [
                f"{space}{row} = {model}.from_db(alias, {list(columns.names)!r}, [{names}])",
                f"{space}{row}.__dict__.update({{{told}}})",
            ]


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

    def __init__(self, relation: Any, written: Written, knows_parent: bool):
        """`knows_parent`: the rows know it too, a ring that the collector of garbage has to find."""
        self.knows_parent = knows_parent
        self.key, self.written = rows_key(relation.get_accessor_name()), written
        self.column, self.parent = relation.field.attname, relation.field.cache_name

    def give(self, parents: list[Any], cursor: Any, alias: str) -> None:
        """Put the rows into their parents, in the model's own order."""
        lists: dict[Any, list[Any]] = {}
        for parent in parents:
            parent.__dict__[self.key] = lists.setdefault(parent.pk, [])
        rows = self.written.read(cursor, alias, list(lists))
        for row in rows:
            lists[row.__dict__[self.column]].append(row)
        if self.knows_parent:
            by_id = {parent.pk: parent for parent in parents}
            for row in rows:
                row._state.fields_cache.setdefault(self.parent, by_id[row.__dict__[self.column]])
