"""Claims: whose they are to see and to answer, whose turn it is, and until when."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.permissions import absent, places_of
from catalog.reads import desks_of
from core.refusals import first_or_refuse
from orders.links import uid_of_token
from orders.models import Claim, ClaimPhoto, ClaimReply, Replacement, ReturnParcel
from orders.reads.order import orders_of, orders_open_to
from orders.reads.place import of_line

ANSWER = "orders.answer_claims"
State = Claim.State
Kind = ClaimReply.Kind
# So long a team has for each of its answers; from then on the office decides in its place.
TEAM_ANSWERS = timedelta(days=3)
# So long its buyer has to say that an answer is not enough.
BUYER_ANSWERS = timedelta(days=7)
# So often she and the team turn it over between them; then the office decides, if she wishes.
MOST_DISPUTES = 3
# Of one claim, with its first and with what is said later.
MOST_PHOTOS = 6


def left_open(before: datetime | None = None) -> Q:
    """A condition on a claim: its team has had its time, and has not answered."""
    since = (before or timezone.now()) - TEAM_ANSWERS
    return Q(state=State.OPEN, made_at__lt=since) | Q(state=State.DISPUTED, disputed_at__lt=since)


def office_decides() -> Q:
    """A condition on a claim: it is the office's, left by its team or brought by its buyer."""
    return left_open() | Q(state=State.OFFICE)


def undecided(now: datetime | None = None) -> Q:
    """A condition on a claim: what comes of it is not known, so that what lies in its parcel is not owed to anybody yet.

    An answer that its buyer has left alone for her time is one that stands, whether the clock has struck or not.
    """
    since = (now or timezone.now()) - BUYER_ANSWERS
    waits = Q(state__in=(*Claim.TEAM_TO_ANSWER, State.OFFICE))
    waits |= Q(state=State.AGREED, replacements__state__in=Replacement.UNDER_WAY)
    waits |= Q(state=State.AGREED, returns__state__in=ReturnParcel.UNDER_WAY)
    return waits | Q(state=State.ANSWERED, answered_at__gte=since)


def _at_her_places(person: Any) -> Q:
    return of_line(places_of(person, "orders.answer_left_claims"), "line__")


def answer_by(claim: Claim) -> datetime | None:
    """Until when its team answers; None while that is not its turn."""
    if claim.state not in Claim.TEAM_TO_ANSWER:
        return None
    return (claim.disputed_at or claim.made_at) + TEAM_ANSWERS


def reply_by(claim: Claim) -> datetime | None:
    """Until when its buyer may disagree, or bring it before the office; None while that is not her turn."""
    if claim.state != State.ANSWERED or claim.answered_at is None:
        return None
    return claim.answered_at + BUYER_ANSWERS


def allowed_actions(claim: Claim) -> list[str]:
    """What its buyer may do about it now."""
    until = reply_by(claim)
    if until is None or until <= timezone.now():
        return ["ADD_PHOTO"] if claim.state in Claim.TEAM_TO_ANSWER else []
    disputes = sum(reply.kind == Kind.DISPUTED for reply in claim.replies.all())
    may = ["ACCEPT"]
    if disputes < MOST_DISPUTES:
        may.append("DISPUTE")
    if claim.brought_at is None:
        may.append("BRING")
    return may


def replies(claim: Claim) -> list[ClaimReply]:
    """What was said of it since, the first first; of one that was answered before there were replies, that answer."""
    rows = list(claim.replies.all())
    if rows or claim.answered_at is None:
        return rows
    at = {"words": claim.answer, "refund": claim.refund, "made_at": claim.answered_at}
    return [ClaimReply(uid=claim.uid, claim=claim, kind=Kind.ANSWERED, **at)]


def photos_of(claim: Claim, reply: ClaimReply | None = None) -> Sequence[Claim | ClaimPhoto]:
    """Photos that came with a word of its buyer's; its first is the claim's own."""
    if reply is not None and reply.pk is None:
        return []
    more = [photo for photo in claim.photos.all() if photo.reply_id == (reply.pk if reply else None)]
    return [claim, *more] if reply is None and claim.photo else more


def claim_to_answer(person: Any, uid: UUID) -> Claim:
    """A claim on this person's desk, or that is the office's to decide where she does; any other sounds like none."""
    # One that was answered meanwhile says so.
    left = office_decides() | ~Q(state__in=Claim.TEAM_TO_ANSWER)
    hers = Q(line__team__in=desks_of(person, ANSWER)) | left & _at_her_places(person)
    row = Claim.objects.filter(hers, uid=uid).select_related("line__order").first()
    if row is None:
        raise absent(person, ANSWER, "claim_id")
    return row


def claim_of_buyer(person: Any, number: str, token: str | None, uid: UUID) -> Claim:
    """A claim of whoever bought, by account or link; any other sounds like none."""
    orders = orders_open_to(person, number, token)
    rows = Claim.objects.filter(line__order__in=orders, uid=uid).select_related("line__order")
    found: Claim = first_or_refuse(rows, "claim_id")
    return found


def claim_seen_by(person: Any, uid: UUID, token: str | None = None) -> Claim | None:
    """A claim for whoever made it, by account or link, and for the team it is about; for operators what is theirs to
    decide. None for others."""
    seen = office_decides() & _at_her_places(person)
    if person.is_authenticated:
        seen |= Q(line__order__in=orders_of(person)) | Q(line__team__in=desks_of(person, ANSWER))
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
