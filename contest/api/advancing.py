"""Who goes on from a round, at its organiser's desk."""

import graphene

from contest.api.contest import EntryType
from contest.api.organiser import KEEPS_IT, add_to_round
from contest.models import Registration
from contest.reads import advancing as reads
from core.api.access import HELD
from core.api.facts import guarded
from core.api.types import PlainType, list_of


class GoingOnType(PlainType):
    """An entry that a result sends on, and what has become of it in the next round."""

    class Meta:
        access = HELD
        name = "GoingOn"

    entry = graphene.Field(EntryType, required=True, description="Which entry.")
    rank = graphene.Int(description="Its place in the result.")
    pick_words = graphene.String(
        required=True,
        description="The committee's words where it was picked; empty of one that goes by its rank.",
    )
    state_name = graphene.String(
        required=True,
        description="How far its team is in the next round, in words; empty until the result is final.",
    )
    next_number = graphene.String(description="Its number there; null while it takes no part.")

    def resolve_pick_words(root: reads.GoingOn, info):
        """As they were written down."""
        return root.words

    def resolve_state_name(root: reads.GoingOn, info):
        """In the reader's language."""
        return str(Registration.State(root.way.state).words) if root.way else ""

    def resolve_next_number(root: reads.GoingOn, info):
        """Of one that left again none."""
        entry = root.way and root.way.entry
        return entry.number if entry and entry.approved_at else None


add_to_round(
    going_on=guarded(
        list_of(
            GoingOnType,
            most=500,
            resolver=lambda root, info: reads.from_round(root)[:500],
            description="Whom the result that stands sends on: by rank, then whom the committee picked.",
        ),
        KEEPS_IT,
    )
)
