"""Lists of products as buyers narrow and order them."""

from django.db.models import BooleanField, Case, ExpressionWrapper, F, IntegerField, Q, QuerySet, When

from catalog.models import Product
from catalog.search import Where
from core import clock


def narrowed(products: QuerySet[Product], where: Where) -> QuerySet[Product]:
    """The products that answer what is chosen; the same choices as search has."""
    chosen = Q()
    if where.category is not None:
        chosen &= Q(category__slug__in=where.category)
    if where.division is not None:
        chosen &= Q(team__division_id__in=where.division)
    if where.kind is not None:
        chosen &= Q(kind__in=where.kind)
    if where.team is not None:
        chosen &= Q(team__slug=where.team)
    if where.price is not None:
        bands = Q(pk__in=[])
        for low, high in where.price:
            up_to = Q() if high is None else Q(price_from_minor__lte=high)
            bands |= Q(price_from_minor__gte=low) & up_to
        chosen &= bands
    if where.price_min is not None:
        chosen &= Q(price_from_minor__gte=where.price_min)
    if where.price_max is not None:
        chosen &= Q(price_from_minor__lte=where.price_max)
    in_season = Q(season_months__contains=[clock.today().month])
    if where.in_season is not None:
        chosen &= in_season if where.in_season else ~in_season
    if where.in_stock is not None:
        chosen &= Q(units_available__gt=0) if where.in_stock else Q(units_available=0)
    return products.filter(chosen)


def with_season(products: QuerySet[Product]) -> QuerySet[Product]:
    """With what the order by season compares: this month's first, the shorter its season; then what can be had."""
    now = When(season_months__contains=[clock.today().month], then=13 - F("season_months__len"))
    return products.annotate(
        season_now=Case(now, default=0, output_field=IntegerField()),
        stock_now=ExpressionWrapper(Q(units_available__gt=0), output_field=BooleanField()),
    )
