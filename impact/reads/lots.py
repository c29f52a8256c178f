"""A team's lots as whoever weighs them in looks for them: those that wait for weights first, then those sold next."""

from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce

from catalog.models import Lot, Team
from impact.models import LotTally, ShareVersion

UNSOLD = Q(units_sold=0, units_reserved=0, units_replaced=0)


def lots_of(team: Team, find: str = "", **only: Any) -> QuerySet[Lot]:
    """A team's lots, or those whose code, product or size is called so, in the order in which they are sold: by the day
    until which each is good (`until`), as `catalog.actions.stock.turn` draws on them."""
    lots = Lot.objects.filter(variant__product__team=team, **only).select_related("variant__product")
    if plain := find.strip():
        named = ("code", "variant__product__name_zh", "variant__product__name_en", "variant__name_zh")
        asked = Q()
        for column in named:
            asked |= Q(**{f"{column}__icontains": plain})
        lots = lots.filter(asked)
    versions = ShareVersion.objects.filter(lot=OuterRef("pk")).order_by("-number")
    lots = lots.annotate(
        # What came back on the shelf was shared out all the same.
        is_open_to_weights=_is(
            UNSOLD
            & ~Q(level=Lot.Level.POOL)
            & ~Q(state=Lot.State.RECALLED)
            & ~Q(pk__in=LotTally.objects.filter(Q(number__gt=0) | Q(corrections__gt=0)).values("lot"))
        ),
        has_weights=Exists(LotTally.objects.filter(lot=OuterRef("pk"))),
        version=Coalesce(Subquery(versions.values("number")[:1]), 1),
        until=Case(
            When(state=Lot.State.PLANNED, then=F("ship_by")), default=Coalesce("best_before", "harvest_to")
        ),
    )
    stage = Case(
        When(is_open_to_weights=True, has_weights=False, then=0),
        When(state=Lot.State.OPEN, then=1),
        When(state=Lot.State.PLANNED, then=2),
        default=3,
    )
    return lots.order_by(stage, "until", "pk")


def _is(condition: Q) -> Case:
    return Case(When(condition, then=Value(True)), default=Value(False))
