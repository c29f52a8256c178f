"""What is often bought together, as it is told: renewed once a week."""

from django.db import models

from catalog.models import Product


class Companion(models.Model):
    """Two products that enough buyers have had in the same cart; each stands once, under the one that came first."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    since = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["product", "other"], name="one_companion_a_pair"),
            models.CheckConstraint(
                condition=models.Q(product__lt=models.F("other")), name="companions_in_the_order_of_their_ids"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} + {self.other_id}"


class CompanionWeek(models.Model):
    """A week, by its Monday, for which companions were renewed; nothing moves twice a week."""

    monday = models.DateField(primary_key=True)
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.monday.isoformat()
