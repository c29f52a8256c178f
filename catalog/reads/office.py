"""Teams as those who keep them see them: active or not, with their people."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from accounts.models import Person
from accounts.permissions import may_anywhere, places_of
from catalog.models import Product, Team, TeamMember
from catalog.reads.products import products_at
from catalog.reads.teams import at_the_desk, teams_managed_by
from core.refusals import NotFound

KEEP = "catalog.keep_teams"


def keeps_teams(person: Any) -> bool:
    """Whether there is any place whose teams she keeps."""
    return may_anywhere(person, KEEP)


def teams_run_by(person: Any) -> QuerySet[Team]:
    """The teams that she keeps, by her role and its place."""
    return Team.objects.filter(places_of(person, KEEP).rows(region="county", subject="uid"))


def teams_found(person: Any, search: str = "", state: str = "") -> QuerySet[Team]:
    """Those of them that bear these words, in this state: `active`, `at_rest`, or `unverified` where the leader waits."""
    found = teams_run_by(person)
    words = search.strip()[:40]
    if words:
        named = Q(code__iexact=words) | Q(name_zh__icontains=words) | Q(name_en__icontains=words)
        found = found.filter(named | Q(county__name_zh__contains=words) | Q(leader__name_zh__contains=words))
    if state == "unverified":
        return found.filter(is_active=True).exclude(leader__verified_at__isnull=False)
    return found.filter(is_active=state == "active") if state else found


def products_found(person: Any, search: str = "", state: str = "") -> QuerySet[Product]:
    """Of the teams where she decides about listings, those whose name or team bears these words."""
    found = products_at(person, "catalog.decide_listing")
    if words := search.strip()[:40]:
        its = (
            Q(team__code__iexact=words)
            | Q(team__name_zh__icontains=words)
            | Q(team__name_en__icontains=words)
        )
        found = found.filter(its | Q(name_zh__icontains=words) | Q(name_en__icontains=words))
    return found.filter(state=state) if state else found


def team_in_charge(person: Person, uid: UUID, field: str = "id") -> Team:
    """One that she keeps; any other does not exist."""
    return _one(teams_run_by(person), uid, field)


def team_run_by(person: Person, uid: UUID, field: str = "team") -> Team:
    """One that she keeps, or whose desk is hers."""
    hers = Q(pk__in=teams_managed_by(person).values("pk")) | Q(pk__in=teams_run_by(person).values("pk"))
    return _one(Team.objects.filter(hers), uid, field)


def managers_at(team: Team) -> QuerySet[TeamMember]:
    """Whose desk it is today, with the person, the first named first."""
    parts = team.members.filter(at_the_desk())
    return parts.select_related("person").order_by("pk")


def _one(teams: QuerySet[Team], uid: UUID, field: str) -> Team:
    found = teams.filter(uid=uid).select_related("county", "division", "leader").first()
    if found is None:
        raise NotFound(field=field)
    return found
