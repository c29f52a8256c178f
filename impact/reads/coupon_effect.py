"""What a coupon at a team's expense takes from whom: the parts of each price before and after, before it is made."""

from dataclasses import dataclass

from catalog.models import PriceStory, Team, Variant
from core.language import Words, say
from core.money import show
from impact.story import portions
from orders.actions.coupon import Terms

# Whatever lot it is of: a unit's parts are the same.
ANY_LOT = [(0, 1)]


@dataclass(frozen=True)
class Effect:
    """One specification: its price, the households' part and what stays with the team, in fen before and after."""

    name: Words
    price_minor: tuple[int, int]
    households_minor: tuple[int, int]
    team_minor: tuple[int, int]

    @property
    def lines(self) -> list[tuple[Words, str]]:
        """The same in words: each part with what it is before and after."""
        told = (
            (say("{x}：售价", "{x}: price", x=self.name), self.price_minor),
            (say("农户所得", "For the households"), self.households_minor),
            (say("团队自留", "The team’s own"), self.team_minor),
        )
        return [(words, " → ".join(map(show, minor))) for words, minor in told]


def effects(team: Team, terms: Terms) -> list[Effect]:
    """Of each thing that the team offers and the coupon is for. Of a sum off, at the least sum it counts from, where it
    takes most: of a larger purchase it takes a smaller part."""
    offered = Variant.objects.filter(
        product__team=team, product__state="published", is_offered=True, story__isnull=False
    )
    if terms.category is not None:
        offered = offered.filter(product__category=terms.category)
    rows = offered.select_related("product", "story").order_by("product_id", "pk")
    return [_effect(variant, variant.story, terms) for variant in rows if variant.story]


def _effect(variant: Variant, story: PriceStory, terms: Terms) -> Effect:
    price = variant.price_minor
    if terms.percent is not None:
        off = price * terms.percent // 100
    else:
        off = price * (terms.amount_minor or 0) // terms.least_minor
    before, after = portions(price, story, ANY_LOT), portions(price - off, story, ANY_LOT)
    zh = f"{variant.product.name_zh} {variant.name_zh}"
    en = f"{variant.product.name_en or variant.product.name_zh} {variant.name_en or variant.name_zh}"
    return Effect(
        say(zh, en),
        (price, price - off),
        (sum(before.households.values()), sum(after.households.values())),
        (before.parts.get("team", 0), after.parts.get("team", 0)),
    )
