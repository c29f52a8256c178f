"""Read the query before the database: fetch the relations it asks for, one statement a relation at most."""

from collections.abc import Callable, Collection, Hashable, Iterable
from functools import cache
from typing import Any

from django.db.models import Model, Prefetch, QuerySet
from graphql import FieldNode, GraphQLError, GraphQLResolveInfo, get_argument_values, get_named_type
from graphql.type import is_object_type

from core import fast
from core.api.facts import facts_of
from core.internals import collect_sub_fields
from core.related import rows_key


class Plan:
    """What to fetch with the rows of one model: to-one relations joined, to-many ones prefetched."""

    def __init__(self, model: type[Model]):
        self.model = model
        self.joins: set[str] = set()
        self.many: dict[str, Plan] = {}
        self.whole: set[str] = set()  # of the many, those that resolvers read as relations
        self.columns: set[str] = set()  # what resolvers read, by path
        self.entire: set[str] = set()  # the paths of rows of which they may read anything
        self.pages: dict[str, Prefetch] = {}

    def follow(self, at: "Reached", name: str, *, listed: bool = False) -> "Reached":
        """The place that is reached over a relation, which will be fetched; `listed` where `related` alone reads it."""
        relation = relations(at.model)[name]
        path = f"{at.prefix}{name}"
        if relation.many_to_one or relation.one_to_one:
            at.plan.joins.add(path)
            return Reached(at.plan, relation.related_model, f"{path}__")
        child = at.plan.many.setdefault(path, Plan(relation.related_model))
        if not listed:
            at.plan.whole.add(path)
        return Reached(child, child.model, "")

    def joined(self, queryset: QuerySet) -> QuerySet:
        """The queryset with what is joined."""
        return queryset.select_related(*sorted(self.joins)) if self.joins else queryset

    def applied(self, queryset: QuerySet) -> QuerySet:
        """The queryset that fetches all of this."""
        prefetches = self.prefetches()
        return self.joined(queryset).prefetch_related(*prefetches) if prefetches else self.joined(queryset)

    def prefetches(self, but: Collection[str] = ()) -> list[Prefetch]:
        """The to-many relations `but` these, each with what is needed below it, and first pages of such."""
        many = [
            Prefetch(path, plan.applied(plan.model._default_manager.all()), self._attribute(path))
            for path, plan in sorted(self.many.items())
            if path not in but
        ]
        return [*many, *self.pages.values()]

    def plain_lists(self) -> dict[str, Any]:
        """Those of the to-many relations whose rows name a row of this model by its key."""
        found = ((path, relations(self.model).get(path)) for path in sorted(self.many))
        return {path: relation for path, relation in found if relation is not None and _is_plain(relation)}

    def read_columns(self) -> set[str]:
        """The columns that resolvers read, of these rows and of those joined."""
        columns = self.columns | {path + self._model_at(path)._meta.pk.name for path in self._paths()}
        for path in self.entire:
            model = self._model_at(path)
            columns |= {path + column.name for column in model._meta.concrete_fields}
        return columns

    def _paths(self) -> list[str]:
        return ["", *(f"{join}__" for join in self.joins)]

    def _model_at(self, path: str) -> type[Model]:
        model = self.model
        for step in path.split("__")[:-1]:
            model = relations(model)[step].related_model
        return model

    def has_pages(self) -> bool:
        """Whether first pages are fetched, as long as a variable says."""
        return bool(self.pages) or any(plan.has_pages() for plan in self.many.values())

    def _attribute(self, path: str) -> str | None:
        return None if path in self.whole else rows_key(path.rpartition("__")[2])


class Reached:
    """Where a walk through the query stands: a model, and the path to it inside a plan."""

    def __init__(self, plan: Plan, model: type[Model], prefix: str):
        self.plan, self.model, self.prefix = plan, model, prefix


@cache
def relations(model: type[Model]) -> dict[str, Any]:
    """A model's relations under the names of their attributes."""
    found = {}
    for field in model._meta.get_fields():
        if field.is_relation and field.related_model:
            accessor = getattr(field, "get_accessor_name", None)
            found[(accessor() if accessor else field.name) or ""] = field
    return found


def _is_plain(relation: Any) -> bool:
    return bool(relation.one_to_many and relation.field.target_field.primary_key)


def read(info: GraphQLResolveInfo, key: Hashable, choose: Callable[..., QuerySet], **given: Any) -> list[Any]:
    """The rows that `choose(**given)` gives, with the relations that the query asks for below this root field.

    Nothing but `key` and the document may have a say in what `choose` does; what is `given` it compares with columns.
    """
    statements = getattr(info.context, "api_statements", None)
    if statements is not None:
        rows = statements.rows((info.path.key, key), lambda: _read_plan(choose, info, given), choose, given)
        if rows is not None:
            return rows
    return list(prefetched(choose(**given), info))


def read_whole(
    info: GraphQLResolveInfo, key: Hashable, choose: Callable[..., QuerySet], **given: Any
) -> list[Any]:
    """The rows that `choose(**given)` gives, whole ones; no relation is fetched with them."""
    statements = getattr(info.context, "api_statements", None)
    rows = statements.rows(key, None, choose, given) if statements is not None else None
    return list(choose(**given)) if rows is None else rows


def _read_plan(
    choose: Callable[..., QuerySet], info: GraphQLResolveInfo, given: dict[str, Any]
) -> Plan | None:
    """What is fetched with the rows; None where first pages are, as long as a variable says."""
    queryset = choose(**given)
    plan = planned(queryset.model, info)
    if plan.has_pages():
        return None
    asked = _below(info, get_named_type(info.return_type), info.field_nodes).values()
    if {nodes[0].name.value for nodes in asked} - {"nodes", "totalCount"}:
        # For cursors: by which the rows are ordered.
        own = {column.name for column in plan.model._meta.concrete_fields}
        plan.columns |= own & {str(term).lstrip("-") for term in queryset.query.order_by}
    return plan


def prefetched(queryset: QuerySet, info: GraphQLResolveInfo) -> QuerySet:
    """The queryset with the relations that the query asks for below this field."""
    return planned(queryset.model, info).applied(queryset)


def prefetched_as(queryset: QuerySet, info: GraphQLResolveInfo, type_: Any) -> QuerySet:
    """The same where the field says no more than an interface: what the query asks of rows of this type."""
    return _planned(queryset.model, info, type_, info.field_nodes).applied(queryset)


def asks_for(info: GraphQLResolveInfo, name: str) -> bool:
    """Whether the query asks each row below this field for a field of this name."""
    return name in _below(info, get_named_type(info.return_type), list(info.field_nodes))


def planned(model: type[Model], info: GraphQLResolveInfo) -> Plan:
    """What the query asks for below this field, for rows that are fetched in a way of their own."""
    return _planned(model, info, info.return_type, info.field_nodes)


def prefetch_for(instances: Iterable[Model], info: GraphQLResolveInfo, name: str) -> None:
    """Give rows that are already here what the query asks for below the field `name` of a payload."""
    rows = list(instances)
    if not rows:
        return
    payload = get_named_type(info.return_type)
    asked = _below(info, payload, info.field_nodes)
    for nodes in asked.values():
        if nodes[0].name.value == name:
            model = rows[0].__class__  # not its type: request.user comes lazily
            plan = _planned(model, info, payload.fields[name].type, nodes)
            fast.prefetch(rows, plan)


def _planned(model: type[Model], info: GraphQLResolveInfo, type_: Any, nodes: list[FieldNode]) -> Plan:
    plan = Plan(model)
    _walk(info, get_named_type(type_), nodes, Reached(plan, model, ""))
    return plan


def _below(info: GraphQLResolveInfo, type_: Any, nodes: list[FieldNode]) -> dict[str, list[FieldNode]]:
    return collect_sub_fields(info.schema, info.fragments, info.variable_values, type_, nodes)


def _walk(info: GraphQLResolveInfo, type_: Any, nodes: list[FieldNode], at: Reached) -> None:
    if not is_object_type(type_):
        return
    model = getattr(type_.graphene_type._meta, "model", None)
    if model is not None and not issubclass(at.model, model):
        return  # an object that does not come from this queryset
    for same in _below(info, type_, nodes).values():
        field = type_.fields.get(same[0].name.value)
        if field is None:
            continue  # __typename
        below = get_named_type(field.type)
        if model is None:
            # Connections, edges and payloads hold the same rows a step further down.
            _walk(info, below, same, at)
            continue
        facts = facts_of(field)
        asks = facts.access is not None and facts.access.allows is not None
        if asks or (facts.columns is None and not facts.relation):
            at.plan.entire.add(at.prefix)
        elif facts.columns and not facts.relation:
            at.plan.columns |= {at.prefix + column for column in facts.columns}
        for path in facts.needs:
            there = at
            for step in path.split("__"):
                there = there.plan.follow(there, step)
                there.plan.entire.add(there.prefix)
        if facts.relation and facts.is_connection:
            _first_page(info, field, same, at)
        elif facts.relation:
            there = at.plan.follow(at, facts.relation, listed=True)
            if facts.columns is None:
                there.plan.entire.add(there.prefix)
            else:
                there.plan.columns |= {there.prefix + column for column in facts.columns}
            _walk(info, below, same, there)


def page_key(key: str) -> str:
    """The attribute under which rows carry the first page that was asked for as `key`."""
    return f"page_of_{key.encode().hex()}"


def _first_page(info: GraphQLResolveInfo, field: Any, same: list[FieldNode], at: Reached) -> None:
    """Fetch the first page of a relation for all parents at once; any other page is read parent by parent."""
    facts = facts_of(field)
    assert facts.relation and facts.order_of
    try:
        given = get_argument_values(field, same[0], info.variable_values)
    except GraphQLError:
        return  # the field itself will say so
    size = given.get("first")
    if set(given) - {"first", "sort"} or not isinstance(size, int) or not 0 <= size <= 100:
        return
    child = Plan(relations(at.model)[facts.relation].related_model)
    _walk(info, get_named_type(field.type), same, Reached(child, child.model, ""))
    rows = child.applied(child.model._default_manager.order_by(*facts.order_of(given)))
    key = (same[0].alias or same[0].name).value
    # One row more than asked for tells whether another page follows.
    path = f"{at.prefix}{facts.relation}"
    at.plan.pages[f"{path} {key}"] = Prefetch(path, rows[: size + 1], to_attr=page_key(key))
