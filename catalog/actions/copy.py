"""A product begun from another of the same team: its words, sizes and price stories, and nothing that is one harvest's."""

from django.db import transaction

from accounts.actions import audit
from accounts.models import Person
from catalog.actions import address, card, desk, waiting
from catalog.actions.listing import PLAIN
from catalog.models import Product, Variant
from catalog.reads.wanted import wanted
from core.language import say
from core.refusals import Conflict

NAMED = say("（副本）", " (copy)")


def copy_product(product: Product, by: Person | None) -> Product:
    """A draft like it, to be changed and handed in. Lots, photos and papers are of the one it was made from, and so are
    what operators said of it."""
    desk.must_at_desk(by, product.team_id)
    if not product.team.is_active:
        raise Conflict(say("团队已停用。", "This team is not active."))
    with transaction.atomic():
        made = Product(team=product.team, **{name: getattr(product, name) for name in PLAIN})
        made.name_zh = _named(product.name_zh, NAMED.zh, "name_zh")
        made.name_en = product.name_en and _named(product.name_en, NAMED.en, "name_en")
        made.slug = address.made_of(Product, made.name_zh)
        made.save()
        for variant in product.variants.select_related("story", "change"):
            size = wanted(variant)
            if size.is_offered:
                waiting.sell(Variant(product=made, position=variant.position), size)
        card.refresh([made.id])
        audit.record(by, "create", "Product", made.uid, team=product.team.code, like=str(product.uid))
    return made


def _named(name: str, mark: str, column: str) -> str:
    most: int = getattr(Product._meta.get_field(column), "max_length", 80)
    return f"{name[: most - len(mark)]}{mark}"
