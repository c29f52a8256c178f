"""A team's way to its first sale, as its own desk sees it."""

from typing import Any

import graphene

from accounts.permissions import permissions_at
from accounts.places import Place
from catalog import reads
from catalog.actions.desk import KEEP
from catalog.api.access import HELD, SIGNED_IN
from catalog.api.desk import TeamProduct
from catalog.going_live import DONE, TO_DO, WAITS, going_live
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.types import PlainType, list_of


class StepState(graphene.Enum):
    """How far a step on the way to the first sale is."""

    class Meta:
        name = "GoingLiveState"

    DONE = DONE
    TO_DO = TO_DO
    WAITS = WAITS

    @property
    def description(self) -> str:
        """In a sentence, for the schema."""
        return {DONE: "It is there.", TO_DO: "The team sees to it.", WAITS: "It is with somebody else."}[
            self.value
        ]


class GoingLiveStep(PlainType):
    """One thing that a team needs before it sells, or that buyers and whoever reviews look for."""

    class Meta:
        access = HELD

    code = graphene.String(required=True, description="Which, for programs: LEADER.")
    title = graphene.String(required=True, description="What is to be done, in the reader's language.")
    state = graphene.Field(StepState, required=True, description="How far it is.")
    lacks = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="What of it is missing, a sentence each.",
    )
    waits_with = graphene.String(description="With whom it is, in words; null unless it waits.")
    since = graphene.DateTime(description="Since when it waits there; null where that was not kept.")
    is_needed = graphene.Boolean(
        required=True, description="Whether no product goes on the shelf without it."
    )
    path = graphene.String(
        description="Where one sees to it, an address below the language; null for whoever may not."
    )

    def resolve_title(root, info):
        """As the list names it."""
        return str(root.words)

    def resolve_lacks(root, info):
        """In the reader's language."""
        return [str(words) for words in root.lacks]

    def resolve_waits_with(root, info):
        """In the reader's language."""
        return str(root.waits_with) if root.waits_with else None

    def resolve_path(root, info):
        """Whoever keeps the listings does not therefore name people."""
        return root.path if root.permission in info.context.going_live_may else None


class GoingLiveType(PlainType):
    """What a team has and lacks on the way to its first sale."""

    class Meta:
        access = HELD
        name = "GoingLive"

    product = graphene.Field(
        TeamProduct, description="Its product that is nearest to the shelf; null until one is begun."
    )
    is_live = graphene.Boolean(required=True, description="Whether something of it is on the shelf.")
    is_complete = graphene.Boolean(
        required=True, description="Whether all that is needed is there, but for the product's review."
    )
    is_over = graphene.Boolean(
        required=True,
        description="Whether something is on the shelf and nothing needed was lost: no list is shown.",
    )
    steps = list_of(GoingLiveStep, most=30, description="All of it, in the order in which one sees to it.")


def _going_live(root: Any, info: Any, team: str | None = None) -> Any:
    person = info.context.user
    its = reads.team_at_desk(person, KEEP, uid_of(team, "Team", field="team")) if team else None
    its = its or reads.desks_of(person, KEEP).select_related("county").first()
    if its is None:
        return None
    info.context.going_live_may = set(permissions_at(person, Place(subject=its.uid)))
    return going_live(its)


class Query:
    going_live = guarded(
        graphene.Field(
            GoingLiveType,
            args={
                "team": graphene.Argument(graphene.ID, description="The team; without it the asker's first.")
            },
            resolver=_going_live,
            description="What a team whose listings the asker keeps needs before it sells; null where she keeps none.",
        ),
        SIGNED_IN,
        cost=20,
    )
