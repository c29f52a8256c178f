"""How many units were sold of each product, counted once a day for what is told of it (decision 0055)."""

from datetime import date, datetime, timedelta

from django.db.models import F, Sum
from django.utils import timezone

from catalog.actions import sold
from catalog.models import SoldDisclosure
from core.clock import SHANGHAI
from orders.models import Line, Shipment

HOUR = timedelta(hours=4)  # when few are buying, so that a day's buyers are told together


def tell_units_sold() -> int:
    """What is due: at the boundary of a day, or as soon after as it is asked; how many products rose. By the wall clock,
    as parcels arrive and after-sale times end."""
    now = timezone.now().astimezone(SHANGHAI)
    day = (now - HOUR).date()
    if SoldDisclosure.objects.filter(day=day).exists():
        return 0
    return sold.tell(day, units_sold(boundary_at(day)))


def boundary_at(day: date) -> datetime:
    """04:00 of a day in Shanghai."""
    return datetime.combine(day, datetime.min.time(), SHANGHAI) + HOUR


def units_sold(until: datetime) -> dict[int, int]:
    """Of each product over all its lots and sizes: units whose after-sale time had passed, undisputed, and that were not
    given back."""
    over = Line.objects.filter(
        shipment__state=Shipment.State.COMPLETED, shipment__after_sale_until__lte=until
    )
    found = over.values("variant__product_id").annotate(units=Sum(F("quantity") - F("refunded_units")))
    return dict(found.order_by().values_list("variant__product_id", "units"))
