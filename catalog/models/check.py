"""What a department of the government found at a team: agriculture of a product and its papers, commerce of its sending."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models.product import Product
from catalog.models.team import Team
from core.choices import Choices
from core.language import say


class DepartmentCheck(models.Model):
    """One look with its finding, never edited: the next look is another row. The last one is what holds."""

    append_only = True

    class Kind(Choices):
        QUALITY = "quality", say("证书与质量", "Certificates and quality")
        LOGISTICS = "logistics", say("物流与冷链", "Sending and cold chain")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="checks")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, null=True, related_name="checks")
    is_fine = models.BooleanField()
    words = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="quality", product__isnull=False) | Q(kind="logistics", product=None),
                name="quality_is_a_products_sending_is_a_teams",
            ),
            models.CheckConstraint(condition=Q(is_fine=True) | ~Q(words=""), name="what_is_not_fine_is_said"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.uid}"
