"""What an edition aims at beside what came of it, from figures that anybody may see."""

from dataclasses import dataclass

from django.db.models import Sum

from contest.models import Registration, Target
from contest.reads.board import totals
from impact.models import DisclosedHouseholds, Edition, Entry


@dataclass(frozen=True)
class Progress:
    """A target, what came of it (in its unit), and that in percent, rounded down; over 100 where it was passed.

    Teams and the amount are live. Households are told a team in tens and supports by day, under ten not at all: so both
    are at least so many.
    """

    kind: str
    goal: int
    actual: int

    @property
    def percent(self) -> int:
        return 100 * self.actual // self.goal


def progress_of(edition: Edition) -> list[Progress]:
    """Each target of the edition, in the order of `Target.Kind`."""
    goals = dict(edition.targets.values_list("kind", "goal"))
    actual = actuals(edition) if goals else {}
    return [Progress(kind, goals[kind], actual[kind]) for kind in Target.Kind.values if kind in goals]


def actuals(edition: Edition) -> dict[str, int]:
    """What came of an edition over all of its rounds; a team that is in two of them counts once."""
    entries = Entry.objects.filter(round__edition=edition, approved_at__isnull=False)
    competing = entries.filter(
        registration__state__in=(Registration.State.LIVE, Registration.State.SUSPENDED)
    )
    told = DisclosedHouseholds.objects.filter(team__in=competing.values("team"))
    rounds = [totals(round_) for round_ in edition.rounds.all()]
    return {
        Target.Kind.TEAMS: competing.values("team").distinct().count(),
        Target.Kind.HOUSEHOLDS: told.aggregate(n=Sum("tens"))["n"] or 0,
        Target.Kind.AMOUNT: sum(figures.net_minor for figures in rounds),
        Target.Kind.SUPPORTS: sum(figures.person_times or 0 for figures in rounds),
    }
