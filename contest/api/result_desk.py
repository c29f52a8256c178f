"""Results at the organiser's desk: the freeze, publishing, objections, what is looked at once more."""

from typing import Any

import graphene

from contest.actions import objection as objections
from contest.actions import reexamination as reexaminations
from contest.actions import result as results
from contest.api.adjusted import ReExaminationType
from contest.api.calendar import requested_round
from contest.api.contest import EntryType
from contest.api.office import KEEPS
from contest.api.organiser import KEEPS_IT, OrganiserRoundType, add_to_round
from contest.api.result import RoundResultType
from contest.models import Objection, Result
from contest.reads import result as reads
from contest.reads.result_desk import lacking, objection_of, reexamination_of
from core.api.access import HELD
from core.api.act import Act
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.types import ModelType, PlainType, list_of
from impact.models import Round


class ObjectionType(ModelType):
    """What a team says against a version of a result, and what it was answered."""

    class Meta:
        model = Objection
        access = HELD
        fields = ("state", "words", "filed_at", "answer", "answered_at")
        about = {
            "state": "Whether it is answered, and how.",
            "words": "What the team says.",
            "filed_at": "When.",
            "answer": "The organiser's words; empty until it is answered.",
            "answered_at": "When it was answered.",
        }

    entry = graphene.Field(EntryType, required=True, description="Whose team says it.")
    language = graphene.String(
        required=True, description="In which it is written, and is to be answered: zh or en."
    )
    version = graphene.Int(required=True, description="Against which version of the result.")
    state_name = graphene.String(required=True, description="The state in words.")

    def resolve_entry(root, info):
        """Read with it."""
        return root.entry

    def resolve_language(root, info):
        """That of the page on which it was filed."""
        return root.language

    def resolve_version(root, info):
        """Read with it."""
        return root.result.version

    def resolve_state_name(root, info):
        """In the reader's language."""
        return str(Objection.State(root.state).words)


class ResultsTabType(PlainType):
    """How far a round's results have come, for whoever keeps it."""

    class Meta:
        access = HELD
        name = "ResultsTab"

    number = graphene.Int(description="The last support in the snapshot; null before the freeze.")
    frozen_at = graphene.DateTime(description="The freeze of the snapshot; null before it.")
    sha256 = graphene.String(description="The snapshot's; null before the freeze.")
    lacking = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="What is missing before a result can be published or made final, in words; empty where nothing is.",
    )
    can_publish = graphene.Boolean(
        required=True, description="Whether a provisional result can be published now."
    )
    picks_left = graphene.Int(required=True, description="How many places the committee can still fill.")
    result = graphene.Field(
        RoundResultType, description="The version that stands; null until one is published."
    )
    objections = list_of(ObjectionType, most=200, description="The open ones first, then the last to come.")


def _tab(root: Round, info: Any) -> dict[str, Any]:
    snapshot, result = reads.snapshot_of(root), reads.published(root)
    missing = lacking(root, snapshot, result)
    return {
        "number": snapshot and snapshot.number,
        "frozen_at": snapshot and snapshot.until,
        "sha256": snapshot and snapshot.sha256,
        "lacking": [str(words) for words in missing],
        "can_publish": result is None and not missing,
        "picks_left": result.picks - result.picked.count()
        if result and result.state == Result.State.PROVISIONAL
        else 0,
        "result": result,
        "objections": reads.objections(root)[:200],
    }


add_to_round(
    results=guarded(
        graphene.Field(
            ResultsTabType, required=True, resolver=_tab, description="How far its results have come."
        ),
        KEEPS_IT,
    )
)


class ResultPublish(Act):
    """Whoever keeps the round and is of none of its teams: publish its provisional result, from the figures at the freeze."""

    class Meta:
        access = KEEPS

    class Input:
        round = graphene.ID(required=True, description="The round.")

    round = graphene.Field(OrganiserRoundType, description="The round.")

    @classmethod
    def act(cls, request: Any, round: str) -> Any:
        """The round. TOO_LATE before the freeze; CONFLICT where there is a result, or sheets are missing; INVALID where
        objections close within a day."""
        its = requested_round(request, round)
        results.publish(its, request.user)
        return cls(round=its)


class ResultSupersede(Act):
    """Whoever keeps the round and is of none of its teams: put a new version in the place of the one that stands."""

    class Meta:
        access = KEEPS

    class Input:
        round = graphene.ID(required=True, description="The round.")
        reason = graphene.String(required=True, description="Why; everybody reads it.")

    round = graphene.Field(OrganiserRoundType, description="The round.")

    @classmethod
    def act(cls, request: Any, round: str, reason: str) -> Any:
        """The round; CONFLICT where no result is published yet."""
        its = requested_round(request, round)
        results.supersede(its, request.user, reason)
        return cls(round=its)


class EntryPick(Act):
    """Whoever keeps the round: write down that the committee picks an entry to go on, with its words."""

    class Meta:
        access = KEEPS

    class Input:
        round = graphene.ID(required=True, description="The round.")
        number = graphene.String(required=True, description="The entry's number.")
        words = graphene.String(required=True, description="The committee's words; everybody reads them.")

    round = graphene.Field(OrganiserRoundType, description="The round.")

    @classmethod
    def act(cls, request: Any, round: str, number: str, words: str) -> Any:
        """The round; INVALID where it cannot be picked, CONFLICT where the places are taken, TOO_LATE once it is final."""
        its = requested_round(request, round)
        results.pick(its, number, request.user, words)
        return cls(round=its)


class ObjectionAnswer(Act):
    """Whoever keeps the round and is not of the team: answer an objection with words."""

    class Meta:
        access = KEEPS

    class Input:
        objection = graphene.ID(required=True, description="The objection.")
        is_upheld = graphene.Boolean(
            required=True, description="Whether it is right: then a new version follows."
        )
        words = graphene.String(required=True, description="The answer, in the language it was written in.")

    objection = graphene.Field(ObjectionType, description="The objection.")

    @classmethod
    def act(cls, request: Any, objection: str, is_upheld: bool, words: str) -> Any:
        """The objection; CONFLICT where it is answered."""
        its = objection_of(request.user, uid_of(objection, "Objection", field="objection"))
        return cls(objection=objections.answer(its, request.user, is_upheld, words))


class ReExaminationDismiss(Act):
    """Whoever keeps the round and is not of the team: leave the result as it is, with words."""

    class Meta:
        access = KEEPS

    class Input:
        reexamination = graphene.ID(required=True, description="What is looked at once more.")
        words = graphene.String(required=True, description="Why the result stays; everybody reads it.")

    reexamination = graphene.Field(ReExaminationType, description="What was looked at.")

    @classmethod
    def act(cls, request: Any, reexamination: str, words: str) -> Any:
        """What was looked at; CONFLICT where it is decided."""
        its = reexamination_of(request.user, uid_of(reexamination, "ReExamination", field="reexamination"))
        return cls(reexamination=reexaminations.dismiss(its, request.user, words))


class Mutation:
    """What whoever keeps a round may do about its results."""

    result_publish = ResultPublish.Field()
    result_supersede = ResultSupersede.Field()
    entry_pick = EntryPick.Field()
    objection_answer = ObjectionAnswer.Field()
    re_examination_dismiss = ReExaminationDismiss.Field()
