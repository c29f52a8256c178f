"""Registrations as each of those sees them who has a part in them."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.permissions import absent, may, places_of
from accounts.places import Place, above
from catalog.models import Team, TeamMember
from contest.models import Archive, Registration, RegistrationAppeal, RoundPlan
from contest.reads.keeping import KEEP, rounds
from core import clock
from impact.models import Round

CHECK = "contest.check_registrations"
ENTER = "contest.enter_team"
State = Registration.State
WITH = ("team__county", "team__division", "round__edition", "round__region", "round__plan", "entry")


def of_round(round_: Round) -> QuerySet[Registration]:
    """All of a round."""
    return Registration.objects.filter(round=round_).select_related(*WITH)


def to_check(person: Any) -> QuerySet[Registration]:
    """Those of teams in her subtree, whatever became of them; in editions that are not archived."""
    places = places_of(person, CHECK)
    found = Registration.objects.filter(places.rows(region="team__county")).exclude(state=State.INVITED)
    return found.exclude(round__edition__in=Archive.objects.values("edition")).select_related(*WITH)


def of_team(team: Team) -> QuerySet[Registration]:
    """All of a team, the newest round first."""
    return (
        Registration.objects.filter(team=team).select_related(*WITH).order_by("-round__opens_at", "-round_id")
    )


def open_to(team: Team) -> list[Round]:
    """Rounds that a team may apply for now without being invited: registration is open, and its province is theirs."""
    now = clock.now()
    found = Round.objects.filter(
        Q(region=None) | Q(region__in=sorted(above(team.county_id))),
        Q(plan__registration_closes_at=None) | Q(plan__registration_closes_at__gt=now),
        plan__registration_opens_at__lte=now,
        opens_at__gt=now,
        edition__archive=None,
    )
    taken = Registration.objects.filter(team=team).exclude(state__in=(State.DECLINED, State.WITHDRAWN))
    return list(
        found.exclude(pk__in=taken.values("round"))
        .select_related("edition", "region", "plan")
        .order_by("opens_at", "pk")
    )


def one_to_check(person: Any, uid: UUID, field: str = "id") -> Registration:
    """A registration that she may check."""
    return _one(to_check(person).filter(uid=uid), person, CHECK, field)


def one_to_decline(person: Any, uid: UUID, field: str = "id") -> Registration:
    """One that she may check, or whose round she keeps."""
    hers = Q(pk__in=to_check(person).values("pk")) | Q(round__in=rounds(person).values("pk"))
    return _one(Registration.objects.filter(hers, uid=uid), person, CHECK, field)


def one_to_keep(person: Any, uid: UUID, field: str = "id") -> Registration:
    """A registration of a round that she keeps."""
    return _one(
        Registration.objects.filter(uid=uid, round__in=rounds(person).values("pk")), person, KEEP, field
    )


def one_of_hers(person: Any, uid: UUID, field: str = "id") -> Registration:
    """A registration of a team whose manager she is."""
    teams = sorted(places_of(person, ENTER).subjects)
    return _one(Registration.objects.filter(uid=uid, team__uid__in=teams), person, ENTER, field)


def appeal_to_answer(person: Any, uid: UUID, field: str = "id") -> RegistrationAppeal:
    """An appeal about a round that she keeps."""
    found = RegistrationAppeal.objects.filter(uid=uid, registration__round__in=rounds(person).values("pk"))
    row = found.select_related("registration__team", "registration__round__edition").first()
    if row is None:
        raise absent(person, KEEP, field)
    return row


def _one(rows: QuerySet[Registration], person: Any, permission: str, field: str) -> Registration:
    row = rows.select_related(*WITH).first()
    if row is None:
        raise absent(person, permission, field)
    return row


def deeds(person: Any, row: Registration, own_teams: Collection[int]) -> list[str]:
    """What this person may do about a registration now; `own_teams` are the teams of which she is or was one."""
    if row.team_id in own_teams:
        return list(_of_its_team(person, row))
    if row.applied_by_id == person.pk:
        return []
    found: dict[str, None] = {}
    if may(person, CHECK, at=Place(region=row.team.county_id)) and row.state == State.APPLIED:
        found |= dict.fromkeys(("CHECK", "DECLINE"))
    if may(person, KEEP, at=Place(region=row.round.region_id, subject=row.round.edition.uid)):
        found |= dict.fromkeys(_of_its_organiser(person, row))
    return list(found)


def _of_its_organiser(person: Any, row: Registration) -> Sequence[str]:
    if row.state == State.CHECKED:
        return ("DECLINE",) if row.checked_by_id == person.pk else ("APPROVE", "DECLINE")
    return {
        State.APPLIED: ("DECLINE",),
        State.LIVE: ("TAKE_OUT", "SUSPEND", "DISQUALIFY"),
        State.SUSPENDED: ("RESUME", "TAKE_OUT", "DISQUALIFY"),
    }.get(State(row.state), ())


def _of_its_team(person: Any, row: Registration) -> Sequence[str]:
    if not may(person, ENTER, at=Place(subject=row.team.uid)):
        return ()
    phase = row.round.phase(clock.now())
    is_out = row.round.plan.state in (RoundPlan.State.PROVISIONAL, RoundPlan.State.FINAL)
    return {
        State.INVITED: ("APPLY", "WITHDRAW") if phase == Round.Phase.COMING else ("WITHDRAW",),
        State.APPLIED: ("WITHDRAW",),
        State.CHECKED: ("WITHDRAW",),
        State.LIVE: () if is_out else ("WITHDRAW",),
        State.SUSPENDED: ("APPEAL",) if is_out else ("WITHDRAW", "APPEAL"),
        State.DISQUALIFIED: ("APPEAL",),
    }.get(State(row.state), ())


def own_teams(person: Any) -> frozenset[int]:
    """The teams of which she is or was one."""
    found = TeamMember.objects.filter(person=person).values_list("team_id", flat=True)
    return frozenset(found) if person.is_authenticated else frozenset()
