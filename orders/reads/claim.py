"""Claims: whose they are to see and to answer."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.permissions import absent, places_of
from catalog.reads import desks_of
from orders.links import uid_of_token
from orders.models import Claim
from orders.reads.place import of_line

ANSWER = "orders.answer_claims"
# So long a team has for its answer; from then on an operator may give one in its place.
TEAM_ANSWERS = timedelta(days=3)


def left_open(before: datetime | None = None) -> Q:
    """A condition on a claim: its team has had its time, and nobody has answered."""
    return Q(state=Claim.State.OPEN, made_at__lt=(before or timezone.now()) - TEAM_ANSWERS)


def _at_her_places(person: Any) -> Q:
    return of_line(places_of(person, "orders.answer_left_claims"), "line__")


def answer_by(claim: Claim) -> datetime | None:
    """Until when its team answers; None once it is answered."""
    return claim.made_at + TEAM_ANSWERS if claim.state == Claim.State.OPEN else None


def claim_to_answer(person: Any, uid: UUID) -> Claim:
    """A claim on this person's desk, or that a team has left to her who may answer it; any other sounds like none."""
    # One that was answered meanwhile says so.
    left = left_open() | ~Q(state=Claim.State.OPEN)
    hers = Q(line__team__in=desks_of(person, ANSWER)) | left & _at_her_places(person)
    row = Claim.objects.filter(hers, uid=uid).select_related("line__order").first()
    if row is None:
        raise absent(person, ANSWER, "claim_id")
    return row


def claim_seen_by(person: Any, uid: UUID, token: str | None = None) -> Claim | None:
    """A claim for whoever made it, by account or link, and for the team it is about; for operators what the team leaves
    to them. None for others."""
    seen = left_open() & _at_her_places(person)
    if person.is_authenticated:
        seen |= Q(line__order__person=person) | Q(line__team__in=desks_of(person, ANSWER))
    if token and (order := uid_of_token(token)):
        seen |= Q(line__order__person=None, line__order__uid=order)
    return Claim.objects.filter(seen, uid=uid).first()


def answered_by_pk(request: Any, pk: int) -> QuerySet[Claim]:
    """A claim that this very asker has answered, while she keeps the desk, or the office's claims."""
    hers = Q(line__team__in=desks_of(request.user, ANSWER)) | _at_her_places(request.user)
    return Claim.objects.filter(hers, pk=pk)


def claim_by_pk(request: Any, pk: int) -> QuerySet[Claim]:
    """A claim that a deed of this very asker has led to."""
    return Claim.objects.filter(pk=pk)
