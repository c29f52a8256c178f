"""What sending costs, by storage class, region and weight."""

from django.db import models

from accounts.models import Region


class ShippingRate(models.Model):
    """The rate of one parcel: a first weight and each further step. No region = everywhere else."""

    storage = models.CharField(max_length=8)
    region = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, related_name="+", help_text="a province, or null"
    )
    is_served = models.BooleanField(default=True)
    first_grams = models.PositiveIntegerField(default=3000)
    first_minor = models.PositiveBigIntegerField(default=0)
    step_grams = models.PositiveIntegerField(default=1000)
    step_minor = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["storage", "region"], nulls_distinct=False, name="one_rate_a_storage_and_region"
            ),
            models.CheckConstraint(condition=models.Q(step_grams__gt=0), name="rate_has_a_step"),
        ]

    def __str__(self) -> str:
        return f"{self.storage} {self.region_id or ''}".strip()
