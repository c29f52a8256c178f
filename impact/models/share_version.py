"""Each version of who grew a lot: the last is in force, and none is ever taken away."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models import Lot


class ShareVersion(models.Model):
    """What was weighed in for a lot, by whom and when; a mistake is mended by the next."""

    append_only = True

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(help_text="from 1 on")
    grams = models.JSONField(help_text="by household id")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
        help_text="null: the shop itself",
    )
    at = models.DateTimeField()
    since = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text="the lot’s number of sharings when it came into force"
    )

    class Meta:
        ordering = ["lot_id", "number"]
        constraints = [
            models.UniqueConstraint(fields=["lot", "number"], name="one_version_a_lot_and_number"),
            models.CheckConstraint(condition=Q(number__gt=0), name="versions_are_counted_from_one"),
        ]

    def __str__(self) -> str:
        return f"{self.number}"
