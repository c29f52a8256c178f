"""What two departments see of parcels and sums: commerce how a team sends, the women's department what its teams sold."""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from django.db.models import Count, F, Q, Sum

from catalog.models import Product
from core import clock
from orders.models import Line, Shipment, ShippingRate

SINCE = timedelta(days=90)
COLD = (Product.Storage.CHILLED, Product.Storage.FROZEN)


class Sending(NamedTuple):
    """How a team has sent in the last 90 days."""

    sent: int
    late: int  # sent after the promised day, or not sent and past it
    carriers: list[str]


def sending_of(team_id: int) -> Sending:
    """By its parcels alone: whose they are is told nobody."""
    parcels = Shipment.objects.filter(team=team_id, order__placed_at__gte=clock.now() - SINCE)
    counts = parcels.aggregate(
        sent=Count("pk", filter=Q(state__in=Shipment.SENT)),
        late=Count(
            "pk",
            filter=Q(state__in=Shipment.SENT, shipped_at__date__gt=F("ship_by"))
            | Q(state=Shipment.State.WAITING, order__paid_at__isnull=False, ship_by__lt=clock.today()),
        ),
    )
    used = parcels.exclude(carrier="").values_list("carrier", flat=True).distinct().order_by("carrier")
    return Sending(**counts, carriers=list(used[:10]))


def storages_of(team_id: int) -> list[str]:
    """How what it sells must be kept on its way."""
    sold = Product.objects.filter(team=team_id, state=Product.State.PUBLISHED)
    return list(sold.values_list("storage", flat=True).distinct().order_by("storage"))


def rates() -> list[ShippingRate]:
    """What sending costs, by storage and region."""
    return list(ShippingRate.objects.select_related("region").order_by("storage", "region_id"))


def sold_by(team_ids: Iterable[int]) -> dict[int, int]:
    """Fen that each team sold and kept, of all paid lines."""
    paid = Line.objects.filter(team__in=list(team_ids), order__paid_at__isnull=False)
    rows = paid.values_list("team").annotate(kept=Sum(F("net_minor") - F("refunded_minor"))).order_by()
    return {team: int(minor or 0) for team, minor in rows}
