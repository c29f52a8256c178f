"""A team's own results at its desk, and what it says against one."""

from types import SimpleNamespace
from typing import Any

import graphene

from accounts.api.access import whoever_may
from catalog.models import Team
from catalog.reads.teams import desks_of, team_at_desk
from contest.actions import objection as objections
from contest.api.result import ResultRowType, VersionType
from contest.api.result_desk import ObjectionType
from contest.reads import entrant
from contest.reads.board import board
from core import clock
from core.api.access import HELD, SIGNED_IN
from core.api.act import Act
from core.api.facts import guarded
from core.api.ids import global_id, uid_of
from core.api.types import MoneyField, PlainType, list_of, type_of
from core.language import localized
from impact.models import Entry


class OnBoard(PlainType):
    """How an entry stands on the public board of its round: no more than everybody is told."""

    class Meta:
        access = HELD

    rank = graphene.Int(
        description="Its place by amount; equal ones share one. Null where it is out of competition."
    )
    of = graphene.Int(required=True, description="How many entries are on the board.")
    net = MoneyField("net_minor", description="Its net, as the board tells it.")


class OwnEntryType(PlainType):
    """A part of the asker's team in a round, with its place in the result that stands."""

    class Meta:
        access = HELD
        name = "OwnEntry"

    id = graphene.ID(required=True, description="The entry.")
    number = graphene.String(required=True, description="Its number in the contest.")
    edition = graphene.String(required=True, description="Which contest, in the reader's language.")
    edition_slug = graphene.String(required=True, description="Its short name in addresses.")
    level = graphene.String(required=True, description="PROVINCIAL or NATIONAL.")
    level_name = graphene.String(required=True, description="The same in words.")
    result = graphene.Field(VersionType, description="The version that stands; null until one is published.")
    objections_close_at = graphene.DateTime(
        description="Until when the team may object; null without a result."
    )
    row = graphene.Field(ResultRowType, description="Its place there; null without a result.")
    on_board = graphene.Field(
        OnBoard,
        resolver=lambda root, info: _on_board(root.entry),
        description="Its place by amount on the public board; null before the round has begun.",
    )
    may_object = graphene.Boolean(required=True, description="Whether an objection can be filed now.")
    objections = list_of(
        ObjectionType,
        most=50,
        resolver=lambda root, info: root.objections[:50],
        description="What the team said, the last first.",
    )

    def resolve_id(root, info):
        """The entry's own."""
        return global_id("OwnEntry", root.entry.uid)

    def resolve_number(root, info):
        """The entry's own."""
        return root.entry.number

    def resolve_edition(root, info):
        """As the board calls it."""
        return localized(root.entry.round.edition, "name")

    def resolve_edition_slug(root, info):
        """The edition's own."""
        return root.entry.round.edition.slug

    def resolve_level(root, info):
        """By its name."""
        return str(root.entry.round.level).upper()

    def resolve_level_name(root, info):
        """In the reader's language."""
        return str(root.round_name[1])

    def resolve_objections_close_at(root, info):
        """The version's own."""
        return root.result and root.result.objections_close_at


def _on_board(entry: Entry) -> SimpleNamespace | None:
    rows = board(entry.round).rows if entry.round.opens_at <= clock.now() else []
    row = next((row for row in rows if row.entry == entry), None)
    if row is None:
        return None
    return SimpleNamespace(rank=row.rank, of=len(rows), net_minor=row.figures.net_minor)


class ResultDesk(PlainType):
    """A team's results in contests."""

    class Meta:
        access = HELD

    team = graphene.Field(lambda: type_of(Team), required=True, description="Whose.")
    entries = list_of(
        OwnEntryType,
        most=20,
        resolver=lambda root, info: entrant.own_entries(root["team"])[:20],
        description="Its parts in rounds, the last round first.",
    )


def _desk(root: Any, info: Any, team: str | None = None) -> dict[str, Any] | None:
    person = info.context.user
    if team:
        return {"team": team_at_desk(person, entrant.FILE, uid_of(team, "Team", field="team"))}
    first = desks_of(person, entrant.FILE).first()
    return {"team": first} if first else None


class ObjectionFile(Act):
    """Whoever manages an entry's team: say something against the provisional result, until objections close."""

    class Meta:
        access = whoever_may(entrant.FILE, anywhere=True)

    class Input:
        entry = graphene.ID(required=True, description="The team's entry (OwnEntry).")
        words = graphene.String(
            required=True, description="What is wrong, in one's own language: at most 1000 characters."
        )

    objection = graphene.Field(ObjectionType, description="The objection.")

    @classmethod
    def act(cls, request: Any, entry: str, words: str) -> Any:
        """The objection; TOO_LATE outside of the window, CONFLICT while one of the entry's is open."""
        its = entrant.own_entry(request.user, uid_of(entry, "OwnEntry", field="entry"))
        return cls(objection=objections.file(its, request.user, words))


class Query:
    """What a team may read of its results."""

    result_desk = guarded(
        graphene.Field(
            ResultDesk,
            args={
                "team": graphene.Argument(
                    graphene.ID, description="The asker's own team; without it her first."
                )
            },
            resolver=_desk,
            description="The results of a team that the asker manages; null for any other.",
        ),
        SIGNED_IN,
        cost=5,
    )


class Mutation:
    """What a team may say of its results."""

    objection_file = ObjectionFile.Field()
