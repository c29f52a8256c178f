"""To-many relations of rows that an act has just made or changed, fetched by statements that are known already."""

from functools import lru_cache
from typing import Any

from django.db.models import BigAutoField, Model

from core.asked import Asked, among


def fetch_plain(plan: Any, parents: list[Any]) -> None:
    """Fetch what the plan asks of relations below which there are joins alone; take it off the plan."""
    fields = {field.get_accessor_name(): field for field in plan.model._meta.related_objects}
    for name, child in list(plan.many.items()):
        relation: Any = fields.get(name)
        is_plain = relation is not None and relation.one_to_many and not child.many and not child.pages
        if not is_plain or name not in plan.whole or not isinstance(plan.model._meta.pk, BigAutoField):
            continue
        found: dict[Any, list[Model]] = {parent.pk: [] for parent in parents}
        for row in _children(child.model, relation.field.name, tuple(sorted(child.joins))).rows(
            pks=list(found)
        ):
            found[getattr(row, relation.field.attname)].append(row)
        for parent in parents:
            _give(parent, name, relation.field.name, found[parent.pk])
        del plan.many[name]


@lru_cache(maxsize=256)
def _children(model: type[Model], parent: str, joins: tuple[str, ...]) -> Asked:
    rows = model._default_manager.filter(among(parent, "pks"))
    return Asked(lambda: rows.select_related(*joins) if joins else rows)


def _give(parent: Any, name: str, back: str, rows: list[Model]) -> None:
    """Let a parent know the rows of a relation, as Django's own prefetching does."""
    for row in rows:
        setattr(row, back, parent)
    known = getattr(parent, name).get_queryset()
    known._result_cache, known._prefetch_done = rows, True
    parent.__dict__.setdefault("_prefetched_objects_cache", {})[name] = known
