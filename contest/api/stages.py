"""The stages of a round: told to everybody with whom each lets on, arranged and drawn up at the organiser's desk."""

from typing import Any

import graphene

from contest.actions import stage as stages
from contest.actions import stage_list as lists
from contest.api.calendar import requested_round
from contest.api.contest import BoardRow, EntryType, RoundType
from contest.api.office import KEEPS
from contest.api.organiser import KEEPS_IT, OrganiserRoundType, add_to_round
from contest.api.result import ResultRowType
from contest.models import ResultRow, Stage, StagePlace
from contest.reads.board import Row
from contest.reads.stage import desk_of, going_on, how_far
from core import clock
from core.api.access import HELD
from core.api.act import Act
from core.api.facts import guarded
from core.api.types import Localized, ModelType, PlainType, enum_of, list_of


class StageType(ModelType):
    """A part of a round with a scoring of its own."""

    class Meta:
        model = Stage
        access = HELD
        fields = ("number", "kind", "picks", "opens_at", "closes_at")
        about = {
            "number": "Its place in the round, from 1.",
            "kind": "What picks: a score, or a panel.",
            "picks": "How many go on, of those that the stage before let on.",
            "opens_at": "When it begins.",
            "closes_at": "When it ends.",
        }

    name = Localized("name", description="Its name in the reader's language.")
    name_zh = graphene.String(required=True, description="Its name in Chinese.")
    name_en = graphene.String(required=True, description="Its name in English.")
    kind_name = graphene.String(required=True, description="Its kind in the reader's language.")
    rulebook_version = graphene.Int(description="The rulebook it is scored by; null: the round's own.")

    def resolve_kind_name(root, info):
        """In the reader's language."""
        return str(Stage.Kind(root.kind).words)

    def resolve_rulebook_version(root, info):
        """Stages are read with their rulebooks."""
        return root.rulebook and root.rulebook.version


class PublicStageType(StageType):
    """A stage of a round as everybody may know it."""

    class Meta:
        model = Stage
        main = False
        name = "PublicStage"
        access = HELD
        fields = ("number", "kind", "picks", "opens_at", "closes_at")
        about = {
            "number": "Its place in the round, from 1.",
            "kind": "What picks: a score, or a panel.",
            "picks": "How many go on, of those that the stage before let on.",
            "opens_at": "When it begins.",
            "closes_at": "When it ends.",
        }

    goes_on = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="The numbers of the entries that it lets on, in their order: of a stage that another follows, once its "
        "list is drawn up. Ranks and figures are told with the result.",
    )

    def resolve_goes_on(root, info):
        """By the list that stands."""
        standing = [row for row in root.lists.all() if row.snapshot.voided_at is None]
        return list(going_on(standing[-1]).values_list("entry__number", flat=True)) if standing else []


def _stage(row: Row) -> str | None:
    words = row.board.reached.get(row.entry.pk) if row.board and row.entry else None
    return str(words) if words else None


RoundType._meta.fields["stages"] = list_of(
    PublicStageType,
    most=stages.MOST_STAGES,
    resolver=lambda root, info: list(
        root.stages.select_related("rulebook").prefetch_related("lists__snapshot")
    ),
    description="Its parts that are scored each by itself, in their order; none where it is of one piece.",
)
BoardRow._meta.fields["stage"] = graphene.Field(
    graphene.String,
    resolver=lambda root, info: _stage(root),
    description="Into which stage of its round the entry has come, in words; null before a list lets it on.",
)
ResultRowType._meta.fields["passed"] = graphene.Field(
    graphene.Int,
    resolver=lambda root, info: root.passed,
    description="How many stages of its round have picked it; null of a round of one piece, and of one that is out.",
)
ResultRowType._meta.fields["reached"] = graphene.Field(
    graphene.String,
    resolver=lambda root, info: (
        None if root.passed is None else str(how_far(root.result.stages, root.passed))
    ),
    description="How far it has come, in words; null where `passed` is.",
)
ResultRowType._meta.fields["mark"] = graphene.Field(
    graphene.String,
    resolver=lambda root, info: None if root.mark is None else str(root.mark),
    description="What the last stage gave it: the panel's mark or its score there, with four decimals; null of one that "
    "did not come so far.",
)


class StagePlaceType(ModelType):
    """An entry's place in a stage that another follows."""

    class Meta:
        model = StagePlace
        key = "pk"
        access = HELD
        fields = ("rank", "goes_on")
        about = {"rank": "From 1; null for whoever is out of competition.", "goes_on": "Whether it goes on."}

    entry = graphene.Field(EntryType, required=True, description="Whose it is.")
    points = graphene.String(
        description="Its score by the stage's rules, with four decimals; null of one that is out."
    )
    out_name = graphene.String(description="Why it is out, in words; null of one in competition.")

    def resolve_entry(root, info):
        """Read with it."""
        return root.entry

    def resolve_points(root, info):
        """Exactly as it was hashed."""
        return None if root.points is None else str(root.points)

    def resolve_out_name(root, info):
        """In the reader's language."""
        return str(ResultRow.Out(root.out).words) if root.out else None


class StageDeskType(PlainType):
    """A stage that another follows, for whoever keeps the round: who goes on from it."""

    class Meta:
        access = HELD
        name = "StageDesk"

    number = graphene.Int(required=True, description="Its place in the round.")
    name = graphene.String(required=True, description="Its name in the reader's language.")
    version = graphene.Int(description="Which list stands; null before one is drawn up.")
    drawn_at = graphene.DateTime(description="When that was drawn up.")
    sha256 = graphene.String(description="Of the canonical JSON of its head and places.")
    can_draw = graphene.Boolean(
        required=True, description="Whether it can be drawn up now, anew for whoever has left or come back."
    )
    places = list_of(StagePlaceType, most=500, description="By rank, then those who are out of competition.")


add_to_round(
    stages=guarded(
        list_of(
            StageType,
            most=stages.MOST_STAGES,
            resolver=lambda root, info: list(root.stages.select_related("rulebook")),
            description="Its parts that are scored each by itself, in their order; none where it is of one piece.",
        ),
        KEEPS_IT,
    ),
    stage_lists=guarded(
        list_of(
            StageDeskType,
            most=stages.MOST_STAGES - 1,
            resolver=lambda root, info: desk_of(root),
            description="Who goes on from each stage that another follows.",
        ),
        KEEPS_IT,
    ),
)


class StageSave(Act):
    """Whoever keeps the contest: give a round that has not begun a stage, or write one anew."""

    class Meta:
        access = KEEPS

    class Input:
        round = graphene.ID(required=True, description="The round.")
        number = graphene.Int(required=True, description="Its place in the round, from 1.")
        kind = graphene.InputField(enum_of(Stage, "kind"), required=True, description="What picks.")
        name_zh = graphene.String(required=True, description="Its name in Chinese.")
        name_en = graphene.String(required=True, description="Its name in English.")
        picks = graphene.Int(required=True, description="How many go on; fewer than before it.")
        opens_at = graphene.DateTime(
            required=True, description="When it begins; without a zone, in Shanghai."
        )
        closes_at = graphene.DateTime(required=True, description="When it ends.")
        rulebook_version = graphene.Int(
            description="The rulebook it is scored by; the round's own, when left out."
        )

    stage = graphene.Field(StageType, description="The stage.")

    @classmethod
    def act(cls, request: Any, round: str, kind: Any, name_zh: str, name_en: str, **given: Any) -> Any:
        """The stage; INVALID where it does not fit between the others, TOO_LATE once the round has begun."""
        times: dict[str, Any] = {
            name: clock.in_shanghai(given.pop(name)) for name in ("opens_at", "closes_at")
        }
        its = requested_round(request, round)
        made = stages.save_stage(
            its, request.user, kind=kind.value, name=(name_zh, name_en), **given, **times
        )
        return cls(stage=made)


class StageRemove(Act):
    """Whoever keeps the contest: take the last stage of a round away that has not begun."""

    class Meta:
        access = KEEPS

    class Input:
        round = graphene.ID(required=True, description="The round.")
        number = graphene.Int(required=True, description="Its place in the round.")

    round = graphene.Field(OrganiserRoundType, description="The round.")

    @classmethod
    def act(cls, request: Any, round: str, number: int) -> Any:
        """The round; INVALID where it is not the last, TOO_LATE once the round has begun."""
        its = requested_round(request, round)
        stages.remove_stage(its, number, request.user)
        return cls(round=its)


class StageDraw(Act):
    """Whoever keeps the round and is of none of its teams: draw up who goes on from a stage, from the figures at the freeze."""

    class Meta:
        access = KEEPS

    class Input:
        round = graphene.ID(required=True, description="The round.")
        number = graphene.Int(required=True, description="The stage's place in the round.")

    round = graphene.Field(OrganiserRoundType, description="The round.")

    @classmethod
    def act(cls, request: Any, round: str, number: int) -> Any:
        """The round; INVALID of the last stage, TOO_LATE before the freeze and when the next stage has begun, CONFLICT
        while the stage before has no list."""
        its = requested_round(request, round)
        lists.draw(its, number, request.user)
        return cls(round=its)


class Mutation:
    """What is done about a round's stages."""

    stage_save = StageSave.Field()
    stage_remove = StageRemove.Field()
    stage_draw = StageDraw.Field()
