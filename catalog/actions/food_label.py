"""What a team says of allergens and nutrition, made plain and looked at as a whole: a label that contradicts itself is
refused, each fault beside its field."""

from collections.abc import Callable
from functools import partial
from typing import Any

from catalog import clean
from catalog.food_label import FIGURES, NUTRIENTS, Allergen, NutritionPer, named
from catalog.models import Product
from core.language import say
from core.refusals import Invalid, every

ALL_FIVE = say(
    "营养成分五项要写就写全；不写就全空着。", "Give all five figures of nutrition, or leave all five empty."
)


def _classes(field: str, given: Any) -> list[str]:
    """Each once, in the standard's order."""
    ticked = {clean.one_of(one, field, Allergen.values) for one in given or ()}
    return [one for one in Allergen.values if one in ticked]


def _figure(column: str, most: int, given: Any) -> int | None:
    """In units of the column; none where it was left empty."""
    if given is None:
        return None
    words = say("请照标签填写，这一项看起来不对。", "Please copy it from the label: this cannot be right.")
    return clean.whole(given, column, 0, most, words)


PLAIN: dict[str, Callable[[Any], Any]] = {
    "allergens": partial(_classes, "allergens"),
    "may_contain": partial(_classes, "may_contain"),
    "has_no_allergens": bool,
    "nutrition_per": lambda value: clean.one_of(value, "nutrition_per", NutritionPer.values),
    **{one.column: partial(_figure, one.column, one.most) for one in NUTRIENTS},
}


def check(product: Product) -> None:
    """Raise all that does not fit together."""
    every(
        {
            "may_contain": partial(_one_or_the_other, product),
            "has_no_allergens": partial(_none_means_none, product),
            **{figure: partial(_with_the_others, product, figure) for figure in FIGURES},
        }
    )


def _one_or_the_other(product: Product) -> None:
    if both := [one for one in product.allergens if one in product.may_contain]:
        words = say(
            "“{x}”已经勾在“含有”里，这里就不用再勾。",
            "Ticked under “contains” already, so not here: {x}.",
            x=named(both),
        )
        raise Invalid(words, field="may_contain")


def _none_means_none(product: Product) -> None:
    if product.has_no_allergens and (product.allergens or product.may_contain):
        words = say(
            "上面勾了致敏物质，就不能说八类都没有。",
            "Some are ticked above, so it cannot be none of them.",
        )
        raise Invalid(words, field="has_no_allergens")


def _with_the_others(product: Product, figure: str) -> None:
    if getattr(product, figure) is None and any(getattr(product, one) is not None for one in FIGURES):
        raise Invalid(ALL_FIVE, field=figure)
