"""What left a round's purchases since its freeze, as anybody may read it."""

import graphene

from contest.models import Adjustment
from core.api.access import HELD
from core.api.types import MoneyField, PlainType
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
