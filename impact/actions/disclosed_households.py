"""How many households are told to stand behind a team: in tens, at a day's boundary, and slow to fall.

Whoever knows that a family has left would know the count under ten, if the words turned on that day. So they turn
only after there have been fewer all the time for a month or two, how long exactly is drawn for each case anew; and
a family that joins meanwhile begins the wait again. What is told was true within that time.
"""

from collections.abc import Iterable
from datetime import date

from django.conf import settings
from django.db import transaction
from django.db.models import Count
from django.utils.crypto import salted_hmac

from catalog.models import Team
from impact.models import DisclosedHouseholds, Household
from impact.reads.disclosure import STEP, today

SHORTEST, LONGEST = 30, 60  # days


def disclose_first(teams: Iterable[int]) -> None:
    """A team that nothing has been told of is told of at once: there is no change that could tell anything."""
    pks = set(teams)
    known = set(DisclosedHouseholds.objects.filter(team__in=pks).values_list("team_id", flat=True))
    counts = _counts(pks - known)
    DisclosedHouseholds.objects.bulk_create(
        [_first(team, n, today()) for team, n in sorted(counts.items())],
        ignore_conflicts=True,
    )


def disclose_entered(teams: Iterable[Team]) -> None:
    """A team that enters a contest has ten households or more: that it is in it says so."""
    counts = _counts({team.pk for team in teams})
    rows = {row.team_id: row for row in DisclosedHouseholds.objects.filter(team__in=counts)}
    for team, n in counts.items():
        row = rows.get(team)
        if row is None:
            _first(team, n, today()).save(force_insert=True)
        elif row.tens < _tens(n):
            row.tens, row.fewer_since = _tens(n), None
            row.save(update_fields=["tens", "fewer_since"])


def disclose_households(day: date) -> None:
    """For the boundary of a day; a second time it changes nothing."""
    with transaction.atomic():
        # Of two at once the second finds nothing left to look at.
        rows = list(
            DisclosedHouseholds.objects.exclude(day=day).order_by("pk").select_for_update(no_key=True)
        )
        counts = _counts({row.team_id for row in rows})
        for row in rows:
            _move(row, counts.get(row.team_id, 0), day)
        DisclosedHouseholds.objects.bulk_update(rows, ["tens", "fewer_since", "day"])


def _first(team: int, count: int, day: date) -> DisclosedHouseholds:
    return DisclosedHouseholds(team_id=team, tens=_tens(count), day=day)


def _counts(teams: set[int]) -> dict[int, int]:
    if not teams:
        return {}
    verified = Household.objects.filter(state=Household.State.VERIFIED, team__in=teams)
    return dict(verified.values_list("team_id").annotate(Count("pk")).order_by())


def _tens(count: int) -> int:
    return count // STEP * STEP


def _move(row: DisclosedHouseholds, count: int, day: date) -> None:
    """Let the row follow the count."""
    row.day = day
    if count >= row.tens:
        row.tens, row.fewer_since = _tens(count), None
    elif row.fewer_since is None or row.fewer_since > day:
        row.fewer_since = day
    elif (day - row.fewer_since).days >= _wait(row):
        row.tens, row.fewer_since = _tens(count), None


def _wait(row: DisclosedHouseholds) -> int:
    """Days, which nobody outside can know: drawn by our own key for this team and this fall."""
    drawn = salted_hmac(
        "sheaf.impact.households", f"{row.team_id}:{row.fewer_since}", secret=settings.SECRET_KEY
    ).digest()
    return SHORTEST + int.from_bytes(drawn[:4], "big") % (LONGEST - SHORTEST)
