"""A food's label, as buyers and its team read it."""

from typing import Any

import graphene

from catalog import food_label
from catalog.api.access import HELD
from catalog.food_label import FIGURES, Allergen
from catalog.models import Product
from core.api.facts import mark, reads
from core.api.types import PlainType, enum_of, list_of, worded_enum

AllergenEnum = worded_enum(Allergen, "Allergen", "A class of allergens that GB 7718 names.")


class NamedAllergen(PlainType):
    """A class of allergens, with its name."""

    class Meta:
        access = HELD

    code = graphene.Field(AllergenEnum, required=True, description="Which, for programs.")
    name = graphene.String(required=True, description="Its name in the reader's language.")


class Nutrient(PlainType):
    """One row of a food's nutrition facts."""

    class Meta:
        access = HELD

    name = graphene.String(required=True, description="Its name in the reader's language.")
    amount = graphene.String(required=True, description='As on the label: "6.5".')
    unit = graphene.String(required=True, description="kJ, g or mg.")
    nrv_percent = graphene.Int(
        required=True, description="Of the reference value of GB 28050 for a day, in whole per cent."
    )


class Nutrition(PlainType):
    """A food's nutrition facts, as its team tells them from the label."""

    class Meta:
        access = HELD

    per = graphene.Field(
        enum_of(Product, "nutrition_per"), required=True, description="Of how much they are."
    )
    per_name = graphene.String(required=True, description="The same in the reader's language.")
    nutrients = list_of(
        Nutrient, most=len(FIGURES), description="Energy and four nutrients, in the standard's order."
    )


def _allergens(column: str, description: str) -> graphene.Field:
    @reads(column)
    def resolve(root: Any, info: Any) -> list[dict[str, Any]]:
        return [{"code": one, "name": str(Allergen(one).words)} for one in getattr(root, column)]

    return list_of(NamedAllergen, most=len(Allergen), description=description, resolver=resolve)


def codes_of(column: str, description: str) -> graphene.Field:
    """The classes of a column as a form writes them."""
    listed = graphene.List(graphene.NonNull(AllergenEnum), required=True, description=description)
    return mark(listed, columns=(column,))


def nutrition_field() -> graphene.Field:
    """The table; null of a food whose figures nobody has told."""

    @reads("nutrition_per", *FIGURES)
    def resolve(root: Any, info: Any) -> dict[str, Any] | None:
        return food_label.nutrition(root)

    return graphene.Field(
        Nutrition, resolver=resolve, description="Its nutrition facts; null where its team tells none."
    )


class FoodLabel:
    """What buyers read of a food's label; mixed into the type of a product."""

    allergens = _allergens("allergens", "Allergens that are in it, as its team tells them.")
    may_contain = _allergens("may_contain", "Allergens that may have come into it while it was made.")
    has_no_allergens = mark(
        graphene.Boolean(
            required=True,
            description="Whether its team says that it is free of all eight classes; false claims nothing.",
        ),
        columns=("has_no_allergens",),
    )
    nutrition = nutrition_field()
