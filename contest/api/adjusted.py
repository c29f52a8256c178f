"""What left a round's purchases since its freeze, and what is looked at once more, as anybody may read it."""

import graphene

from contest.api.contest import EntryType
from contest.models import Adjustment, ReExamination
from core.api.access import HELD
from core.api.types import ModelType, MoneyField, PlainType
from core.language import localized


class AdjustedType(PlainType):
    """What left an entry's purchases since the freeze: beside the snapshot, never in it."""

    class Meta:
        access = HELD
        name = "Adjusted"

    number = graphene.String(required=True, description="Its entry's number.")
    team = graphene.String(required=True, description="Its entry's team, in the reader's language.")
    kind = graphene.String(required=True, description="REFUND, QUALITY or FRAUD.")
    kind_name = graphene.String(required=True, description="The same in words.")
    amount = MoneyField("amount_minor", description="In all; negative where more came back than left.")

    def resolve_number(root, info):
        """Public."""
        return root.entry.number

    def resolve_team(root, info):
        """In the reader's language."""
        return localized(root.entry.team, "name")

    def resolve_kind(root, info):
        """By its name."""
        return Adjustment.Kind(root.kind).name

    def resolve_kind_name(root, info):
        """In the reader's language."""
        return str(Adjustment.Kind(root.kind).words)


class ReExaminationType(ModelType):
    """An entry's frozen figures that are, or were, looked at once more."""

    class Meta:
        model = ReExamination
        access = HELD
        fields = ("state", "cause", "opened_at", "words", "decided_at")
        about = {
            "state": "Open, answered by a new version, or dismissed.",
            "cause": "What opened it.",
            "opened_at": "Since when.",
            "words": "What came of it; empty while it is open.",
            "decided_at": "When that was decided.",
        }

    entry = graphene.Field(EntryType, required=True, description="Whose.")
    cause_name = graphene.String(required=True, description="The cause in words.")
    state_name = graphene.String(required=True, description="The state in words.")

    def resolve_entry(root, info):
        """Read with it."""
        return root.entry

    def resolve_cause_name(root, info):
        """In the reader's language."""
        return str(ReExamination.Cause(root.cause).words)

    def resolve_state_name(root, info):
        """In the reader's language."""
        return str(ReExamination.State(root.state).words)
