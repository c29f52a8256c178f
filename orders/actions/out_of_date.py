"""Paid goods that are past their best-before date: held from being sent by `orders/reads/stopped.py`, told from here."""

from django.db import transaction
from django.db.models import QuerySet

from accounts.actions import audit
from accounts.models import AuditEntry
from core.outbox import record
from orders.events import GoodsOutOfDate, TeamHoldsOutOfDate
from orders.models import Line, Order, Shipment
from orders.reads import stopped

_DEED = "hold_out_of_date"


def find() -> int:
    """Tell, once for each, of the parcels that are held since something in them is past its date: their buyers, and
    their teams in one letter; how many parcels."""
    with transaction.atomic():
        held = list(
            waiting().select_for_update(of=("self",), skip_locked=True, no_key=True).select_related("order")
        )
        uids = [str(parcel.uid) for parcel in held]
        told = AuditEntry.objects.filter(noun="Shipment", object_uid__in=uids, deed=_DEED)
        known = set(told.values_list("object_uid", flat=True))
        fresh = [parcel for parcel in held if str(parcel.uid) not in known]
        teams: dict[int, list[str]] = {}
        for parcel in fresh:
            audit.record(None, _DEED, "Shipment", parcel.uid)
            record(GoodsOutOfDate(shipment_id=parcel.pk))
            teams.setdefault(parcel.team_id, []).append(parcel.order.number)
        for team_id, numbers in teams.items():
            record(TeamHoldsOutOfDate(team_id=team_id, numbers=numbers))
    return len(fresh)


def waiting() -> QuerySet[Shipment]:
    """Parcels of which something that is still to be sent is past its date."""
    lines = Line.objects.filter(stopped.out_of_date_in("variant", "order__uid"))
    left = lines.filter(shipment__state=Shipment.State.WAITING, shipment__order__state__in=Order.WITH_TEAMS)
    return Shipment.objects.filter(pk__in=left.values("shipment")).order_by("pk")
