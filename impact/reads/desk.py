"""What a team's manager may know of its money: what stands for its households together, and for its own work."""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Sum

from catalog.models import Team
from impact.models import Transfer
from impact.models.kind import EARMARKED, OF_HOUSEHOLDS, OWED, SET_ASIDE, Kind

OTHERS = SET_ASIDE - OF_HOUSEHOLDS


class TeamMoney(NamedTuple):
    """In fen: set aside until the after-sale windows pass, and owed from then on."""

    households_set_aside_minor: int
    households_owed_minor: int
    others_set_aside_minor: int
    others_owed_minor: int


def money_of(team: Team) -> TeamMoney:
    """The team's money by the ledger, now."""
    stands: dict[str, int] = defaultdict(int)
    for end, sign in (("target", 1), ("source", -1)):
        moved = Transfer.objects.filter(**{f"{end}__team": team}).values_list(f"{end}__kind")
        for kind, amount in moved.annotate(Sum("amount_minor")).order_by():
            stands[kind] += sign * amount

    def of(kinds: frozenset[Kind]) -> int:
        return sum(stands[kind] for kind in kinds)

    return TeamMoney(
        of(OF_HOUSEHOLDS & EARMARKED),
        of(OF_HOUSEHOLDS & OWED),
        of(OTHERS & EARMARKED),
        # What its replacements have cost it is not owed to it.
        of(OTHERS & OWED) + stands[Kind.TEAM_RESERVE],
    )
