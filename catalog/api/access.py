"""Who may what on the shelves; the floors above use these rules too."""

from typing import Any

from django.http import HttpRequest

from accounts.api.access import HELD, PUBLIC, SIGNED_IN
from accounts.permissions import may, places_of
from catalog.actions import desk
from catalog.models import Team
from catalog.reads.office import keeps_teams
from core.api.access import Access

__all__ = [
    "AT_DESK",
    "DESK",
    "HELD",
    "KEEPS_LISTINGS",
    "KEEPS_TEAMS",
    "MANAGER",
    "PUBLIC",
    "SIGNED_IN",
    "at_desk",
    "works_at",
]


def works_at(request: HttpRequest, parent: Any, permission: str) -> bool:
    """Whether the asker may do that now at the desk of this team, or of the team to which this row belongs by `team_id`."""
    uids = places_of(request.user, permission).subjects
    if isinstance(parent, Team) or not uids:
        return bool(uids) and parent.uid in uids
    known = getattr(request, "desks", None)
    if known is None or known[0] != request.user.pk:
        hers = places_of(request.user, "catalog.enter_desk").subjects
        ids = dict(Team.objects.filter(uid__in=hers).values_list("uid", "pk"))
        known = request.desks = (request.user.pk, ids)
    return any(known[1].get(uid) == parent.team_id for uid in uids)


def at_desk(permission: str, description: str, pii: int = 0) -> Access:
    """Open to who may do that at the team's desk. The parent is the team, or a row that belongs to one by `team_id`."""
    return Access(description, lambda request, parent: works_at(request, parent, permission), pii=pii)


def _sees_listings_of(request: HttpRequest, team: Team) -> bool:
    return may(request.user, "catalog.see_listings", at=desk.place_of(team))


AT_DESK = at_desk("catalog.enter_desk", "whoever works at the team's desk")
KEEPS_LISTINGS = at_desk("catalog.keep_listings", "whoever keeps the team's listings")
MANAGER = at_desk("accounts.appoint_at_team", "a manager of the team", pii=2)
DESK = Access(
    "whoever keeps the team's listings, or may see listings where it works",
    lambda request, parent: KEEPS_LISTINGS.allows(request, parent) or _sees_listings_of(request, parent.team),
)
KEEPS_TEAMS = Access("whoever keeps teams", lambda request, parent: keeps_teams(request.user))
