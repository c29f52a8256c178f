"""An entry as anyone may see it: its figures, both channels, what was kept out of its score, and where it came from."""

from typing import Any

import graphene

from accounts.models import Region
from contest.api.adjusted import AdjustedType
from contest.api.channels import EntryChannels
from contest.api.contest import ContestFigures, EntryType, RoundType
from contest.api.integrity import IntegrityCell
from contest.reads.advancing import before_and_after
from contest.reads.board import row_of
from contest.reads.channels import channels as channels_of
from contest.reads.entry import entry_seen
from contest.reads.integrity import cells
from contest.reads.public_result import adjusted
from core.api.access import HELD, PUBLIC
from core.api.facts import A_MOMENT, cache_tags, guarded
from core.api.types import PlainType, enum_of, list_of, type_of
from core.language import localized
from impact.models import Entry, Round

RoundLevel = enum_of(Round, "level")
WHICH = {
    "edition": graphene.Argument(graphene.String, required=True, description="The edition's short name."),
    "number": graphene.Argument(graphene.String, required=True, description="The entry's number in it."),
    "level": graphene.Argument(
        RoundLevel, description="Of which round; its latest that has begun, when left out."
    ),
}


class EntryElsewhere(PlainType):
    """The same team's part in the round before or after."""

    class Meta:
        access = HELD

    edition = graphene.String(required=True, description="The short name of its edition, as in addresses.")
    number = graphene.String(required=True, description="Its number there.")
    level = graphene.Field(RoundLevel, required=True, description="The level of that round.")
    round_name = graphene.String(required=True, description="The same in the reader's language.")

    def resolve_edition(root: Entry, info):
        """Read with it."""
        return root.round.edition.slug

    def resolve_level(root: Entry, info):
        """A member of Round.Level."""
        return Round.Level(root.round.level)

    def resolve_round_name(root: Entry, info):
        """As the board calls it."""
        return str(Round.Level(root.round.level).words)


class ContestEntry(PlainType):
    """An entry with its round, and its figures as they are told now."""

    class Meta:
        access = HELD

    entry = graphene.Field(EntryType, required=True, description="The entry itself.")
    edition = graphene.String(required=True, description="The short name of its edition, as in addresses.")
    edition_name = graphene.String(required=True, description="The edition's name in the reader's language.")
    round = graphene.Field(RoundType, required=True, description="The round that it is in.")
    division = graphene.Field(lambda: type_of(Region), required=True, description="Where it is.")
    figures = graphene.Field(ContestFigures, required=True, description="Its figures.")
    counted_on = graphene.Date(description="The day as of whose 04:00 the counts are told; null before.")
    channels = graphene.Field(
        EntryChannels,
        required=True,
        resolver=lambda root, info: channels_of(root),
        description="Its net here and on outside platforms, apart and together.",
    )
    integrity = list_of(
        IntegrityCell,
        most=100,
        resolver=lambda root, info: cells(root.round, root)[:100],
        description="What rules of integrity keep out of its score, or hold; empty before the freeze.",
    )
    adjusted = list_of(
        AdjustedType,
        most=3,
        resolver=lambda root, info: adjusted(root.round, root),
        description="What left its purchases since the freeze, by kind: beside the figures, never in them.",
    )
    came_from = graphene.Field(EntryElsewhere, description="Its part in the round that sent it here.")
    went_to = graphene.Field(EntryElsewhere, description="Its part in the round to which it went on.")

    def resolve_came_from(root: Entry, info):
        """Null where no round sent it."""
        return _ways(root)[0]

    def resolve_went_to(root: Entry, info):
        """Null where it went to none."""
        return _ways(root)[1]

    def resolve_entry(root: Entry, info):
        """The row itself."""
        return root

    def resolve_edition(root: Entry, info):
        """Its round's."""
        return root.round.edition.slug

    def resolve_edition_name(root: Entry, info):
        """Chinese where it has no English."""
        return localized(root.round.edition, "name")

    def resolve_division(root: Entry, info):
        """The team's."""
        return root.team.division

    def resolve_figures(root: Entry, info):
        """Sums live, counts as last disclosed."""
        return row_of(root).figures

    def resolve_counted_on(root: Entry, info):
        """By what was disclosed of it last."""
        disclosure = getattr(root, "disclosure", None)
        return disclosure and disclosure.day


def _ways(entry: Entry) -> tuple[Entry | None, Entry | None]:
    """Both are read together, once an answer."""
    if not hasattr(entry, "ways"):
        entry.ways = before_and_after(entry)
    found: tuple[Entry | None, Entry | None] = entry.ways
    return found


def named_entry(root: Any, info: Any, edition: str, number: str, level: Any = None) -> Entry | None:
    """By its edition, its number and, where that is said, its level; None of one that takes no part."""
    return entry_seen(edition, number, level and level.value)


class Query:
    """What may be read of one entry."""

    contest_entry = cache_tags(
        guarded(
            graphene.Field(
                ContestEntry,
                args=WHICH,
                resolver=named_entry,
                description="An entry that takes part; null for any other.",
            ),
            PUBLIC,
            cost=3,
        ),
        "contest",
        seconds=A_MOMENT,
    )
