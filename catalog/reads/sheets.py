"""The tables that a team has sent in, as whoever keeps its listings sees them."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.permissions import absent
from catalog.models import ListingSheet, Team
from catalog.reads.teams import desks_of

KEEP = "catalog.keep_listings"


def sheet_in_hand(team: Team) -> ListingSheet | None:
    """The last one, until it is given up."""
    rows = team.listing_sheets.exclude(state=ListingSheet.State.DISCARDED)
    return rows.select_related("team").order_by("-pk").first()


def sheet_of(person: Any, uid: UUID) -> ListingSheet:
    """A table of a team on this person's desk; else the same as if there were none."""
    rows = ListingSheet.objects.filter(uid=uid, team__in=desks_of(person, KEEP))
    found = rows.select_related("team").first()
    if found is None:
        raise absent(person, KEEP, "id")
    return found


def sheet_by_pk(request: Any, pk: int) -> QuerySet[ListingSheet]:
    """The table that an earlier call with the same key was about, while it is on the asker's desk."""
    return ListingSheet.objects.filter(pk=pk, team__in=desks_of(request.user, KEEP))
