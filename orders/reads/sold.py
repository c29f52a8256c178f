"""What a team has sold in a month, line by line, to take along: of its buyers only what is still needed to send a parcel."""

from datetime import date, datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from catalog.models import Team
from core import clock
from orders.models import Line, Order, Shipment
from orders.reads.address import on_a_parcel

State = Shipment.State
# Until a parcel has come it may have to be sent once more.
NEEDED = (State.WAITING, State.SHIPPED)
# More no spreadsheet on a phone opens.
MOST = 50_000


def sold_in(team: Team, month: date) -> QuerySet[Line]:
    """The team's lines that were paid for good in the month of this day, in Shanghai, the first first; a group's when it was
    confirmed, as its statement has it."""
    begins, ends = month_of(month)
    never_sold = Q(order__holder__isnull=False, order__confirmed_at=None)
    lines = Line.objects.filter(~never_sold, team=team, order__state__in=Order.PAID_STATES)
    lines = lines.annotate(sold_at=Coalesce("order__confirmed_at", "order__paid_at"))
    lines = lines.filter(sold_at__gte=begins, sold_at__lt=ends)
    related = ("order", "variant__product", "shipment__parcel__region__parent__parent")
    return lines.select_related(*related).order_by("sold_at", "pk")[:MOST]


def to_whom(line: Line) -> tuple[str, str, str]:
    """Recipient, telephone and address while the parcel has still to come; nothing afterwards, nor of what one takes for many."""
    parcel = line.shipment
    if parcel is None or parcel.state not in NEEDED or line.order.holder:
        return "", "", ""
    to = parcel.parcel
    return to.recipient, to.phone, on_a_parcel(to.region, to.street)


def month_of(day: date) -> tuple[datetime, datetime]:
    """When the month of this day begins, and when the next does, in Shanghai."""
    begins = day.replace(day=1)
    ends = (begins + timedelta(days=32)).replace(day=1)
    first, last = (datetime.combine(one, time(), clock.SHANGHAI) for one in (begins, ends))
    return first, last
