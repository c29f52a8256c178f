"""Products as a buyer may see them, and as their team and the operators may."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.module_loading import import_string

from accounts.permissions import absent, places_of
from catalog.models import Category, Certificate, Lot, Picture, Product, Variant
from catalog.reads.teams import desks_of
from core import clock
from core.language import say
from core.refusals import Invalid, NotFound
from core.related import related

KEEP, RECALL = "catalog.keep_listings", "catalog.recall_lot"


def published_products() -> QuerySet[Product]:
    """What anyone may see: the one door to products for buyers, lists, search and counts."""
    return Product.objects.filter(state=Product.State.PUBLISHED)


def product_for(viewer: Any, slug: str, *, preview: bool = False) -> Product:
    """A product by its slug; an unpublished one only as a preview, for its team and the operators."""
    product = Product.objects.filter(slug=slug).first()
    if product and (product.is_published or (preview and _may_preview(viewer, product))):
        return product
    raise NotFound()


def _may_preview(viewer: Any, product: Product) -> bool:
    return viewer.is_authenticated and products_seen_by(viewer).filter(pk=product.pk).exists()


def products_at(person: Any, permission: str) -> QuerySet[Product]:
    """Products in any state, of the teams that work where she has this permission."""
    places = places_of(person, permission)
    return Product.objects.filter(places.rows(region="team__county", subject="team__uid"))


def products_seen_by(person: Any) -> QuerySet[Product]:
    """Products in any state: on this person's desk, or where she may see listings."""
    hers = Q(team_id__in=desks_of(person, KEEP).values("id"))
    at_her_places = places_of(person, "catalog.see_listings").rows(region="team__county", subject="team__uid")
    return Product.objects.filter(hers | at_her_places)


def desk_products(person: Any) -> QuerySet[Product]:
    """Products in any state, as far as they are on this person's desk."""
    return Product.objects.filter(team_id__in=desks_of(person, KEEP).values("id")).order_by("-id")


def product_of(person: Any, uid: UUID) -> Product:
    """A product on this person's desk; else the same as if there were none."""
    return _one(desk_products(person).filter(uid=uid).select_related("team"), person)


def variant_of(person: Any, uid: UUID) -> Variant:
    """A variant on this person's desk."""
    mine = Variant.objects.filter(product__team_id__in=desks_of(person, KEEP).values("id"), uid=uid)
    return _one(mine.select_related("product__team", "story"), person)


def variants_of(person: Any, uids: Iterable[UUID]) -> list[Variant]:
    """Variants on this person's desk, in the order of their ids here; of any other each is as if there were none."""
    wanted = list(uids)
    mine = Variant.objects.filter(
        product__team_id__in=desks_of(person, KEEP).values("id"), uid__in=set(wanted)
    )
    known = {one.uid: one for one in mine.select_related("product__team", "story", "change")}
    if any(uid not in known for uid in wanted):
        raise absent(person, KEEP, "variant_id")
    return [known[uid] for uid in wanted]


def lot_of(person: Any, uid: UUID) -> Lot:
    """A lot on this person's desk."""
    mine = Lot.objects.filter(variant__product__team_id__in=desks_of(person, KEEP).values("id"), uid=uid)
    return _one(mine.select_related("variant__product__team"), person)


def lot_to_recall(person: Any, uid: UUID) -> Lot:
    """A lot of a team, or at a place, whose lots she may recall."""
    its = "variant__product__team__"
    hers = places_of(person, RECALL).rows(region=f"{its}county", subject=f"{its}uid")
    return _one(Lot.objects.filter(hers, uid=uid).select_related("variant__product__team"), person, RECALL)


def picture_of(person: Any, uid: UUID) -> Picture:
    """A picture on this person's desk."""
    mine = Picture.objects.filter(product__team_id__in=desks_of(person, KEEP).values("id"), uid=uid)
    return _one(mine.select_related("product__team"), person)


def certificate_of(person: Any, uid: UUID) -> Certificate:
    """A certificate on this person's desk."""
    mine = Certificate.objects.filter(product__team_id__in=desks_of(person, KEEP).values("id"), uid=uid)
    return _one(mine.select_related("product__team"), person)


def is_changed(product: Product) -> bool:
    """Whether something that is offered of it is other than an operator has approved."""
    return any(v.is_offered and v.approved_price_minor is None for v in related(product, "variants"))


def category_named(slug: str) -> Category:
    """A shelf by its slug, as it is written into a form."""
    found = Category.objects.filter(slug=slug).first()
    if found is None:
        raise Invalid(say("没有这个品类。", "There is no such category."), field="category")
    return found


def lot_declared(request: Any, pk: int) -> QuerySet[Lot]:
    """The lot that an earlier call with the same key declared, while it is on the asker's desk."""
    return Lot.objects.filter(pk=pk, variant__product__team_id__in=desks_of(request.user, KEEP).values("id"))


def _one(found: QuerySet, person: Any, permission: str = KEEP) -> Any:
    row = found.first()
    if row is None:
        raise absent(person, permission)
    return row


def variants_on_sale(ids: Iterable[int] | None = None, *, uids: Iterable[UUID] | None = None) -> QuerySet:
    """Variants that can be bought now if there is stock, by their ids or uids."""
    chosen = Q(id__in=list(ids)) if ids is not None else Q()
    if uids is not None:
        chosen &= Q(uid__in=list(uids))
    on_sale = Variant.objects.filter(
        chosen,
        is_offered=True,
        story__isnull=False,
        product__state=Product.State.PUBLISHED,
        product__team__is_active=True,
    )
    return on_sale.select_related("product__team", "story", "lot")


def is_in_season(product: Product) -> bool:
    """Whether this is one of its months, by the trade's calendar."""
    return clock.today().month in product.season_months


def valid_certificates(product: Product) -> list[Certificate]:
    """Those that are in force today: one that has run out is shown no longer, one that waits for an operator not yet."""
    today = clock.today()
    return [
        paper
        for paper in related(product, "certificates")
        if not paper.is_waiting and paper.issued_on <= today <= paper.expires_on
    ]


def recall_refunds(lot: Lot) -> int:
    """Fen that go back to buyers, at most, if this lot is recalled now (`settings.RECALL_SUMS`)."""
    return sum(import_string(name)(lot.pk) for name in settings.RECALL_SUMS)
