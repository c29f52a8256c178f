"""A size as it is sold, and as its team wants it sold while that waits for an operator."""

from dataclasses import dataclass

from catalog.models import PriceStory, Product, Variant, VariantChange

# By what a buyer knows how much she gets: an approval was given for a price and for this.
REVIEWED = ("name_zh", "name_en", "net_content", "weight_grams")


@dataclass(frozen=True)
class Size:
    """What is said of a variant, and its price with the parts that are told, in basis points."""

    name_zh: str
    name_en: str
    net_content: str
    weight_grams: int
    price_minor: int
    parts: dict[str, int]
    is_offered: bool

    @property
    def story(self) -> PriceStory | None:
        """The price story that would be told; kept nowhere."""
        return PriceStory(**{f"{part}_bps": bps for part, bps in self.parts.items()}) if self.parts else None

    @property
    def household_bps(self) -> int:
        return self.story.household_bps if self.story else 0


def sold(variant: Variant) -> Size:
    """As it stands on the shelf."""
    told = variant.story.parts() if variant.story else {}
    return Size(
        **{name: getattr(variant, name) for name in REVIEWED},
        price_minor=variant.price_minor,
        parts={part: bps for part, bps in told.items() if bps},
        is_offered=variant.is_offered,
    )


def change_of(variant: Variant) -> VariantChange | None:
    """What waits of it."""
    return getattr(variant, "change", None)


def wanted(variant: Variant) -> Size:
    """As its team wants it: what waits, else what is sold."""
    change = change_of(variant)
    if change is None:
        return sold(variant)
    return Size(
        **{name: getattr(change, name) for name in REVIEWED},
        price_minor=change.price_minor,
        parts=change.parts,
        is_offered=change.is_offered,
    )


def must_be_looked_at(variant: Variant, size: Size) -> bool:
    """Whether this is other than what was approved of the variant: nothing was, its words are others, it is dearer by
    more than a tenth, or it gives the households less (decision 0068)."""
    if variant.approved_price_minor is None or variant.story is None:
        return True
    if any(getattr(variant, name) != getattr(size, name) for name in REVIEWED):
        return True
    dearer = size.price_minor * 10 > variant.approved_price_minor * 11
    return dearer or size.household_bps < (variant.approved_household_bps or 0)


def anything_waits(product: Product) -> bool:
    """Whether a size that is to be offered, or a paper, waits beside what is approved."""
    sizes = VariantChange.objects.filter(variant__product=product, is_offered=True)
    return sizes.exists() or product.certificates.filter(is_waiting=True).exists()
