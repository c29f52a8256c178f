"""Results as anybody may read them: each version with its rows, what they were computed from, and its hashes."""

from typing import Any

import graphene

from contest.api.adjusted import AdjustedType, ReExaminationType
from contest.api.contest import Contest, EntryType
from contest.api.rulebook import RuleIndicator, indicator
from contest.models import Result, ResultRow
from contest.reads import keeping
from contest.reads import result as reads
from contest.reads.public_result import adjusted, decided, inputs_shown, ranked_by, values_shown
from contest.reads.reason import reason_in_words
from contest.scoring.checking import MOST_INDICATORS
from core import clock
from core.api.access import HELD, PUBLIC
from core.api.facts import guarded
from core.api.nodes import Door
from core.api.types import ModelType, PlainType, enum_of, list_of
from impact.models import Round

MOST_ROWS, MOST_BESIDE = 100, 200


class ResultFigure(PlainType):
    """An indicator's value, or an input that it was computed from."""

    class Meta:
        access = HELD

    key = graphene.String(required=True, description='Which, for programs: "amount_minor".')
    name = graphene.String(required=True, description="Which, in words.")
    value = graphene.String(
        required=True, description="Exactly: a decimal of four places, or a whole number in its unit."
    )
    unit = graphene.String(
        required=True, description="points, minor (fen), bps (hundredths of a percent) or count."
    )


class ResultRowType(ModelType):
    """An entry's place in a version of a result; who is out of competition has no number."""

    class Meta:
        model = ResultRow
        key = "pk"
        access = HELD
        fields = ("rank", "advances", "out_reason")
        about = {
            "rank": "From 1, without gaps among those in competition; null for whoever is out of it.",
            "advances": "Whether it goes on by its rank.",
            "out_reason": "The words for why it is out; empty for one that is in competition.",
        }

    entry = graphene.Field(EntryType, required=True, description="Whose it is.")
    total = graphene.String(description="0 to 100 with four decimals; null for whoever is out.")
    values = list_of(
        ResultFigure,
        most=MOST_INDICATORS,
        resolver=lambda root, info: values_shown(root),
        description="Its indicators, 0 to 100, in the rulebook's order.",
    )
    points = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="The same values alone, in the order of the result's `indicators`; empty of one that is out.",
        resolver=lambda root, info: [figure.value for figure in values_shown(root)],
    )
    inputs = list_of(
        ResultFigure,
        most=40,
        resolver=lambda root, info: inputs_shown(root),
        description="What they were computed from, as it was frozen and is disclosed.",
    )
    decided_by = graphene.String(
        description="By which rule it stands before or after its neighbour: the total, or a rule for ties."
    )
    out = graphene.String(
        description="WITHDRAWN, SUSPENDED or DISQUALIFIED; null for one that is in competition."
    )
    out_name = graphene.String(description="The same in words.")
    is_picked = graphene.Boolean(required=True, description="Whether the committee picked it to go on.")
    pick_words = graphene.String(required=True, description="The committee's words; empty where it did not.")

    def resolve_entry(root, info):
        """Read with the row."""
        return root.entry

    def resolve_total(root, info):
        """Exactly as it was hashed."""
        return None if root.total is None else str(root.total)

    def resolve_decided_by(root, info):
        """In the reader's language."""
        return decided(root)

    def resolve_out(root, info):
        """By its name."""
        return ResultRow.Out(root.out).name if root.out else None

    def resolve_out_reason(root, info):
        """A person's words, or the shop's in the reader's language."""
        return str(reason_in_words(root.out_reason))

    def resolve_out_name(root, info):
        """In the reader's language."""
        return str(ResultRow.Out(root.out).words) if root.out else None

    def resolve_is_picked(root, info):
        """By what was written down for this version."""
        return root.entry_id in root.result.words_of_picks

    def resolve_pick_words(root, info):
        """As they were written."""
        return root.result.words_of_picks.get(root.entry_id, "")


class VersionType(ModelType):
    """A version of a result, in a line."""

    class Meta:
        model = Result
        main = False
        name = "ResultVersion"
        access = HELD
        fields = ("version", "state", "reason", "sha256", "published_at")
        about = {
            "version": "From 1.",
            "state": "Provisional, final or superseded.",
            "reason": "Why it took the place of the one before; empty of the first.",
            "sha256": "Of the canonical JSON of its head and rows.",
            "published_at": "When it was published.",
        }

    state_name = graphene.String(required=True, description="The state in words.")

    def resolve_state_name(root, info):
        """In the reader's language."""
        return str(Result.State(root.state).words)


class RoundResultType(ModelType):
    """One version of what a round came to, with all that it takes to compute it again."""

    class Meta:
        door = Door("roundResult", lambda request, uids: reads.all_versions().filter(uid__in=uids))
        model = Result
        name = "RoundResult"
        access = HELD
        fields = (
            "version",
            "state",
            "reason",
            "seed",
            "advances",
            "picks",
            "most_a_division",
            "sha256",
            "published_at",
            "objections_close_at",
            "finalised_at",
        )
        about = {
            "version": "From 1.",
            "state": "Provisional, final or superseded.",
            "reason": "Why it took the place of the one before; empty of the first.",
            "seed": "What decides where no other rule does: SHA-256(seed : number), the smallest first.",
            "advances": "So many go on.",
            "picks": "So many of them the committee picks.",
            "most_a_division": "So many of one division by their rank at most; null: as many as there are.",
            "sha256": "Of the canonical JSON of its head and rows.",
            "published_at": "When it was published.",
            "objections_close_at": "Until when its teams may object.",
            "finalised_at": "Since when it is final; null before.",
        }

    state_name = graphene.String(required=True, description="The state in words.")
    edition = graphene.String(required=True, description="Its edition's name in the reader's language.")
    snapshot_sha256 = graphene.String(required=True, description="Of the figures at the freeze.")
    snapshot_number = graphene.Int(required=True, description="The last support that is in them.")
    frozen_at = graphene.DateTime(required=True, description="The freeze.")
    rulebook_version = graphene.Int(required=True, description="The rules by which it was computed.")
    rulebook_sha256 = graphene.String(required=True, description="Of their canonical JSON.")
    rows = list_of(
        ResultRowType,
        most=MOST_ROWS,
        resolver=lambda root, info, by=None, skip=0: ranked_by(root, by)[max(0, skip or 0) :][:MOST_ROWS],
        description="By rank, or by an indicator; then those who are out of competition. A hundred, after those skipped.",
        by=graphene.Argument(
            graphene.String, description="The key of an indicator; the rank, when left out."
        ),
        skip=graphene.Argument(graphene.Int, description="So many at the top are left out."),
    )
    row_count = graphene.Int(
        required=True, description="How many rows it has in all: `skip` leads to the others."
    )
    indicators = list_of(
        RuleIndicator,
        most=12,
        resolver=lambda root, info: rules_of(root),
        description="What the total is made of, in the rulebook's order.",
    )
    adjusted = list_of(
        AdjustedType,
        most=3 * MOST_BESIDE,
        resolver=lambda root, info: adjusted(root.round),
        description="What left the entries' purchases since the freeze, up to now.",
    )
    reexaminations = list_of(
        ReExaminationType,
        most=MOST_BESIDE,
        resolver=lambda root, info: reads.reexaminations(root.round)[:MOST_BESIDE],
        description="What is, or was, looked at once more.",
    )
    versions = list_of(
        VersionType,
        most=50,
        resolver=lambda root, info: reads.versions(root.round)[:50],
        description="All versions, the newest first.",
    )

    def resolve_state_name(root, info):
        """In the reader's language."""
        return str(Result.State(root.state).words)

    def resolve_edition(root, info):
        """As the board calls it."""
        return reads.name_of_edition(root)

    def resolve_row_count(root, info):
        """Those who are out of competition too."""
        return root.rows.count()

    def resolve_snapshot_sha256(root, info):
        """The snapshot's own."""
        return root.snapshot.sha256

    def resolve_snapshot_number(root, info):
        """The fold's."""
        return root.snapshot.number

    def resolve_frozen_at(root, info):
        """By the trade's clock."""
        return root.snapshot.until

    def resolve_rulebook_version(root, info):
        """The snapshot's own."""
        return root.snapshot.rulebook.version

    def resolve_rulebook_sha256(root, info):
        """As it stood at the freeze."""
        return root.snapshot.rulebook_sha256


def rules_of(result: Result) -> list[RuleIndicator]:
    """The indicators of the rules by which it was computed."""
    parameters = result.snapshot.rulebook.parameters
    return [indicator(row, parameters) for row in parameters["indicators"]]


Contest._meta.fields["result"] = graphene.Field(
    RoundResultType,
    # An open round has none: its board asks for nothing more.
    resolver=lambda root, info: (
        reads.published(root) if root.phase(clock.now()) == Round.Phase.FROZEN else None
    ),
    description="What its round came to; null until a result is published.",
)


def _result(
    root: Any, info: Any, edition: str, level: Any, region: str | None = None, version: int | None = None
) -> Result | None:
    round_ = keeping.round_named(edition, level.value, region or None)
    if round_ is None:
        return None
    if version is None:
        return reads.published(round_)
    return reads.versions(round_).filter(version=version).first()


class Query:
    """What anybody may read of results."""

    round_result = guarded(
        graphene.Field(
            RoundResultType,
            args={
                "edition": graphene.Argument(
                    graphene.String, required=True, description="Its edition's short name in addresses."
                ),
                "level": graphene.Argument(
                    enum_of(Round, "level"), required=True, description="Which level."
                ),
                "region": graphene.Argument(
                    graphene.String, description="Its province's code, where a level has a round for each."
                ),
                "version": graphene.Argument(
                    graphene.Int, description="Which version; the one that stands, when left out."
                ),
            },
            resolver=_result,
            description="A round's result; null until one is published.",
        ),
        PUBLIC,
        cost=20,
    )
