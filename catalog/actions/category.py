"""The shelves of the shop: put up and named by operators."""

from django.db import transaction

from accounts.actions import audit
from accounts.models import Person
from accounts.permissions import must
from catalog import clean, search
from catalog.models import Category, Product
from catalog.usual import CATEGORIES
from core.language import say
from core.refusals import Invalid


def save(
    by: Person | None, pk: int | None = None, *, slug: str, name_zh: str, name_en: str, position: int = 0
) -> Category:
    """Put up a shelf, or name one anew; search learns the new name with it."""
    must(by, "catalog.keep_categories")
    there = Category.objects.filter(slug=slug).values_list("pk", flat=True).first()
    if there is None:
        clean.address(slug, 40)
    elif there != pk:
        raise Invalid(say("这个地址已被使用。", "This address is taken."), field="slug")
    fields = {
        "slug": slug,
        "name_zh": clean.text_for(Category, "name_zh", name_zh, required=True),
        "name_en": clean.text_for(Category, "name_en", name_en, required=True),
        "position": clean.whole(position, "position", 0, 1000),
    }
    with transaction.atomic():
        shelf = Category(pk=pk, **fields)
        shelf.save()
        products = Product.objects.filter(category=shelf, state=Product.State.PUBLISHED)
        search.index(list(products.values_list("id", flat=True)))
        audit.record(by, "save", "Category", shelf.slug)
    return shelf


def put_up_usual(by: Person | None, slugs: list[str]) -> None:
    """Shelves that most shops have, each under its usual name; those that are there stay as they are named."""
    must(by, "catalog.keep_categories")
    places = {slug: place for place, slug in enumerate(CATEGORIES)}
    with transaction.atomic():
        there = set(Category.objects.values_list("slug", flat=True))
        for slug in dict.fromkeys(slugs):
            if slug not in there:
                zh, en = CATEGORIES[slug]
                save(by, slug=slug, name_zh=zh, name_en=en, position=places[slug])
