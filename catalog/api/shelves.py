"""The shop's shelves, as whoever runs it puts them up."""

from typing import Any

import graphene

from accounts.api.access import whoever_may
from accounts.reads import signed_in
from catalog.actions import category as categories
from catalog.models import Category
from catalog.usual import CATEGORIES
from core.api.access import HELD
from core.api.act import Act
from core.api.facts import guarded
from core.api.types import PlainType, list_of
from core.refusals import Invalid

KEEPS_CATEGORIES = whoever_may("catalog.keep_categories", pii=1)


class UsualCategoryType(PlainType):
    """A shelf that most shops of this kind have."""

    class Meta:
        access = HELD
        name = "UsualCategory"

    slug = graphene.String(required=True, description="Its word in addresses.")
    name_zh = graphene.String(required=True, description="Its name in Chinese.")
    name_en = graphene.String(required=True, description="Its name in English.")
    is_there = graphene.Boolean(required=True, description="Whether this shop has it.")


class CategoriesPutUp(Act):
    """Put up usual shelves, under the names that they usually have; those that are there stay as they are."""

    class Meta:
        access = KEEPS_CATEGORIES

    class Input:
        slugs = graphene.List(
            graphene.NonNull(graphene.String), required=True, description="Which, of `usualCategories`."
        )

    @classmethod
    def act(cls, request: Any, slugs: list[str]) -> Any:
        """Nothing. INVALID for none, or one that is no usual shelf."""
        if not slugs or not set(slugs) <= CATEGORIES.keys():
            raise Invalid(field="slugs")
        categories.put_up_usual(signed_in(request), slugs)


class CategorySave(Act):
    """Put up a shelf under a name of one's own, or name one anew."""

    class Meta:
        access = KEEPS_CATEGORIES

    class Input:
        slug = graphene.String(
            required=True, description="Its word in addresses; one that is there is named anew."
        )
        name_zh = graphene.String(required=True, description="Its name in Chinese.")
        name_en = graphene.String(required=True, description="Its name in English.")

    @classmethod
    def act(cls, request: Any, slug: str, name_zh: str, name_en: str) -> Any:
        """Nothing. INVALID names the field."""
        known = Category.objects.filter(slug=slug).first()
        place = known.position if known else Category.objects.count()
        names = {"name_zh": name_zh, "name_en": name_en}
        categories.save(signed_in(request), known.pk if known else None, slug=slug, position=place, **names)


def _usual(root: Any, info: Any) -> list[dict[str, Any]]:
    there = set(Category.objects.values_list("slug", flat=True))
    return [
        {"slug": slug, "name_zh": zh, "name_en": en, "is_there": slug in there}
        for slug, (zh, en) in CATEGORIES.items()
    ]


class Query:
    usual_categories = guarded(
        list_of(UsualCategoryType, most=30, resolver=_usual, description="Shelves to choose from."),
        KEEPS_CATEGORIES,
    )


class Mutation:
    categories_put_up = CategoriesPutUp.Field()
    category_save = CategorySave.Field()
