"""Awards: in public what was given, at the organiser's desk how far each has come."""

from typing import Any

import graphene

from contest.actions import award as awards
from contest.actions.award_file import MOST_FILES
from contest.api.contest import EntryType
from contest.api.office import KEEPS
from contest.api.organiser import KEEPS_IT, add_to_round
from contest.api.result_desk import requested_round
from contest.models import Award, AwardFile, AwardNote
from contest.reads import award as reads
from contest.reads.result_desk import award_of
from core import numbers
from core.api.access import HELD
from core.api.act import Act
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.types import Localized, ModelType, MoneyField, list_of
from core.language import say
from core.refusals import Invalid, NotFound


class AwardNoteType(ModelType):
    """What became of an award since, in somebody's words."""

    class Meta:
        model = AwardNote
        key = "pk"
        access = HELD
        fields = ("words", "at")
        about = {"words": "What was asked for, or promised.", "at": "When."}


class AwardFileType(ModelType):
    """A paper or photo that shows that an award was handed over."""

    class Meta:
        model = AwardFile
        access = HELD
        fields = ("name", "sha256", "at")
        about = {"name": "As it came.", "sha256": "Of what is kept of it.", "at": "When it came."}


class AwardType(ModelType):
    """An entry's award at the organiser's desk."""

    class Meta:
        model = Award
        access = HELD
        fields = ("rank", "state", "reason", "evidence", "proposed_at", "approved_at", "delivered_at")
        about = {
            "rank": "The entry's in the result that it rests on.",
            "state": "Proposed, approved, handed over or withdrawn.",
            "reason": "Why it was withdrawn; else empty.",
            "evidence": "What shows that it was handed over; empty before.",
            "proposed_at": "When it was proposed.",
            "approved_at": "When another approved it.",
            "delivered_at": "When it was handed over.",
        }

    title = Localized("title", description="What it is called.")
    money = MoneyField("money_minor", description="What goes with it; 0 where it is a title alone.")
    entry = graphene.Field(EntryType, required=True, description="Whose.")
    state_name = graphene.String(required=True, description="The state in words.")
    held_because = graphene.String(
        description="Why it cannot be handed over yet, in words; null where nothing holds it."
    )
    is_mine = graphene.Boolean(
        required=True, description="Whether the asker proposed it: another approves it."
    )
    notes = list_of(
        AwardNoteType,
        most=12,
        resolver=lambda root, info: list(root.notes.all())[-12:],
        description="What became of it since: the last twelve notes, as they were made.",
    )

    files = list_of(
        AwardFileType,
        most=MOST_FILES,
        resolver=lambda root, info: list(root.files.defer("body")),
        description="The papers that show that it was handed over, as they came; each has an address of its own.",
    )

    def resolve_entry(root, info):
        """Read with it."""
        return root.entry

    def resolve_state_name(root, info):
        """In the reader's language."""
        return str(Award.State(root.state).words)

    def resolve_held_because(root, info):
        """Looked for while it waits to be handed over."""
        waits = root.state in (Award.State.PROPOSED, Award.State.APPROVED)
        held = reads.held_because(root) if waits else None
        return str(held) if held else None

    def resolve_is_mine(root, info):
        """By who is asking."""
        return root.proposed_by_id == info.context.user.pk


add_to_round(
    awards=guarded(
        list_of(
            AwardType,
            most=80,
            resolver=lambda root, info: reads.awards(root)[:80],
            description="The round's awards, by rank.",
        ),
        KEEPS_IT,
    )
)


class AwardPropose(Act):
    """Whoever keeps the round and is not of the team: propose an award for an entry of the final result."""

    class Meta:
        access = KEEPS

    class Input:
        round = graphene.ID(required=True, description="The round.")
        number = graphene.String(required=True, description="The entry's number.")
        title_zh = graphene.String(required=True, description="What it is called in Chinese.")
        title_en = graphene.String(required=True, description="What it is called in English.")
        money = graphene.String(description='In yuan: "5000" or "5000.00"; nothing for a title alone.')

    award = graphene.Field(AwardType, description="The award.")

    @classmethod
    def act(cls, request: Any, round: str, number: str, title_zh: str, title_en: str, money: str = "") -> Any:
        """The award; TOO_LATE before the result is final, CONFLICT where the entry has it."""
        its = requested_round(request, round)
        entry = its.entries.select_related("round__edition", "team").filter(number=number.strip()).first()
        if entry is None:
            raise NotFound(field="number")
        return cls(award=awards.propose(entry, request.user, (title_zh, title_en), _fen(money or "")))


class AwardApprove(Act):
    """Whoever keeps the round and has not proposed it herself: approve an award."""

    class Meta:
        access = KEEPS

    class Input:
        award = graphene.ID(required=True, description="The award.")

    award = graphene.Field(AwardType, description="The award.")

    @classmethod
    def act(cls, request: Any, award: str) -> Any:
        """The award; NOT_ALLOWED for whoever proposed it."""
        return cls(award=awards.approve(_award(request, award), request.user))


class AwardWithdraw(Act):
    """Whoever keeps the round: withdraw an award that was not handed over, and say why."""

    class Meta:
        access = KEEPS

    class Input:
        award = graphene.ID(required=True, description="The award.")
        reason = graphene.String(required=True, description="Why.")

    award = graphene.Field(AwardType, description="The award.")

    @classmethod
    def act(cls, request: Any, award: str, reason: str) -> Any:
        """The award; CONFLICT once it was handed over."""
        return cls(award=awards.withdraw(_award(request, award), request.user, reason))


class AwardNoteAdd(Act):
    """Whoever keeps the round: note what became of an award."""

    class Meta:
        access = KEEPS

    class Input:
        award = graphene.ID(required=True, description="The award.")
        words = graphene.String(required=True, description="What was asked for, or promised.")

    award = graphene.Field(AwardType, description="The award.")

    @classmethod
    def act(cls, request: Any, award: str, words: str) -> Any:
        """The award."""
        its = _award(request, award)
        awards.note(its, request.user, words)
        return cls(award=its)


class AwardDeliver(Act):
    """Whoever keeps the round: say that an award was handed over, with what shows it."""

    class Meta:
        access = KEEPS

    class Input:
        award = graphene.ID(required=True, description="The award.")
        evidence = graphene.String(
            required=True, description="The receipt's number, or the paper that was signed."
        )

    award = graphene.Field(AwardType, description="The award.")

    @classmethod
    def act(cls, request: Any, award: str, evidence: str) -> Any:
        """The award; CONFLICT while something holds it, or it is not approved."""
        return cls(award=awards.deliver(_award(request, award), request.user, evidence))


def _fen(text: str) -> int:
    """Yuan as a person writes them, in fen; nothing is none."""
    try:
        return numbers.scaled(text, 2, numbers.MONEY) if text.strip() else 0
    except numbers.NotANumber:
        raise Invalid(say("请填写金额。", "Please give an amount."), field="money") from None


def _award(request: Any, id: str) -> Award:
    return award_of(request.user, uid_of(id, "Award", field="award"))


class Mutation:
    """What whoever keeps a round may do about its awards."""

    award_propose = AwardPropose.Field()
    award_approve = AwardApprove.Field()
    award_withdraw = AwardWithdraw.Field()
    award_note_add = AwardNoteAdd.Field()
    award_deliver = AwardDeliver.Field()
