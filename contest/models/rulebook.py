"""The rules of an edition: a text for people beside parameters for the machine, frozen before the round opens."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Region
from impact.models import Edition


class Rulebook(models.Model):
    """One version of an edition's rules. Frozen it is never edited: `sha256` of its canonical JSON stands on each result.

    `parameters` is what contest.scoring reads: indicators with weights in basis points that sum to 10,000, references,
    caps, tie rules, thresholds. Another version is another row.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="rulebooks")
    region = models.ForeignKey(
        Region,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="whose province it is for; null: any",
    )
    version = models.PositiveSmallIntegerField()
    text_zh = models.TextField(max_length=20_000, blank=True)
    text_en = models.TextField(max_length=20_000, blank=True)
    parameters = models.JSONField()
    sha256 = models.CharField(max_length=64, blank=True)
    frozen_at = models.DateTimeField(null=True)
    frozen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["edition", "version"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "version"], name="one_rulebook_a_version"),
            models.CheckConstraint(
                condition=Q(frozen_at=None, sha256="") | Q(frozen_at__isnull=False) & ~Q(sha256=""),
                name="a_frozen_rulebook_has_its_hash",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} v{self.version}"

    @property
    def is_frozen(self) -> bool:
        return self.frozen_at is not None
