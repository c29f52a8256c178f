"""What a team may write of a product, field by field: the inputs of `listing` and the desk's own type are made from it.

How each is made plain stands in `catalog.actions.listing`; what a listing is begun with (name, category, kind) in
`catalog.api.listing`, since it is asked for then.
"""

from dataclasses import dataclass
from typing import Any

import graphene

from catalog.api.food_label import AllergenEnum
from catalog.models import Product
from core.api.types import enum_of


@dataclass(frozen=True)
class Writable:
    """A field's type in an input, and what the schema says of it: to who writes it, and at the desk."""

    type: Any
    to_write: str
    at_desk: str

    def field(self) -> graphene.InputField:
        """As a field of an input; it may be left out."""
        return graphene.InputField(self.type, description=self.to_write)


def _text(to_write: str, at_desk: str = "") -> Writable:
    return Writable(graphene.String, to_write, at_desk or to_write)


def _zh(to_write: str) -> Writable:
    return _text(to_write, "In Chinese.")


def _en(to_write: str) -> Writable:
    return _text(to_write, "In English; may be empty.")


def _whole(says: str) -> Writable:
    return Writable(graphene.Int, says, says)


_ALLERGENS = graphene.List(graphene.NonNull(AllergenEnum))
_MONTHS = graphene.List(graphene.NonNull(graphene.Int))

WRITABLE: dict[str, Writable] = {
    "name_en": _en("Its name in English."),
    "summary_zh": _zh("One sentence in Chinese."),
    "summary_en": _en("One sentence in English."),
    "story_zh": _zh("What the team tells of it, in Chinese."),
    "story_en": _en("What the team tells of it, in English."),
    "storage": Writable(enum_of(Product, "storage"), "How it must be kept and sent.", "As buyers see it."),
    "illustration": _text("The drawing that shows it when it has no photo."),
    "season_months": Writable(
        _MONTHS, "Its months, 1 to 12.", "The months, 1 to 12, in which it is in season."
    ),
    "shelf_life_days": _whole("Days it keeps."),
    "storage_advice_zh": _zh("How to keep it, in Chinese."),
    "storage_advice_en": _en("How to keep it, in English."),
    "ingredients_zh": _zh("As on the label, in Chinese."),
    "ingredients_en": _en("As on the label, in English."),
    "allergens": Writable(_ALLERGENS, "Allergens that are in it.", "Allergens that are in it."),
    "may_contain": Writable(
        _ALLERGENS,
        "Allergens that may have come into it while it was made; none of those that are in it.",
        "Allergens that may have come into it while it was made.",
    ),
    "has_no_allergens": Writable(
        graphene.Boolean,
        "True: its team says that it is free of all eight classes. Without a word nothing is claimed.",
        "Whether its team says that it is free of all eight classes.",
    ),
    "nutrition_per": Writable(
        enum_of(Product, "nutrition_per"), "Of how much the five figures are.", "Of how much its figures are."
    ),
    "energy_kj": _whole("Kilojoules of energy; all five figures are given, or none (null)."),
    "protein_tenths": _whole("Protein, in tenths of a gram."),
    "fat_tenths": _whole("Fat, in tenths of a gram."),
    "carbohydrate_tenths": _whole("Carbohydrate, in tenths of a gram."),
    "sodium_mg": _whole("Milligrams of sodium."),
    "producer_zh": _zh("The body that answers for it, in Chinese."),
    "producer_en": _en("The body that answers for it, in English."),
    "licence_number": _text("Of the producer.", "Of its producer."),
    "origin": _text(
        "The code of the region where it grows; by default the team's county.", "As buyers see it."
    ),
    "dispatch_days": _whole("Sent within so many days of payment."),
    "return_rule_zh": _zh("When it can be returned, in Chinese."),
    "return_rule_en": _en("When it can be returned, in English."),
    "after_sale_hours": _whole("Hours after delivery in which something wrong can be reported."),
}
