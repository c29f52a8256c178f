"""Teams as anyone may see them, and whose desk is whose."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from accounts.models import Appointment, Person
from accounts.models.appointment import OF_A_TEAM
from accounts.permissions import absent, held_asleep_too, places_of, running
from catalog.models import Category, FormerTeamSlug, Team, TeamMember
from core.language import Words, say


def teams() -> QuerySet[Team]:
    """The teams that offer something here."""
    return Team.objects.filter(is_active=True)


def addressed(slug: str) -> Q:
    """The team that has this address, or had it once."""
    had = FormerTeamSlug.objects.filter(slug=slug).values("team")
    # Two looks into an index each, where an "or" would read every team.
    return Q(pk__in=Team.objects.filter(slug=slug).values("pk").union(had))


def address_of_today(slug: str) -> str:
    """The address of the team that has or had this one; what leads nowhere, as it is."""
    now = FormerTeamSlug.objects.filter(slug=slug).values_list("team__slug", flat=True).first()
    return now or slug


def categories() -> QuerySet[Category]:
    """The shelves, in their order."""
    return Category.objects.all()


def subjects() -> QuerySet:
    """Teams as the floor below may call them for whoever is appointed to one."""
    return Team.objects.values("uid", zh=F("name_zh"), en=F("name_en"), lies=F("county_id"))


def teams_of(person: Any) -> QuerySet[Team]:
    """The teams at whose desk this person works today, whether she has proved herself in this session or not; a program
    that asks in her name is told of them too."""
    if not person.is_authenticated:
        return Team.objects.none()
    if person.is_lent:
        parts = Appointment.objects.filter(running(), role__in=OF_A_TEAM, person=person)
        return Team.objects.filter(uid__in=parts.values("subject")).order_by("id")
    uids = {term.subject for term in held_asleep_too(person, OF_A_TEAM) if term.subject}
    return Team.objects.filter(uid__in=sorted(uids)).order_by("id") if uids else Team.objects.none()


def desks_of(person: Any, permission: str) -> QuerySet[Team]:
    """The teams at whose desk this person may do that now."""
    uids = places_of(person, permission).subjects
    return Team.objects.filter(uid__in=sorted(uids)).order_by("id") if uids else Team.objects.none()


def may_at_desk(person: Any, permission: str, team_id: int) -> bool:
    """Whether she may do that at this team's desk now."""
    return desks_of(person, permission).filter(id=team_id).exists()


def team_at_desk(person: Any, permission: str, uid: UUID) -> Team:
    """The team with this uid, if she may do that at its desk; else the same as if there were none."""
    team = desks_of(person, permission).filter(uid=uid).select_related("county", "division").first()
    if team is None:
        raise absent(person, permission)
    return team


def is_related(person: Any, team_id: int) -> bool:
    """Whether the person is or was one of the team's own people: a related party of its sales."""
    return person.is_authenticated and TeamMember.objects.filter(person=person, team_id=team_id).exists()


def teams_managed(person: Person) -> QuerySet[Team]:
    """The teams whose manager she is today, whatever she has shown in this session."""
    parts = _managers().filter(person=person)
    return Team.objects.filter(uid__in=parts.values("subject")).order_by("id")


def managers_of(team_id: int) -> QuerySet[Person]:
    """Who is told what happens at this team's desk."""
    team = Team.objects.filter(pk=team_id).values("uid")
    parts = _managers().filter(subject__in=team)
    return Person.objects.filter(id__in=parts.values("person_id"), is_active=True).order_by("id")


def teams_managed_alone(person: Person) -> QuerySet[Team]:
    """The teams whose desk nobody else who can sign in keeps."""
    others = _managers().filter(subject=OuterRef("uid"), person__is_active=True).exclude(person=person)
    return teams_managed(person).exclude(Exists(others))


def _managers() -> QuerySet[Appointment]:
    return Appointment.objects.filter(running(), role=Appointment.Role.TEAM_MANAGER)


def duties(person: Person) -> list[Words]:
    """Teams that sell, and would have nobody at their desk without her (`settings.PERSON_DUTIES`)."""
    # Locked: of two last managers whose accounts are closed at one moment, one stays.
    list(teams_managed(person).select_for_update(no_key=True))
    return [
        say("团队“{x}”", "the team “{x}”", x=team.name_zh)
        for team in teams_managed_alone(person)
        if team.is_active
    ]


def export(person: Person) -> dict[str, Any]:
    """Her parts in teams, of today and of before (`settings.PERSON_EXPORTERS`)."""
    parts = TeamMember.objects.filter(person=person).order_by("pk")
    return {"teams": list(parts.values("team__code", "team__name_zh", "role", "started_at", "ended_at"))}


def managers_by_team(team_ids: Iterable[int]) -> dict[int, list[Person]]:
    """The same for many teams at once."""
    found: dict[int, list[Person]] = {team: [] for team in team_ids}
    asked = Team.objects.filter(pk__in=found)
    parts = _managers().filter(subject__in=asked.values("uid"), person__is_active=True)
    known = Team.objects.filter(uid=OuterRef("subject")).values("pk")
    for part in parts.annotate(team_id=Subquery(known)).select_related("person").order_by("person_id"):
        found[part.team_id].append(part.person)
    return found
