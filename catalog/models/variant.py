"""One specification of a product with its price, and what each part of that price pays for."""

import uuid

from django.db import models
from django.db.models import F, Q

from catalog.models.product import Product


class Variant(models.Model):
    """A size or packing of a product. A price change is a new price story, never an edit of one."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="variants")
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    net_content = models.CharField(max_length=60, blank=True, help_text="as on the label, e.g. 2.5 kg")
    weight_grams = models.PositiveIntegerField(help_text="what the carrier weighs")
    price_minor = models.PositiveBigIntegerField()
    story = models.ForeignKey(
        "PriceStory", on_delete=models.PROTECT, null=True, related_name="+", help_text="the story now told"
    )
    # What an operator has seen: a rise of more than a tenth above it is looked at again.
    approved_price_minor = models.PositiveBigIntegerField(null=True, blank=True)
    approved_household_bps = models.PositiveIntegerField(null=True, blank=True)
    position = models.PositiveSmallIntegerField(default=0)
    is_offered = models.BooleanField(default=True)
    # The card, as with Product: kept by the transaction that moves stock.
    units_available = models.PositiveIntegerField(default=0)
    lot = models.ForeignKey(
        "Lot", on_delete=models.SET_NULL, null=True, related_name="+", help_text="the next unit comes from it"
    )

    class Meta:
        ordering = ["position", "id"]
        constraints = [models.CheckConstraint(condition=Q(price_minor__gt=0), name="variant_has_a_price")]

    def __str__(self) -> str:
        return f"{self.name_zh} {self.net_content}".strip()


class VariantChange(models.Model):
    """What a team wants to be sold of a variant, while no operator has looked at it: what is approved is sold on.

    Nothing but an approval writes it over the variant (`catalog.actions.waiting`), so that no page, price or search
    can show what waits. Of a size that is not offered, it waits until it is to be.
    """

    variant = models.OneToOneField(Variant, on_delete=models.CASCADE, related_name="change")
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120, blank=True)
    net_content = models.CharField(max_length=60, blank=True)
    weight_grams = models.PositiveIntegerField()
    price_minor = models.PositiveBigIntegerField()
    parts = models.JSONField(default=dict, help_text="basis points of the price by part; empty: not told yet")
    is_offered = models.BooleanField(default=True)
    written_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(price_minor__gt=0), name="variant_change_has_a_price")
        ]

    def __str__(self) -> str:
        return f"{self.name_zh} {self.net_content}".strip()


STORY_PARTS = {
    # part: (name zh, name en); the first three are the households' part. Nothing is called paid before it is.
    "farm_gate": ("农户收购", "Households, farm gate"),
    "labour": ("农户劳务", "Households, labour"),
    "dividend": ("农户分红", "Households, dividend"),
    "processing": ("加工", "Processing"),
    "packaging": ("分拣包装", "Sorting and packaging"),
    "logistics": ("产地物流", "Collection and cold chain"),
    "testing": ("检测", "Testing"),
    "gateway": ("支付手续费", "Payment fee"),
    "platform": ("平台服务", "Platform"),
    "team": ("团队运营", "Team"),
    "reserve": ("风险准备", "Reserve"),
}
HOUSEHOLD_PARTS = ("farm_gate", "labour", "dividend")
_BPS = [f"{part}_bps" for part in STORY_PARTS]


class PriceStory(models.Model):
    """What each part of a price pays for, in basis points that add up to 10,000; never edited."""

    append_only = True

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="stories")
    farm_gate_bps = models.PositiveIntegerField(default=0)
    labour_bps = models.PositiveIntegerField(default=0)
    dividend_bps = models.PositiveIntegerField(default=0)
    processing_bps = models.PositiveIntegerField(default=0)
    packaging_bps = models.PositiveIntegerField(default=0)
    logistics_bps = models.PositiveIntegerField(default=0)
    testing_bps = models.PositiveIntegerField(default=0)
    gateway_bps = models.PositiveIntegerField(default=0)
    platform_bps = models.PositiveIntegerField(default=0)
    team_bps = models.PositiveIntegerField(default=0)
    reserve_bps = models.PositiveIntegerField(default=0)
    told_since = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(farm_gate_bps=10_000 - sum((F(name) for name in _BPS[2:]), F(_BPS[1]))),
                name="price_story_adds_up",
            )
        ]

    def __str__(self) -> str:
        return f"{self.household_bps / 100:g} % · {self.told_since:%Y-%m-%d}"

    @property
    def household_bps(self) -> int:
        return sum(getattr(self, f"{part}_bps") for part in HOUSEHOLD_PARTS)

    def parts(self) -> dict[str, int]:
        """Each part's basis points, in the order in which they are told."""
        return {part: getattr(self, f"{part}_bps") for part in STORY_PARTS}
