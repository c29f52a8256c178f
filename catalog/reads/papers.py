"""Which papers a product cannot be sold without, which of them have run out, and which soon will (decision 0076)."""

from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q, QuerySet

from catalog.models import Certificate, Product
from core import clock
from core.related import related

Kind = Certificate.Kind
# A food that was made is tested; of what was picked or dried a report is a promise that a team makes of its own accord.
_MADE = (Product.Kind.PROCESSED, Product.Kind.ALCOHOL)
WARNED_AT = (30, 7)
# What a badge stands for: gone with the paper.
BADGES = (Kind.GI, Kind.ORGANIC)


def is_required(kind: str, product: Product) -> bool:
    """Whether the product is not sold once its paper of this kind has run out."""
    return kind == Kind.LICENCE or (kind == Kind.TEST and product.kind in _MADE)


def lapsed(product: Product, *, seen_alone: bool = False) -> list[Certificate]:
    """Required papers that have run out and none of their kind is in force, the last of each; `seen_alone`: one that waits
    for an operator does not count for it."""
    today = clock.today()
    papers = [one for one in related(product, "certificates") if is_required(one.kind, product)]
    in_force = {
        one.kind
        for one in papers
        if one.issued_on <= today <= one.expires_on and not (seen_alone and one.is_waiting)
    }
    last: dict[str, Certificate] = {}
    for one in papers:
        if one.kind not in in_force and one.expires_on < today and not one.is_waiting:
            last[one.kind] = max(last.get(one.kind, one), one, key=lambda paper: paper.expires_on)
    return list(last.values())


def _required() -> Q:
    return Q(kind=Kind.LICENCE) | Q(kind=Kind.TEST, product__kind__in=_MADE)


def with_lapsed() -> QuerySet[Product]:
    """Products on the shelf of which a required paper has run out."""
    today = clock.today()
    other = Certificate.objects.filter(
        product=OuterRef("product"),
        kind=OuterRef("kind"),
        is_waiting=False,
        issued_on__lte=today,
        expires_on__gte=today,
    )
    gone = Certificate.objects.filter(_required(), ~Exists(other), is_waiting=False, expires_on__lt=today)
    return Product.objects.filter(state=Product.State.PUBLISHED, pk__in=gone.values("product")).order_by("pk")


def unwarned(days: int) -> QuerySet[Certificate]:
    """Papers of products on the shelf that run out within so many days, have no successor, and of which their team was not
    told so yet."""
    today = clock.today()
    later = Certificate.objects.filter(
        product=OuterRef("product"), kind=OuterRef("kind"), expires_on__gt=OuterRef("expires_on")
    )
    soon = Certificate.objects.filter(
        ~Exists(later),
        Q(warned_days=None) | Q(warned_days__gt=days),
        is_waiting=False,
        product__state=Product.State.PUBLISHED,
        expires_on__gte=today,
        expires_on__lte=today + timedelta(days=days),
    )
    return soon.order_by("pk").annotate(team_id=F("product__team"))


def soonest(product: Product) -> Certificate | None:
    """The paper that runs out next, within thirty days and without a successor."""
    today = clock.today()
    last: dict[str, Certificate] = {}
    for one in related(product, "certificates"):
        last[one.kind] = max(last.get(one.kind, one), one, key=lambda paper: paper.expires_on)
    soon = [
        one
        for one in last.values()
        if not one.is_waiting and today <= one.expires_on <= today + timedelta(days=WARNED_AT[0])
    ]
    return min(soon, key=lambda paper: paper.expires_on, default=None)
