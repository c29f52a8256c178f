"""What a food's label says of allergens and nutrition, in the words and by the figures of China's labelling standards.

GB 7718-2011, 4.4.3, names eight classes of allergens, and keeps what is in a food apart from what may have come into it
while it was made. GB 28050-2011 says which five nutrients a label tells, of 100 g or 100 ml; its table 1 in how many
decimals and from which amount on (up to it a label says 0), its annex A the reference value (NRV) of each and the formula:
content / NRV × 100 %, a whole number.
"""

from dataclasses import dataclass
from typing import Any

from core.choices import Choices
from core.language import Words, say


class Allergen(Choices):
    """A class of GB 7718; each means what is made of it, too."""

    GLUTEN = "gluten", say("含麸质的谷物", "Cereals containing gluten")
    CRUSTACEANS = "crustaceans", say("甲壳纲类", "Crustaceans")
    FISH = "fish", say("鱼类", "Fish")
    EGGS = "eggs", say("蛋类", "Eggs")
    PEANUTS = "peanuts", say("花生", "Peanuts")
    SOYBEANS = "soybeans", say("大豆", "Soybeans")
    MILK = "milk", say("乳", "Milk")
    NUTS = "nuts", say("坚果", "Tree nuts")


class NutritionPer(Choices):
    """Of how much the figures are."""

    G = "g", say("每 100 克", "Per 100 g")
    ML = "ml", say("每 100 毫升", "Per 100 ml")


@dataclass(frozen=True)
class Nutrient:
    """One row of the table. `reference`, `nought` (up to it a label says 0) and `most` are in units of the column: whole
    kilojoules or milligrams, or tenths of a gram."""

    column: str
    words: Words
    unit: str
    reference: int
    nought: int
    most: int

    def on_label(self, figure: int) -> int:
        """As a label tells it, in units of the column."""
        return 0 if figure <= self.nought else figure

    def amount(self, figure: int) -> str:
        """As a label writes it: 65 tenths are `6.5`."""
        shown = self.on_label(figure)
        return in_grams(shown) if shown and self.unit == "g" else str(shown)

    def percent(self, figure: int) -> int:
        """Of the reference value, rounded half up."""
        return (200 * self.on_label(figure) + self.reference) // (2 * self.reference)


# In the standard's order. No food has more than `most`: pure fat has 3,700 kJ, salt 39 g of sodium, and a heavy syrup more
# than 100 g of sugar in 100 ml.
NUTRIENTS = (
    Nutrient("energy_kj", say("能量", "Energy"), "kJ", 8_400, 17, 4_000),
    Nutrient("protein_tenths", say("蛋白质", "Protein"), "g", 600, 5, 1_500),
    Nutrient("fat_tenths", say("脂肪", "Fat"), "g", 600, 5, 1_500),
    Nutrient("carbohydrate_tenths", say("碳水化合物", "Carbohydrate"), "g", 3_000, 5, 1_500),
    Nutrient("sodium_mg", say("钠", "Sodium"), "mg", 2_000, 5, 40_000),
)
FIGURES = tuple(one.column for one in NUTRIENTS)


def in_grams(tenths: int) -> str:
    """65 as `6.5`."""
    return f"{tenths // 10}.{tenths % 10}"


def named(allergens: list[str]) -> str:
    """Classes in the reader's language, in the standard's order: 大豆、乳; soybeans, milk."""
    return str(Words("、", ", ")).join(str(one.words) for one in Allergen if one.value in allergens)


def nutrition(product: Any) -> dict[str, Any] | None:
    """The table as it is shown; None of a food whose figures nobody has told."""
    if product.energy_kj is None:
        return None
    figures = [(one, getattr(product, one.column)) for one in NUTRIENTS]
    return {
        "per": product.nutrition_per,
        "per_name": str(NutritionPer(product.nutrition_per).words),
        "nutrients": [
            {
                "name": str(one.words),
                "amount": one.amount(figure),
                "unit": one.unit,
                "nrv_percent": one.percent(figure),
            }
            for one, figure in figures
        ],
    }
