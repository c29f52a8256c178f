"""What may be told of households: never a name, never a household's own fen, never a count under ten.

A count is told for a whole team only, in tens, and below ten not at all; it moves with the day's boundary and is
slow to fall. So neither a lot of one household nor a family that leaves nor a difference between two lists brings
one back (docs/decisions/0005).
"""

from collections.abc import Iterable

from django.db.models import QuerySet

from catalog.models import Team
from core import fast
from core.language import Words, say
from core.refusals import Refusal
from impact.models import DisclosedHouseholds, Household

FEWEST = 10


class HouseholdMissing(Refusal):
    """A team may list when an operator has verified a household of it."""

    code = "HOUSEHOLD_NOT_VERIFIED"
    words = Words("还没有经核实的农户。", "No household of the team has been verified yet.")


def team_has_verified_household(team: Team) -> Refusal | None:
    """For catalog's listing: what is missing, or nothing."""
    return None if verified(team).exists() else HouseholdMissing(field="households")


def verified(team: Team) -> QuerySet[Household]:
    """A team's verified households, for those who may count them."""
    return verified_of(team.pk)


def verified_of(team_id: int) -> QuerySet[Household]:
    """The same, of a team by its id."""
    return Household.objects.filter(team=team_id, state=Household.State.VERIFIED)


def public_households(count: int) -> Words:
    """A number of households as the public may know it: in tens, and under ten no number at all.

    What is told is always true (57 are "50 or more"), and says "households" itself.
    """
    if count < FEWEST:
        return say("不足 10 户", "fewer than 10 households")
    return say("{n} 户以上", "{n} or more households", n=f"{count // 10 * 10:,}")


_DISCLOSED = fast.PreparedQuery(lambda teams: DisclosedHouseholds.objects.filter(team__in=teams))


def public_households_of_teams(team_ids: Iterable[int]) -> dict[int, Words]:
    """For each team how many verified households stand behind it, as the public may know it.

    It is what was disclosed last (impact.actions.disclosed_households), never today's count.
    """
    tens = {row.team_id: row.tens for row in _DISCLOSED.rows(teams=list(team_ids))}
    return {team_id: public_households(tens.get(team_id, 0)) for team_id in team_ids}
