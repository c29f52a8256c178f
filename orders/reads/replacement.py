"""What is sent in place of what arrived spoilt: whose it is to send and to receive."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import QuerySet, Subquery

from accounts.permissions import absent
from catalog.models import Lot, Reservation
from catalog.reads import desks_of
from core.refusals import first_or_refuse
from orders.models import Claim, Line, Replacement
from orders.reads.claim import ANSWER
from orders.reads.order import orders_open_to
from orders.reads.shipment import PACK

State = Replacement.State
# So long a team has to send what its buyer wants.
SENT_WITHIN = timedelta(days=7)


def current(claim: Claim) -> Replacement | None:
    """What is offered, sent or was received in place of others for this claim; None where nothing is, or not any more."""
    rows = [one for one in claim.replacements.all() if one.state != State.CANCELLED]
    return rows[-1] if rows else None


def most_units(line: Line) -> int:
    """Of so many units something remains paid: what was given back is not replaced as well."""
    return line.units_sent if line.refunded_minor < line.net_minor else 0


def send_by(replacement: Replacement) -> datetime | None:
    """Until when it is to be sent; None unless it waits for that."""
    if replacement.state != State.AGREED or replacement.agreed_at is None:
        return None
    return replacement.agreed_at + SENT_WITHIN


def of_lot(lot_id: int) -> QuerySet[Replacement]:
    """What was offered or sent in place of others out of a lot."""
    taken = Reservation.objects.filter(lot=lot_id, state=Reservation.State.REPLACED)
    return Replacement.objects.filter(uid__in=taken.values("holder"))


def lines_sent_of(lot: Lot) -> Subquery:
    """The lines in whose place units of this lot are on their way, or have come."""
    return Subquery(of_lot(lot.pk).filter(state__in=Replacement.SENT).values("claim__line"))


def replacement_of_team(person: Any, uid: UUID) -> Replacement:
    """One that this person may send; any other sounds like none."""
    return _at_desk(person, uid, PACK)


def replacement_to_call_off(person: Any, uid: UUID) -> Replacement:
    """One of a claim that this person answers; any other sounds like none."""
    return _at_desk(person, uid, ANSWER)


def _at_desk(person: Any, uid: UUID, permission: str) -> Replacement:
    found = Replacement.objects.filter(uid=uid, claim__line__team__in=desks_of(person, permission)).first()
    if found is None:
        raise absent(person, permission, "replacement_id")
    return found


def replacement_of_buyer(person: Any, number: str, token: str | None, uid: UUID) -> Replacement:
    """One that goes to whoever bought, by account or link; any other sounds like none."""
    orders = orders_open_to(person, number, token)
    rows = Replacement.objects.filter(uid=uid, claim__line__order__in=orders)
    found: Replacement = first_or_refuse(rows, "replacement_id")
    return found


def replacement_by_pk(request: Any, pk: int) -> QuerySet[Replacement]:
    """One that a deed of this very asker has led to, while she keeps its desk."""
    return Replacement.objects.filter(pk=pk, claim__line__team__in=desks_of(request.user, PACK))
