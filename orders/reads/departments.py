"""What two departments see of parcels and sums: commerce how a team sends, the women's department what its teams sold."""

from collections.abc import Iterable
from datetime import timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from catalog.models import Product, Team
from core import clock
from orders.models import Line, Shipment, ShippingRate, Standstill

SINCE = timedelta(days=90)
MOST_CARRIERS = 10
COLD = (Product.Storage.CHILLED, Product.Storage.FROZEN)


def with_sending(teams: QuerySet[Team]) -> QuerySet[Team]:
    """The teams, each with `storages` (how what it sells must be kept on its way) and, of the last 90 days' orders,
    parcels `sent` and `late` (sent after the promised day, or not sent and past it) and the `carriers` used, ten at
    most. By parcels alone: whose they are is told nobody. One that stands still because its place is closed is not late.
    """
    parcels = Shipment.objects.filter(team=OuterRef("pk"), order__placed_at__gte=clock.now() - SINCE)
    closed = Exists(Standstill.objects.filter(shipment=OuterRef("pk"), ended_at=None))
    overdue = (
        Q(state=Shipment.State.WAITING, order__paid_at__isnull=False, ship_by__lt=clock.today()) & ~closed
    )
    late = Q(state__in=Shipment.SENT, shipped_at__date__gt=F("ship_by")) | overdue
    on_the_shelf = Product.objects.filter(team=OuterRef("pk"), state=Product.State.PUBLISHED)
    return teams.annotate(
        sent=_number_of(parcels.filter(state__in=Shipment.SENT)),
        late=_number_of(parcels.filter(late)),
        carriers=ArraySubquery(
            parcels.exclude(parcel__carrier="")
            .values("parcel__carrier")
            .distinct()
            .order_by("parcel__carrier")[:MOST_CARRIERS]
        ),
        storages=ArraySubquery(on_the_shelf.values("storage").distinct().order_by("storage")),
    )


def _number_of(parcels: QuerySet[Shipment]) -> Coalesce:
    counted = parcels.order_by().values("team").annotate(number=Count("pk"))
    return Coalesce(Subquery(counted.values("number")), 0)


def rates(teams: QuerySet[Team]) -> list[ShippingRate]:
    """What sending costs, by storage and region: by the shop's own table, and by these teams'."""
    rows = ShippingRate.objects.filter(Q(team=None) | Q(team__in=teams))
    return list(rows.select_related("region").order_by("storage", "region_id"))


def sold_by(team_ids: Iterable[int]) -> dict[int, int]:
    """Fen that each team sold and kept, of all paid lines."""
    paid = Line.objects.filter(team__in=list(team_ids), order__paid_at__isnull=False)
    rows = paid.values_list("team").annotate(kept=Sum(F("net_minor") - F("refunded_minor"))).order_by()
    return {team: int(minor or 0) for team, minor in rows}
