"""Teams as anyone may see them, and whose desk is whose."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import Person
from catalog.models import Category, Team, TeamMember
from core.language import Words, say
from core.refusals import NotFound


def teams() -> QuerySet[Team]:
    """The teams that offer something here."""
    return Team.objects.filter(is_active=True)


def categories() -> QuerySet[Category]:
    """The shelves, in their order."""
    return Category.objects.all()


def subjects() -> QuerySet:
    """Teams as the floor below may call them for whoever is appointed to one."""
    return Team.objects.values("uid", zh=F("name_zh"), en=F("name_en"), lies=F("county_id"))


def at_the_desk() -> Q:
    """The rows of TeamMember by which a team's desk is somebody's at this moment."""
    now = timezone.now()
    within = Q(started_at__lte=now) & (Q(until=None) | Q(until__gt=now))
    return Q(role=TeamMember.Role.MANAGER, ended_at=None) & within


def teams_managed_by(person: Any) -> QuerySet[Team]:
    """The teams whose desk is this person's today."""
    if not person.is_authenticated:
        return Team.objects.none()
    parts = TeamMember.objects.filter(at_the_desk(), person=person)
    return Team.objects.filter(id__in=parts.values("team_id")).order_by("id")


def is_manager(person: Any, team_id: int) -> bool:
    """Whether this team's desk is this person's today."""
    return teams_managed_by(person).filter(id=team_id).exists()


def is_related(person: Any, team_id: int) -> bool:
    """Whether the person is or was one of the team's own people: a related party of its sales."""
    return person.is_authenticated and TeamMember.objects.filter(person=person, team_id=team_id).exists()


def managed_team(person: Person, uid: UUID) -> Team:
    """The team with this uid, if its desk is this person's; else the same as if there were none."""
    team = teams_managed_by(person).filter(uid=uid).select_related("county", "division").first()
    if team is None:
        raise NotFound()
    return team


def managers_of(team_id: int) -> QuerySet[Person]:
    """Who is told what happens at this team's desk."""
    parts = TeamMember.objects.filter(at_the_desk(), team_id=team_id)
    return Person.objects.filter(id__in=parts.values("person_id"), is_active=True).order_by("id")


def teams_managed_alone(person: Person) -> QuerySet[Team]:
    """The teams whose desk nobody else who can sign in keeps."""
    kept = TeamMember.objects.filter(at_the_desk(), person__is_active=True)
    others = kept.filter(team=OuterRef("pk")).exclude(person=person)
    return teams_managed_by(person).exclude(Exists(others))


def duties(person: Person) -> list[Words]:
    """Teams that sell, and would have nobody at their desk without her (`settings.PERSON_DUTIES`)."""
    # Locked: of two last managers whose accounts are closed at one moment, one stays.
    list(teams_managed_by(person).select_for_update(no_key=True))
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
    parts = TeamMember.objects.filter(at_the_desk(), team__in=found, person__is_active=True)
    for part in parts.select_related("person").order_by("person_id"):
        found[part.team_id].append(part.person)
    return found
