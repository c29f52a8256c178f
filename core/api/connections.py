"""Relay connections: pages by keyset, `nodes` beside `edges`, a count only where it is asked for."""

from collections.abc import Callable, Hashable, Sequence
from functools import cache, partial
from typing import Any

import graphene
from django.db.models import QuerySet
from django.utils.functional import cached_property

from core.api import cursors
from core.api.access import HELD
from core.api.facts import mark
from core.api.lookahead import page_key, prefetched, read
from core.api.types import PlainType
from core.language import say
from core.refusals import Invalid

MOST = 100
COUNT_COST = 10
# A page takes a statement for each parent that it stands below, unless it follows a relation and is fetched for all
# parents at once: some 0.7 ms each, as long as ten columns of ten rows.
PAGE_COST = 10

Order = Sequence[str] | dict[str, Sequence[str]]


class PageInfo(PlainType):
    """Where a page stands in its list."""

    class Meta:
        access = HELD

    has_next_page = graphene.Boolean(required=True, description="Whether more follows after this page.")
    has_previous_page = graphene.Boolean(required=True, description="Whether something comes before it.")
    start_cursor = graphene.String(description="The cursor of the first row; null on an empty page.")
    end_cursor = graphene.String(description="The cursor of the last row; null on an empty page.")


class Page:
    """One page of a queryset, read when its rows are asked for."""

    def __init__(
        self,
        choose: Callable[..., QuerySet],
        name: str,
        order: Sequence[str],
        paging: dict[str, Any],
        fetched: list[Any] | None = None,
        read: Callable[[Callable[..., QuerySet]], list[Any]] = lambda choose: list(choose()),
    ):
        self.choose, self.name, self.order, self.paging, self.fetched = choose, name, order, paging, fetched
        self.size, self.forward = _size(paging)
        self.read = read

    @cached_property
    def _rows(self) -> tuple[list[Any], bool]:
        if self.fetched is not None:
            return self.fetched[: self.size], len(self.fetched) > self.size
        found = self.read(self._chosen)
        kept = found[: self.size]
        return (kept if self.forward else kept[::-1]), len(found) > self.size

    def _chosen(self, **compared: Any) -> QuerySet:
        """One row more than the page has: it tells whether another page follows."""
        rows = self.choose(**compared)
        if after := self.paging.get("after"):
            rows = cursors.beyond(rows, self.order, cursors.read(after, self.name, rows, self.order, "after"))
        if before := self.paging.get("before"):
            ends = cursors.read(before, self.name, rows, self.order, "before")
            rows = cursors.beyond(rows, cursors.reverse(self.order), ends)
        order = self.order if self.forward else cursors.reverse(self.order)
        return rows.order_by(*order)[: self.size + 1]

    @property
    def nodes(self) -> list[Any]:
        """The rows of the page."""
        return self._rows[0]

    @property
    def edges(self) -> list[dict[str, Any]]:
        """The rows with their cursors."""
        return [{"node": row, "cursor": cursors.write(self.name, row, self.order)} for row in self.nodes]

    @property
    def page_info(self) -> dict[str, Any]:
        """Whether rows come before and behind the page, and the cursors of its ends; null where it is empty."""
        rows, more = self._rows
        return {
            "has_next_page": more if self.forward else bool(self.paging.get("before")),
            "has_previous_page": bool(self.paging.get("after")) if self.forward else more,
            "start_cursor": cursors.write(self.name, rows[0], self.order) if rows else None,
            "end_cursor": cursors.write(self.name, rows[-1], self.order) if rows else None,
        }

    @property
    def total_count(self) -> int:
        """How many rows the whole list has."""
        return self.choose().order_by().count()


def _size(paging: dict[str, Any]) -> tuple[int, bool]:
    first, last = paging.get("first"), paging.get("last")
    size = first if last is None else last
    if size is None or (first is not None and last is not None) or not 0 <= size <= MOST:
        words = say("请用 first 或 last 指定 0 到 {n} 条。", "Give first or last, from 0 to {n}.", n=MOST)
        raise Invalid(words, field="first" if last is None else "last")
    return size, last is None


@cache
def connection_of(node: type) -> type[PlainType]:
    """The connection type over a node type."""
    name = node._meta.name
    edge = type(
        f"{name}Edge",
        (PlainType,),
        {
            "Meta": type("Meta", (), {"access": HELD, "description": f"A {name} and its place in a list."}),
            "cursor": graphene.String(required=True, description="Its place, for `after` and `before`."),
            "node": graphene.Field(node, required=True, description=f"The {name}."),
        },
    )
    body = {
        "Meta": type("Meta", (), {"access": HELD, "description": f"A page of a list of {name}."}),
        "edges": mark(_list(edge, "The page's rows with their cursors."), most=MOST),
        "nodes": mark(_list(node, "The page's rows."), most=MOST),
        "page_info": graphene.Field(PageInfo, required=True, description="Where the page stands."),
        "total_count": mark(
            graphene.Int(required=True, description="The length of the whole list; costly, ask seldom."),
            cost=COUNT_COST,
        ),
    }
    return type(f"{name}Connection", (PlainType,), body)


def _list(type_: Any, text: str) -> graphene.Field:
    return graphene.Field(graphene.List(graphene.NonNull(type_)), required=True, description=text)


def connection_field(
    node: Any,
    resolver: Callable[..., QuerySet] | None = None,
    order: Order = ("-id",),
    *,
    description: str,
    sort: str = "",
    cost: int | None = None,
    relation: str | None = None,
    same_for: Callable[[], Hashable] | None = None,
    compared: Sequence[str] = (),
    **arguments: Any,
) -> graphene.Field:
    """A list by pages: `connection_field(ProductType, products, order=("-published_at", "-id"), …)`.

    `resolver(root, info, **arguments)` gives a queryset; ordering, paging and look-ahead are done here.
    The terms of an order are columns or annotations that are never null, the last one unique. An order of
    several, `{"NEWEST": (…), "CHEAPEST": (…)}`, becomes the argument `sort`, an enum named by `sort`; its
    first is the default. `node` is a type, or a function that gives one. With `relation="reviews"` in place
    of a resolver it pages through a relation of its parent, and first pages are fetched for all parents at
    once; the relation must then be one that whoever sees the parent may see in full. With `same_for` a resolver
    says that its queryset depends on its arguments, on what this gives and on nobody who asks: its SQL is kept.
    Arguments that it only compares with columns are named in `compared`: its SQL is the same for all of them.
    """
    orders = order if isinstance(order, dict) else {"": order}
    default = next(iter(orders))
    if sort:
        arguments["sort"] = graphene.Argument(sort_enum(sort, tuple(orders)), description="The order.")

    def name_of(given: dict[str, Any]) -> str:
        chosen = given.get("sort") if sort else None
        return default if chosen is None else chosen.value

    def resolve(root: Any, info: Any, **given: Any) -> Page:
        paging = {name: given.pop(name, None) for name in ("first", "after", "last", "before")}
        name = name_of(given)
        if sort:
            given.pop("sort", None)
        _size(paging)
        if relation is None:
            assert resolver, "a connection has a resolver or a relation"
            if same_for is None or root is not None or paging["after"] or paging["before"]:
                chosen = prefetched(resolver(root, info, **given), info)
                return Page(lambda: chosen, name, orders[name], paging)
            choose = partial(resolver, root, info, **given)
            values = {one: given.pop(one) for one in compared}
            key = name, paging["first"], paging["last"], repr(sorted(given.items())), same_for()
            return Page(choose, name, orders[name], paging, read=partial(read, info, key, **values))
        return _page_of(root, relation, info, name, orders[name], paging)

    args = {**arguments, **_paging()}
    of = partial(_connection, node)
    return mark(
        graphene.Field(of, required=True, resolver=resolve, description=description, args=args),
        is_connection=True,
        cost=cost or (1 if relation else PAGE_COST),
        relation=relation,
        order_of=lambda given: orders[name_of(given)],
    )


def _page_of(
    root: Any, relation: str, info: Any, name: str, order: Sequence[str], paging: dict[str, Any]
) -> Page:
    """A page of a relation: the one that was fetched for all parents, or one that is read for this one."""
    fetched = getattr(root, page_key(info.path.key), None)
    rows = getattr(root, relation).all()
    chosen = rows if fetched is not None else prefetched(rows, info)
    return Page(lambda: chosen, name, order, paging, fetched)


def _connection(node: Any) -> type[PlainType]:
    return connection_of(node if isinstance(node, type) else node())


def _paging() -> dict[str, graphene.Argument]:
    size = f"How many rows, at most {MOST}; one of `first` and `last` is required."
    return {
        "first": graphene.Argument(graphene.Int, description=size),
        "after": graphene.Argument(graphene.String, description="Only rows after this cursor."),
        "last": graphene.Argument(graphene.Int, description=f"{size} Counted from the end."),
        "before": graphene.Argument(graphene.String, description="Only rows before this cursor."),
    }


@cache
def sort_enum(name: str, keys: tuple[str, ...]) -> type[graphene.Enum]:
    """The enum of a list's orders, the same for every list that names it so."""
    return graphene.Enum(name, [(key, key) for key in keys], description=_describe_order)


def _describe_order(value: Any) -> str:
    if value is None:
        return "An order of the list."
    return f"{value.value.replace('_', ' ').capitalize()} first."
