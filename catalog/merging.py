"""What becomes of parts in teams, and of who said what of a listing, when an account goes into another."""

from django.utils import timezone

from accounts.merging import Becomes, move
from accounts.models import Person
from catalog.models import TeamMember

COLUMNS = {
    "catalog.TeamMember.person": Becomes.UNITES,
    "catalog.Leader.introduced_by": Becomes.MOVES,
    "catalog.Leader.verified_by": Becomes.MOVES,
    "catalog.Product.submitted_by": Becomes.MOVES,
    "catalog.ListingReview.reviewer": Becomes.MOVES,
    "catalog.ListingReview.submitted_by": Becomes.MOVES,
    "catalog.TeamNews.submitted_by": Becomes.MOVES,
    "catalog.TeamNews.decided_by": Becomes.MOVES,
    "catalog.ListingSheet.sent_by": Becomes.MOVES,
    "catalog.ListingSheet.saved_by": Becomes.MOVES,
    "catalog.TeamApplication.invited_by": Becomes.MOVES,
    "catalog.TeamApplication.applicant": Becomes.MOVES,
    "catalog.TeamApplication.decided_by": Becomes.MOVES,
    "catalog.DepartmentCheck.by": Becomes.STAYS,
}


def merge(lasting: Person, gone: Person) -> None:
    """She is, and was, one of the teams' own people by either account."""
    parts = TeamMember.objects.filter(person=gone)
    both = TeamMember.objects.filter(person=lasting, ended_at=None).values("team")
    parts.filter(ended_at=None, team__in=both).update(ended_at=timezone.now())
    parts.update(person=lasting)
    move(COLUMNS, lasting, gone)
