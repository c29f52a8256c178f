"""The contest and its board."""

from typing import Any

import graphene

from accounts.models import Region
from contest.api.figures import ContestFigures, definition_of
from contest.models import Registration
from contest.reads import board as reads
from core.api.access import HELD, PUBLIC
from core.api.facts import A_MOMENT, cache_tags, guarded
from core.api.types import BigInt, ModelType, PlainType, enum_of, list_of, type_of, worded_enum
from core.language import localized
from impact.models import Entry, Round

MOST_ROWS = 100
# Which round; the nearest of those that this may mean.
OF_A_ROUND = {
    "edition": graphene.Argument(
        graphene.String, description="Its edition's short name; of today, when left out."
    ),
    "level": graphene.Argument(enum_of(Round, "level"), description="Its level."),
    "region": graphene.Argument(graphene.String, description="Its province's code."),
}


def _words(texts: dict[str, str], whole: str) -> Any:
    return lambda value: whole if value is None else texts[value.value]


BoardBy = graphene.Enum.from_enum(
    reads.By,
    name="BoardBy",
    description=_words(
        {"entry": "One row an entry.", "division": "One row a division."}, "What a row of the board is."
    ),
)
BoardSort = graphene.Enum.from_enum(
    reads.Sort,
    name="BoardSort",
    description=_words(
        {
            sort.value: "How many teams take part."
            if sort is reads.Sort.ENTRIES
            else definition_of(sort.value.removesuffix("_minor"))
            for sort in reads.Sort
        },
        "By which figure the board is ranked.",
    ),
)


class FigureDefinition(PlainType):
    """How a figure is counted."""

    class Meta:
        access = HELD

    figure = graphene.String(required=True, description='The figure\'s key, e.g. "net".')
    words = graphene.String(required=True, description="How it is counted, in the reader's language.")


class RoundType(ModelType):
    """One level of a contest; its phase follows the trade's clock."""

    class Meta:
        model = Round
        fields = ("level", "opens_at", "closes_at", "freezes_at")
        access = HELD
        about = {
            "level": "Provincial or national.",
            "opens_at": "Purchases placed from here on count,",
            "closes_at": "until here (not counting this moment),",
            "freezes_at": "if they are paid before this; refunds reduce the figures until this too.",
        }

    name = graphene.String(required=True, description="Its level in the reader's language.")
    phase = graphene.Field(
        worded_enum(Round.Phase, "RoundPhase", "Where a round stands."),
        required=True,
        description="Where it stands now.",
    )
    phase_name = graphene.String(required=True, description="The same in the reader's language.")
    days_left = graphene.Int(required=True, description="Days until it closes; 0 when it has.")

    registration_opens_at = graphene.DateTime(description="Teams may apply from here on; null: not planned.")
    registration_closes_at = graphene.DateTime(description="Until here; null: not planned.")
    judging_closes_at = graphene.DateTime(
        description="Sheets are opened together after it; null: not planned."
    )
    objections_close_at = graphene.DateTime(description="The result is final no sooner; null: not planned.")

    def resolve_registration_opens_at(root, info):
        """As it is planned."""
        return reads.planned(root, "registration_opens_at")

    def resolve_registration_closes_at(root, info):
        """As it is planned."""
        return reads.planned(root, "registration_closes_at")

    def resolve_judging_closes_at(root, info):
        """As it is planned."""
        return reads.planned(root, "judging_closes_at")

    def resolve_objections_close_at(root, info):
        """As it is planned."""
        return reads.planned(root, "objections_close_at")

    def resolve_name(root, info):
        """What its level is called, in the reader's language; a round has no name of its own."""
        return str(Round.Level(root.level).words)

    def resolve_phase(root, info):
        """A member of Round.Phase, computed from the trade's clock: it is stored nowhere."""
        return root.phase(reads.clock.now())

    def resolve_phase_name(root, info):
        """The phase of this moment in the reader's language."""
        return str(root.phase(reads.clock.now()).words)

    def resolve_days_left(root, info):
        """Whole days to its close by the trade's clock, a begun one counted; 0 from then on."""
        return reads.days_left(root)


class Contest(PlainType):
    """The contest of today: an edition and its round."""

    class Meta:
        access = HELD

    slug = graphene.String(required=True, description="Its short name in addresses.")
    name = graphene.String(required=True, description="Its name in the reader's language.")
    theme = graphene.String(required=True, description="Its theme; may be empty.")
    round = graphene.Field(RoundType, required=True, description="The round of today.")
    totals = graphene.Field(
        ContestFigures, required=True, description="The round's figures, each person counted once."
    )
    definitions = list_of(FigureDefinition, most=10, description="How each figure is counted.")

    def resolve_slug(root: Round, info):
        """Of the edition that the round belongs to: it stays the same through all its rounds."""
        return root.edition.slug

    def resolve_name(root: Round, info):
        """The edition's in the reader's language; Chinese where it has no English."""
        return localized(root.edition, "name")

    def resolve_theme(root: Round, info):
        """The edition's in the reader's language; empty where it has none."""
        return localized(root.edition, "theme")

    def resolve_round(root: Round, info):
        """The root itself: a Contest is made of the round of today."""
        return root

    def resolve_totals(root: Round, info):
        """Sums live, counts as last disclosed: null where there are fewer than ten."""
        return reads.totals(root)

    def resolve_definitions(root: Round, info):
        """From where they are computed."""
        return [
            {"figure": _camel(key), "words": str(words)} for key, words in reads.definitions(root).items()
        ]


class EntryType(ModelType):
    """A team's part in a round."""

    class Meta:
        model = Entry
        fields = ("number", "team")
        access = HELD
        about = {"number": "Its number in the contest.", "team": "Whose it is."}


class BoardRow(PlainType):
    """A place on the board."""

    class Meta:
        access = HELD

    rank = graphene.Int(description="Equal figures share a rank; null of a team out of competition.")
    out = graphene.String(
        description="Why a team has no rank, in the reader's language: withdrawn, suspended or disqualified; else null."
    )
    entry = graphene.Field(EntryType, description="The entry; null where the row is a division.")
    division = graphene.Field(lambda: type_of(Region), required=True, description="Where it is.")
    figures = graphene.Field(ContestFigures, required=True, description="Its figures.")
    value = BigInt(required=True, description="The figure by which it is ranked; of money in fen.")
    platforms = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="On which outside platforms it is sold too, in the reader's language.",
        resolver=lambda root, info: [localized(one.source, "name") for one in root.platforms],
    )
    platform_urls = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="Where, in the same order; empty where no address is known.",
        resolver=lambda root, info: [one.url for one in root.platforms],
    )

    def resolve_out(root, info):
        """The state of its registration, unless it competes."""
        state = reads.state_of(root.entry) if root.entry else Registration.State.LIVE
        return None if state == Registration.State.LIVE else str(Registration.State(state).words)


class Board(PlainType):
    """All entries or divisions of the round of today, ranked."""

    class Meta:
        access = HELD

    rows = list_of(BoardRow, most=MOST_ROWS, description="The highest first; those without a sale are on it.")
    row_count = graphene.Int(
        required=True, description="How many rows it has in all: `skip` leads to the others."
    )
    number = graphene.Int(
        description="Once frozen, the last support that was folded; null before: it would count the purchases."
    )
    as_of = graphene.DateTime(description="When a sum that is told last moved; null before the first.")
    counted_on = graphene.Date(description="The day as of whose 04:00 the counts are told; null before.")


def _camel(key: str) -> str:
    first, *rest = key.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _board(
    root: Any, info: Any, by: Any, sort: Any, first: int | None = None, skip: int = 0, **which: Any
) -> reads.Board | None:
    found = reads.round_called(**which)
    if found is None:
        return None
    made = reads.board(found, reads.By(by.value), reads.Sort(sort.value))
    made.row_count = len(made.rows)
    made.rows = made.rows[max(0, skip or 0) :][: MOST_ROWS if first is None else max(0, first)]
    return made


class Query:
    """What may be read of the contest."""

    contest = cache_tags(
        guarded(
            graphene.Field(
                Contest,
                args=OF_A_ROUND,
                resolver=lambda root, info, **which: reads.round_called(**which),
                description="The contest of today, or the one that is named; null where there is none.",
            ),
            PUBLIC,
            cost=3,
        ),
        "contest",
        seconds=A_MOMENT,
    )
    board = cache_tags(
        guarded(
            graphene.Field(
                Board,
                args={
                    **OF_A_ROUND,
                    "by": graphene.Argument(
                        BoardBy, default_value=reads.By.ENTRY, description="Entries or divisions."
                    ),
                    "sort": graphene.Argument(
                        BoardSort, default_value=reads.Sort.NET, description="By what."
                    ),
                    "first": graphene.Argument(
                        graphene.Int, description="How many rows; a hundred, when left out."
                    ),
                    "skip": graphene.Argument(
                        graphene.Int, description="So many rows at its top are left out.", default_value=0
                    ),
                },
                resolver=_board,
                description="The board of the round of today, or of the one that is named; null where there is none.",
            ),
            PUBLIC,
            cost=10,
        ),
        "contest",
        seconds=A_MOMENT,
    )
