"""An entry's two channels: this shop and the outside platforms, apart and together."""

import graphene

from contest.models import OutsideSource
from contest.reads import channels as reads
from core.api.access import HELD
from core.api.types import MoneyField, PlainType, list_of
from core.language import localized


class OutsideChannel(PlainType):
    """What one outside platform has brought an entry; its money was never in this shop."""

    class Meta:
        access = HELD

    platform = graphene.String(required=True, description="Its name in the reader's language.")
    net = MoneyField("net_minor", description="Paid there less refunded, of approved statements.")
    supports = graphene.Int(
        description="Its supports, in tens until the freeze; null while there are fewer than ten."
    )
    grade = graphene.String(
        required=True,
        description="How good the weakest evidence in it is, in words; empty where none counts.",
    )
    url = graphene.String(required=True, description="Where it is sold there; may be empty.")

    def resolve_platform(root: reads.Channel, info):
        """Read with the channel."""
        source: OutsideSource = root.source
        return localized(source, "name")

    def resolve_grade(root: reads.Channel, info):
        """In the reader's language."""
        return str(root.grade.words) if root.grade else ""


class EntryChannels(PlainType):
    """What an entry has gathered here and on outside platforms."""

    class Meta:
        access = HELD

    here = MoneyField("here_minor", description="Its net in this shop.")
    outside = MoneyField("outside_minor", description="Its net on all outside platforms.")
    together = MoneyField(
        "together_minor", description="Both; a sale that is in both channels is in it once."
    )
    channels = list_of(OutsideChannel, most=20, description="Each platform apart.")
