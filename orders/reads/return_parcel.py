"""What a buyer sends back: whose it is to send and to receive, and until when."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from accounts.permissions import absent
from catalog.reads import desks_of
from core.refusals import first_or_refuse
from orders.models import Claim, ReturnParcel
from orders.reads.claim import ANSWER
from orders.reads.order import orders_open_to

State = ReturnParcel.State
# So long a buyer has to send back what she has agreed to, and a team to say that it has come.
SENT_WITHIN = timedelta(days=14)
RECEIVED_WITHIN = timedelta(days=10)


def current(claim: Claim) -> ReturnParcel | None:
    """What is asked for, on its way back or has come for this claim; None where nothing is, or not any more."""
    rows = [one for one in claim.returns.all() if one.state != State.OVER]
    return rows[-1] if rows else None


def due_by(one: ReturnParcel) -> datetime | None:
    """Until when its buyer sends it, or its team says that it has come; None while it waits for neither."""
    if one.state == State.AGREED and one.agreed_at:
        return one.agreed_at + SENT_WITHIN
    if one.state == State.SENT and one.sent_at:
        return one.sent_at + RECEIVED_WITHIN
    return None


def return_of_team(person: Any, uid: UUID) -> ReturnParcel:
    """One of a claim that this person answers; any other sounds like none."""
    found = ReturnParcel.objects.filter(uid=uid, claim__line__team__in=desks_of(person, ANSWER)).first()
    if found is None:
        raise absent(person, ANSWER, "return_id")
    return found


def return_of_buyer(person: Any, number: str, token: str | None, uid: UUID) -> ReturnParcel:
    """One of whoever bought, by account or link; any other sounds like none."""
    orders = orders_open_to(person, number, token)
    rows = ReturnParcel.objects.filter(uid=uid, claim__line__order__in=orders)
    found: ReturnParcel = first_or_refuse(rows, "return_id")
    return found


def return_by_pk(request: Any, pk: int) -> QuerySet[ReturnParcel]:
    """One that a deed of this very asker has led to, while she keeps its desk."""
    return ReturnParcel.objects.filter(pk=pk, claim__line__team__in=desks_of(request.user, ANSWER))
