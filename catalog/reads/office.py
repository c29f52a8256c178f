"""Teams as those who keep them see them: active or not, with their people."""

from typing import Any
from uuid import UUID

from django.db.models import Case, Q, QuerySet, When

from accounts.actions import role_invitation
from accounts.models import Appointment, Person, RoleInvitation
from accounts.models.appointment import OF_A_TEAM
from accounts.permissions import absent, may_anywhere, not_over, places_of
from catalog.models import Product, Team
from catalog.reads.products import products_at
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


def listings_to_decide(person: Any) -> QuerySet[Product]:
    """Of the teams where she decides: products that were handed in, and those with changes that wait while they are sold."""
    live = Q(state=Product.State.PUBLISHED, changes_state=Product.Changes.WAITING)
    return products_at(person, "catalog.decide_listing").filter(live | Q(state=Product.State.SUBMITTED))


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


def team_where(person: Person, permission: str, uid: UUID, field: str = "team") -> Team:
    """One where she may do that: by her role at its desk, or at the place in which it lies."""
    teams = Team.objects.filter(places_of(person, permission).rows(region="county", subject="uid"))
    found = _with_places(teams, uid)
    if found is None:
        raise absent(person, permission, field)
    return found


def people_at(team: Team) -> QuerySet[Appointment]:
    """Who works at its desk or will, with the person: managers, then leaders, then packers."""
    parts = Appointment.objects.filter(not_over(), role__in=OF_A_TEAM, subject=team.uid)
    order = Case(*(When(role=role, then=n) for n, role in enumerate(OF_A_TEAM)))
    return parts.select_related("person").order_by(order, "pk")


def offers_at(team: Team, seen_by: Person) -> QuerySet[RoleInvitation]:
    """Who is invited to its desk and has not answered, as far as she looks after that."""
    waiting = role_invitation.waiting().filter(subject=team.uid, role__in=OF_A_TEAM)
    return waiting.filter(pk__in=role_invitation.seen_by(seen_by).values("pk")).order_by("pk")


def _one(teams: QuerySet[Team], uid: UUID, field: str) -> Team:
    found = _with_places(teams, uid)
    if found is None:
        raise NotFound(field=field)
    return found


def _with_places(teams: QuerySet[Team], uid: UUID) -> Team | None:
    return teams.filter(uid=uid).select_related("county", "division", "leader").first()
