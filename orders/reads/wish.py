"""Wish lists: what somebody remembers, which letters wait, and of what it can be said that she could buy it now."""

from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import LetterKind, Person
from accounts.reads import addresses_of
from catalog.models import Product
from catalog.reads import variants_on_sale
from core import clock
from core.refusals import first_or_refuse
from orders.models import Line, Order, Wish
from orders.reads.closure import over
from orders.reads.shipping import rate_for

Letter = Wish.Letter


def wishes_of(person: Person) -> QuerySet[Wish]:
    """Her list, the last first; what was told or bought is on it no more."""
    return person.wishes.filter(done_at=None)


def wish_of(person: Person, uid: UUID) -> Wish:
    """One of hers; of anybody else's the same as if there were none."""
    found: Wish = first_or_refuse(wishes_of(person).filter(uid=uid), "id")
    return found


def wished(person: Any, slug: str) -> dict[tuple[str, Any], Wish]:
    """Hers of one product, by letter and size."""
    if not person.is_authenticated:
        return {}
    rows = wishes_of(person).filter(product__slug=slug).select_related("variant")
    return {(row.letter, row.variant.uid if row.variant else None): row for row in rows}


def waiting() -> QuerySet[Wish]:
    """Letters that somebody waits for."""
    rows = Wish.objects.exclude(letter=Letter.NONE).filter(done_at=None, person__is_active=True)
    return rows.exclude(person__letters_off__contains=[LetterKind.WISHES])


def can_be_had() -> Q:
    """Whether what a wish is of is on sale, in stock, and of one in season: in its months."""
    sizes = variants_on_sale().filter(units_available__gt=0)
    its_months = sizes.filter(product__season_months__contains=[clock.today().month])
    is_back = Q(letter=Letter.BACK) & Exists(sizes.filter(pk=OuterRef("variant")))
    is_in_season = Q(letter=Letter.SEASON) & Exists(its_months.filter(product=OuterRef("product")))
    return is_back | is_in_season


def bought_meanwhile() -> Q:
    """Whether she has bought it since she asked: then it is no news to her."""
    bought = Line.objects.filter(
        order__person=OuterRef("person"), order__paid_at__gt=OuterRef("made_at")
    ).exclude(order__state__in=Order.OVER)
    of_size = Q(letter=Letter.BACK) & Exists(bought.filter(variant=OuterRef("variant")))
    of_product = Q(letter=Letter.SEASON) & Exists(bought.filter(variant__product=OuterRef("product")))
    return of_size | of_product


def is_sent_to_her(person: Person, product: Product) -> bool:
    """Whether it is sent to where she usually has things sent; of whoever keeps no address nothing is known against it."""
    usual = addresses_of(person).filter(is_default=True).first()
    if usual is None:
        return True
    is_served = rate_for(product.storage, usual.region_id, product.team_id) is not None
    return is_served and over(usual.region_id, product.storage) is None
