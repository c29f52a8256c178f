"""A parcel that its carrier has lost, or brought back: said once by its team, and from there on the way that such things take.

What came back waits to be sent again: its buyer is told, may change the address, or call it off. For what is lost a claim is
opened in her name for each line that has none, so that money or goods come by the one way there is, with its deadlines.
"""

from collections.abc import Sequence
from typing import Any
from uuid import uuid5

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from core import language
from core.language import say
from core.outbox import record
from core.refusals import TooLate
from orders.actions import tracking
from orders.events_of_parcels import ParcelCameBack, ParcelLost
from orders.models import Claim, Line, Shipment

State = Shipment.State
LOST = say("快递把包裹弄丢了（团队告知）。", "The carrier has lost the parcel (so its team says).")


@transaction.atomic
def came_back(shipment: Shipment, by: Any) -> Shipment:
    """The carrier has brought it back, as where nobody was at home: it waits anew, and its buyer is asked to look at the
    address."""
    rows = _on_their_way(shipment)
    tracking.wait_again(rows, came_back_at=timezone.now())
    record(*[ParcelCameBack(shipment_id=row.pk) for row in rows])
    for row in rows:
        audit.record(by, "came_back", "Shipment", row.uid)
    return rows[0]


@transaction.atomic
def lost(shipment: Shipment, by: Any) -> Shipment:
    """The carrier has lost it. Said again it changes nothing."""
    rows = [row for row in _on_their_way(shipment) if row.lost_at is None]
    Shipment.objects.filter(pk__in=[row.pk for row in rows]).update(lost_at=(now := timezone.now()))
    for row in rows:
        row.lost_at = now
        audit.record(by, "lost", "Shipment", row.uid)
    _open_claims(rows)
    record(*[ParcelLost(shipment_id=row.pk) for row in rows])
    return rows[0] if rows else Shipment.objects.select_related("parcel", "order").get(pk=shipment.pk)


def _on_their_way(shipment: Shipment) -> list[Shipment]:
    rows = tracking.together(shipment)
    if any(row.state != State.SHIPPED for row in rows):
        raise TooLate(_NOT_ON_ITS_WAY)
    return rows


def _open_claims(parcels: Sequence[Shipment]) -> None:
    """Of each line of which money is left and nothing is being looked at already."""
    lines = Line.objects.filter(shipment__in=parcels).select_related("order").prefetch_related("claims")
    made = []
    for line in lines:
        goes_on = any(claim.state in Claim.GOES_ON for claim in line.claims.all())
        if line.refunded_minor < line.net_minor and not goes_on:
            with language.use(line.order.language):
                made.append(Claim(uid=uuid5(line.uid, "lost"), line=line, words=str(LOST)))
    Claim.objects.bulk_create(made, ignore_conflicts=True)


_NOT_ON_ITS_WAY = say("这个包裹不在路上。", "This parcel is not on its way.")
