"""What sending costs: the shop's table by storage class, region and weight, and what a team sends for instead."""

from django.db import models

from accounts.models import Region
from catalog.models import Team


class ShippingRate(models.Model):
    """The rate of one parcel: a first weight and each further step. No region = everywhere else; no team = the shop's
    own table, for whatever a team's says nothing of."""

    # No index of its own: a handful of rows, all read at once.
    team = models.ForeignKey(Team, on_delete=models.CASCADE, null=True, related_name="+", db_index=False)
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
                fields=["team", "storage", "region"],
                nulls_distinct=False,
                name="one_rate_a_team_storage_and_region",
            ),
            models.CheckConstraint(condition=models.Q(step_grams__gt=0), name="rate_has_a_step"),
        ]

    def __str__(self) -> str:
        return f"{self.storage} {self.region_id or ''}".strip()
