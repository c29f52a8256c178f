"""Things asked for by their ids alone, as clients do that keep what they have read: behind each thing's own door.

An id says of what kind it is, so what is asked of one kind is read at once, however many they are. Who may see it is
said by the rows that the kind's own root field gives, and by that field's rule and scopes: there is no second answer.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from uuid import UUID

import graphene
from django.db.models import QuerySet
from graphql import GraphQLResolveInfo

from core.api.access import PUBLIC
from core.api.facts import facts_of, guarded, mark
from core.api.ids import kind_and_key, uid_of
from core.api.lookahead import prefetched_as
from core.api.scopes import demand
from core.language import say
from core.refusals import Invalid, InvalidId

MOST = 50
TOO_MANY = say(f"一次最多问 {MOST} 个编号。", f"Ask for at most {MOST} ids at a time.")
# As the dearest of the doors.
COST = 10


class Node(graphene.Interface):
    """What can be asked for by its id alone, by `node` and `nodes`."""

    id = graphene.ID(required=True, description="Opaque id, the same for ever.")

    @classmethod
    def resolve_type(cls, instance: Any, info: GraphQLResolveInfo) -> Any:
        """As its door has said: over one model there are several types."""
        return getattr(info.schema.type_map[instance.node_kind], "graphene_type", None)


@dataclass(frozen=True)
class Door:
    """By which root field a type is opened, and which of these things whoever asks there is given."""

    root: str
    rows: Callable[[Any, list[UUID]], Iterable[Any]]
    uid: Callable[[Any], UUID] = attrgetter("uid")


DOORS: dict[str, Door] = {}


def _node(root: Any, info: GraphQLResolveInfo, id: str) -> Any:
    return _opened(info, [_named(id, ("id",))])[0]


def _nodes(root: Any, info: GraphQLResolveInfo, ids: list[str]) -> list[Any]:
    if len(ids) > MOST:
        raise Invalid(TOO_MANY, field=("ids",))
    return _opened(info, [_named(id, ("ids", str(at))) for at, id in enumerate(ids)])


def _named(id: str, field: tuple[str, ...]) -> tuple[str, UUID]:
    kind, _ = kind_and_key(id, field=field)
    if kind not in DOORS:
        raise InvalidId(field=field)
    return kind, uid_of(id, kind, field=field)


def _opened(info: GraphQLResolveInfo, wanted: list[tuple[str, UUID]]) -> list[Any]:
    """What was asked for, in that order; None alike for what is not there and what the asker may not see."""
    found: dict[tuple[str, UUID], Any] = {}
    for kind in dict.fromkeys(kind for kind, _ in wanted):
        door = DOORS[kind]
        demand(info.context, door.root)
        if _is_closed(info, door):
            continue
        rows = door.rows(info.context, list(dict.fromkeys(uid for of, uid in wanted if of == kind)))
        if isinstance(rows, QuerySet):
            rows = prefetched_as(rows, info, info.schema.type_map[kind])
        for row in rows:
            row.node_kind = kind
            found[kind, door.uid(row)] = row
    return [found.get(one) for one in wanted]


def _is_closed(info: GraphQLResolveInfo, door: Door) -> bool:
    query = info.schema.query_type
    rule = facts_of(query.fields[door.root]).access if query else None
    return rule is None or bool(rule.allows and not rule.allows(info.context, None))


class Query:
    """Anything that has a door of its own, by its id."""

    node = guarded(
        graphene.Field(
            Node,
            args={"id": graphene.Argument(graphene.ID, required=True, description="The id of a Node.")},
            resolver=_node,
            description="The thing with this id, to whom its own root field shows it; else null.",
        ),
        PUBLIC,
        cost=COST,
    )
    nodes = mark(
        guarded(
            graphene.Field(
                graphene.List(Node),
                required=True,
                args={
                    "ids": graphene.Argument(
                        graphene.List(graphene.NonNull(graphene.ID)),
                        required=True,
                        description=f"Ids of Nodes, at most {MOST}.",
                    )
                },
                resolver=_nodes,
                description="The things with these ids, in their order; null where `node` says null.",
            ),
            PUBLIC,
            cost=COST,
        ),
        most=MOST,
    )
