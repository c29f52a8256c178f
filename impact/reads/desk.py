"""What a team's manager may know of its money: what stands for its households together, and for its own work."""

from typing import NamedTuple

from django.db import connection
from django.db.models import Sum

from catalog.models import Team
from impact.models import Account, Kind, Transfer
from impact.models.kind import HOUSEHOLDS
from impact.reads.ledger_by_month import STANDS, WAITS

_NOW = f"""
    WITH {WAITS}, {STANDS}
    SELECT part = '{HOUSEHOLDS}', sum(set_aside)::bigint, sum(owed)::bigint FROM stands GROUP BY 1
"""


class TeamMoney(NamedTuple):
    """In fen: set aside until the after-sale windows pass, and owed from then on."""

    households_set_aside_minor: int
    households_owed_minor: int
    others_set_aside_minor: int
    others_owed_minor: int


def money_of(team: Team) -> TeamMoney:
    """The team's money by the ledger, now: from balances that are kept, however much it has sold."""
    with connection.cursor() as cursor:
        cursor.execute(_NOW, {"team": team.pk})
        stands = {is_households: sums for is_households, *sums in cursor.fetchall()}
    set_aside, owed = stands.get(True, (0, 0))
    others, others_owed = stands.get(False, (0, 0))
    # What its replacements have cost it is not owed to it.
    return TeamMoney(set_aside, owed, others, others_owed + _reserve_of(team))


def _reserve_of(team: Team) -> int:
    reserve = Account.objects.filter(team=team, kind=Kind.TEAM_RESERVE).first()
    if reserve is None:
        return 0
    ends = (("target", 1), ("source", -1))
    return sum(
        sign * (Transfer.objects.filter(**{end: reserve}).aggregate(sum=Sum("amount_minor"))["sum"] or 0)
        for end, sign in ends
    )
