"""Rows fetched before they are needed: to-many relations, each by one prepared statement for all parents."""

from collections.abc import Callable, Hashable, Iterable
from typing import TYPE_CHECKING, Any

from django.db import connections, router
from django.db.models import Model, Prefetch, QuerySet, prefetch_related_objects

from core.fast.prepared import PreparedQuery
from core.internals import cache_name, give_relation, set_pointed_at
from core.related import rows_key

if TYPE_CHECKING:
    from core.api.lookahead import Plan

# Of payloads: what documents choose may differ for ever.
MOST_RELATIONS = 256


class ListPrefetch:
    """A to-many relation of the rows of a statement, fetched for all of them by one statement more."""

    def __init__(
        self, relation: Any, query: PreparedQuery, *, knows_parent: bool = True, as_relation: bool = False
    ):
        """`knows_parent`: the rows know it too, a ring that the collector of garbage has to find.

        `as_relation`: resolvers read it by Django's own manager.
        """
        self.name = relation.get_accessor_name()
        self.knows_parent, self.as_relation = knows_parent or as_relation, as_relation
        self.key, self.query = rows_key(self.name), query
        self.column, self.parent = relation.field.attname, cache_name(relation.field)

    def give(self, parents: list[Any], cursor: Any, alias: str) -> None:
        """Put the rows into their parents, in the model's own order."""
        lists: dict[Any, list[Any]] = {}
        for parent in parents:
            parent.__dict__[self.key] = lists.setdefault(parent.pk, [])
        rows = self.query.read(cursor, alias, {"parents": list(lists)})
        for row in rows:
            lists[row.__dict__[self.column]].append(row)
        if self.knows_parent:
            by_id = {parent.pk: parent for parent in parents}
            for row in rows:
                set_pointed_at(row, self.parent, by_id[row.__dict__[self.column]])
        if self.as_relation:
            for parent in parents:
                give_relation(parent, self.name, lists[parent.pk])


def prepared(plan: "Plan", choose: Callable[..., QuerySet], parameters: Iterable[str]) -> PreparedQuery:
    """What `choose` gives, and what the plan fetches with it: the columns that are read and nothing else."""
    query = PreparedQuery(choose, lambda rows: plan.joined(rows).only(*plan.read_columns()), parameters)
    query.prefetches, query.others = _below(plan, whole_rows=False)
    return query


def _below(plan: "Plan", *, whole_rows: bool) -> tuple[list[ListPrefetch], list[Prefetch]]:
    """What is fetched by prepared statements, and what Django fetches: relations of joined rows, first pages."""
    found, plain = [], plan.plain_lists()
    for path, relation in plain.items():
        child = plan.many[path]
        query = PreparedQuery(*_children(child, relation.field.name, whole_rows))
        query.prefetches, query.others = _below(child, whole_rows=whole_rows)
        # What says exactly which columns it reads does not read its parent.
        knows_parent = whole_rows or "" in child.entire
        as_relation = path in plan.whole
        found.append(ListPrefetch(relation, query, knows_parent=knows_parent, as_relation=as_relation))
    return found, plan.prefetches(but=plain)


def _children(plan: "Plan", parent: str, whole_rows: bool) -> tuple[Any, Any]:
    def choose(parents: Any) -> QuerySet:
        return plan.model._default_manager.filter(**{f"{parent}__in": parents})

    def narrow(rows: QuerySet) -> QuerySet:
        joined = plan.joined(rows)
        return joined if whole_rows else joined.only(*plan.read_columns(), parent)

    return choose, narrow


_payloads: dict[Hashable, tuple[list[ListPrefetch], list[Prefetch]]] = {}


def prefetch(rows: list[Any], plan: "Plan") -> None:
    """Give rows that are at hand, as an act has just made or changed them, what a plan asks for below them."""
    lists, others = _of_payload(plan)
    if lists:
        alias = router.db_for_read(Model)
        with connections[alias].cursor() as cursor:
            for one in lists:
                one.give(rows, cursor, alias)
    if plan.joins or others:
        prefetch_related_objects(rows, *sorted(plan.joins), *others)


def _of_payload(plan: "Plan") -> tuple[list[ListPrefetch], list[Prefetch]]:
    if plan.has_pages():
        return [], plan.prefetches()
    key = _shape(plan)
    found = _payloads.get(key)
    if found is None:
        found = _payloads[key] = _below(plan, whole_rows=True)
        if len(_payloads) > MOST_RELATIONS:
            _payloads.pop(next(iter(_payloads)), None)
    return found


def _shape(plan: "Plan") -> Hashable:
    many = ((path, path in plan.whole, _shape(child)) for path, child in sorted(plan.many.items()))
    return plan.model, *sorted(plan.joins), *many
