"""How many households stand behind a team, when there are fewer than ten?

She lives in the village: she knows the days on which families joined or left, and looks at what is told every day. A
word that turns on such a day has counted to nine. And of two teams that she is told the same of, each day, she cannot
know which is the smaller.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from catalog.models import Lot, Team
from impact.actions import household, standings
from impact.models import Household
from tests.guard.solver.stranger import Stranger
from tests.impact import world

WORDS = "query W($team: String!) { provenance(team: $team) { households } }"


@dataclass
class Village:
    """A team in the contest, and by how many households it grows (or falls) on each day."""

    lot: Lot
    changes: dict[int, int] = field(default_factory=dict)

    @property
    def team(self) -> Team:
        return self.lot.variant.product.team

    def change(self, day: int) -> None:
        """What happens in it on this day."""
        n = self.changes.get(day, 0)
        if n > 0:
            world.households(self.team, n)
        for family in Household.objects.filter(team=self.team, state="verified").order_by("-pk")[
            : max(0, -n)
        ]:
            household.withdraw(family, None)

    def count(self, day: int) -> int:
        """The secret: how many there are when the day ends; ten when it began."""
        return 10 + sum(n for when, n in self.changes.items() if when <= day)


@dataclass
class Told:
    """What was told of a team, day by day."""

    words: list[str] = field(default_factory=list)
    nets: list[int] = field(default_factory=list)


def watch(villages: Sequence[Village], days: int, buys: Callable[[Village, int], None]) -> dict[str, Told]:
    """A look in the evening of each day, and one when its boundary has passed."""
    stranger = Stranger()
    told = {village.team.slug: Told() for village in villages}
    for day in range(days):
        for village in villages:
            buys(village, day)
            village.change(day)
        _look(stranger, told)
        world.tomorrow()
        _look(stranger, told)
    return told


def _look(stranger: Stranger, told: dict[str, Told]) -> None:
    standings.fold()
    nets = stranger.nets()
    for slug, one in told.items():
        one.words.append(stranger.ask(WORDS, team=slug)["provenance"]["households"])
        one.nets.append(nets[slug])


def counted_to_nine(village: Village, told: Told) -> int | None:
    """The day on which the words turned with a family's leaving, and so said that nine are left."""
    for n in range(1, len(told.words)):
        day = n // 2  # two looks a day
        if told.words[n] != told.words[n - 1] and village.changes.get(day) == -1:
            return day
    return None


def put_back(monkeypatch: Any) -> None:
    """The control: the words count what is there now."""
    from impact.reads import household as reads
    from impact.reads import provenance

    def public_households_of_teams(team_ids: Any) -> Any:
        counts = {pk: Household.objects.filter(team=pk, state="verified").count() for pk in team_ids}
        return {pk: reads.public_households(n) for pk, n in counts.items()}

    monkeypatch.setattr(provenance, "public_households_of_teams", public_households_of_teams)
