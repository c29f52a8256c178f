"""That two accounts turned out to be one person's."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q


class Merging(models.Model):
    """One account went into another, for good: by when, and who had shown what. Of its moment is known whom a round that
    was frozen before it counted twice."""

    append_only = True

    lasting = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="mergings")
    gone = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="merging")
    at = models.DateTimeField(help_text="by the clock of seasons and contests")
    made_at = models.DateTimeField(auto_now_add=True)
    shown = models.CharField(
        max_length=40, help_text="by which ways both had just been proved: kinds, no values"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(lasting=F("gone")), name="nobody_goes_into_herself"),
        ]

    def __str__(self) -> str:
        return f"{self.gone_id} into {self.lasting_id}"
