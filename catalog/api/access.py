"""Who may what on the shelves; the floors above use these rules too."""

from typing import Any

from django.http import HttpRequest

from accounts.api.access import HELD, PUBLIC, SIGNED_IN
from accounts.permissions import may
from catalog import reads
from catalog.actions import desk
from catalog.models import Team
from catalog.reads.office import keeps_teams
from core.api.access import Access

__all__ = ["DESK", "HELD", "KEEPS_TEAMS", "PUBLIC", "SIGNED_IN", "TEAM_MANAGER", "manages"]


def manages(request: HttpRequest, team_id: int) -> bool:
    """Whether this team's desk is the asker's today; looked up once a request."""
    known = getattr(request, "managed_teams", None)
    if known is None or known[0] != request.user.pk:
        ids = frozenset(reads.teams_managed_by(request.user).values_list("pk", flat=True))
        known = request.managed_teams = (request.user.pk, ids)
    return team_id in known[1]


def _is_at_her_desk(request: HttpRequest, parent: Any) -> bool:
    return manages(request, getattr(parent, "team_id", parent.pk))


def _sees_listings_of(request: HttpRequest, team: Team) -> bool:
    return may(request.user, "catalog.see_listings", at=desk.place_of(team))


# `parent` is the team, or a row that belongs to one by `team_id`.
TEAM_MANAGER = Access("a manager of the team", _is_at_her_desk)
DESK = Access(
    "a manager of the team, or whoever may see listings where it works",
    lambda request, parent: _is_at_her_desk(request, parent) or _sees_listings_of(request, parent.team),
)
KEEPS_TEAMS = Access("whoever keeps teams", lambda request, parent: keeps_teams(request.user))
