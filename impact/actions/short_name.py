"""What a team calls its households among itself: a number each, and a short name that lies sealed.

The list of names is opened by the team's own people alone, for a purpose and half an hour; each page of it is written
down. No name is ever searched, sorted or compared by the database, which cannot read it.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import line
from accounts.models import Person
from catalog.actions import desk
from catalog.models import Team
from core.language import say
from core.refusals import Conflict, Invalid, NotAllowed
from impact.models import Household, NamesOpening, NamesReading, ShortName
from impact.reads import short_name as reads
from impact.sealing import seal, unseal

KEEP, OPEN = "impact.keep_households", reads.OPEN
OPEN_FOR = timedelta(minutes=30)
LONGEST = 20


def clean_name(text: str | None, field: str = "short_name") -> str:
    """A short name as it is kept; nothing written is none. One of digits alone would be taken for a number."""
    name = line(text, field, LONGEST, required=False)
    if re.fullmatch(r"[\W\d_]+", name):
        words = say("简称里至少要有一个字。", "A short name has at least one letter.")
        raise Invalid(words, field=field)
    return name


def fold(name: str) -> str:
    """The same for all spellings of one name: width, capitals and blanks count for nothing."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).casefold()


def number(households: Sequence[Household]) -> None:
    """Give each its team's next number; whoever was proposed without one, by the release of before, comes first."""
    teams = {household.team_id for household in households}
    _lock(teams)
    last = dict.fromkeys(teams, 0)
    numbered = Household.objects.filter(team__in=teams).values_list("team").annotate(Max("number"))
    last |= {team: most or 0 for team, most in numbered.order_by()}
    left = list(Household.objects.filter(team__in=teams, number=None).order_by("pk").only("team_id"))
    for household in (*left, *households):
        last[household.team_id] += 1
        household.number = last[household.team_id]
    Household.objects.bulk_update(left, ["number"])


def keep_names(named: Mapping[Household, str]) -> None:
    """Seal what households are called; each name is one household's of its team."""
    teams = {household.team_id for household in named}
    _lock(teams)
    ids = {household.pk for household in named}
    others = Q(household__team__in=teams) & ~Q(household__in=ids)
    rows = ShortName.objects.filter(others).values_list("household__team", "sealed")
    taken = {(team, fold(unseal(sealed).decode())) for team, sealed in rows}
    for household, name in named.items():
        if (household.team_id, fold(name)) in taken:
            # Not which: what is told to whoever asks is in no list that was opened.
            words = say("别的农户已经用了这个简称。", "Another household has this short name already.")
            raise Conflict(words, field="short_name")
        taken.add((household.team_id, fold(name)))
    ShortName.objects.bulk_create(
        (
            ShortName(household=household, sealed=seal(name.encode()), changed_at=timezone.now())
            for household, name in named.items()
        ),
        update_conflicts=True,
        unique_fields=["household"],
        update_fields=["sealed", "changed_at"],
    )


@transaction.atomic
def rename(household: Household, by: Person, text: str) -> Household:
    """Call a household otherwise; an empty name takes the one it has away."""
    desk.must_at_desk(by, household.team_id, KEEP)
    if household.state not in reads.NAMED:
        raise Conflict(say("这户已经退出。", "This household takes part no more."))
    if name := clean_name(text):
        keep_names({household: name})
    else:
        ShortName.objects.filter(household=household).delete()
    audit.record(by, "household.rename", "Household", household.uid)
    return household


@transaction.atomic
def open_names(team: Team, by: Person, purpose: str) -> NamesOpening:
    """Open a team's list of short names to one of its own people for half an hour; INVALID without a purpose. A program
    that asks in her name opens nothing."""
    desk.must_at_desk(by, team.pk, OPEN)
    if by.is_lent:
        raise NotAllowed()
    purpose = line(purpose, "purpose", 120, required=False)
    if not purpose:
        raise Invalid(say("请说明查看的用途。", "Say what you need it for."), field="purpose")
    now = timezone.now()
    audit.record(by, "household.open_names", "Team", team.uid)
    return NamesOpening.objects.create(team=team, reader=by, purpose=purpose, at=now, until=now + OPEN_FOR)


def read_names(team_id: int, by: Person, households: Collection[int]) -> dict[int, str]:
    """What these households of a team are called, by id; nothing while she has not opened the list. The page is written
    down first, with whose names stand on it."""
    now = timezone.now()
    opening = reads.opening_of(team_id, by, now)
    if opening is None or not households:
        return {}
    rows = dict(
        ShortName.objects.filter(household__team=team_id, household__in=households).values_list(
            "household", "sealed"
        )
    )
    if rows:
        NamesReading.objects.create(opening=opening, households=sorted(rows), at=now)
    return {pk: unseal(sealed).decode() for pk, sealed in rows.items()}


def find(team: Team, by: Person, name: str) -> list[Household]:
    """The households of a team in whose short name this is found, by number; asked of an open list alone."""
    desk.must_at_desk(by, team.pk, OPEN)
    wanted = fold(line(name, "name", LONGEST))
    if reads.opening_of(team.pk, by, timezone.now()) is None:
        words = say("名单没有打开，请先写明用途。", "The list is not open: say first what you need it for.")
        raise Conflict(words, field="name")
    households = {row.pk: row for row in team.households.order_by("number", "pk")}
    names = read_names(team.pk, by, households)
    return [row for pk, row in households.items() if wanted in fold(names.get(pk, ""))]


def destroy(households: Collection[Household]) -> None:
    """Of whoever takes part no more, no name is left."""
    ShortName.objects.filter(household__in=households).delete()


def _lock(teams: Iterable[int]) -> None:
    """One at a time gives numbers and names in a team; teams in the order of their ids."""
    list(Team.objects.filter(pk__in=teams).order_by("pk").select_for_update(no_key=True).values_list("pk"))
