"""Who did what to which thing: written by every deed of an operator or a manager."""

from django.conf import settings
from django.contrib.postgres.indexes import BrinIndex
from django.db import models


class AuditEntry(models.Model):
    """One deed, never edited. `facts` hold ids, states and figures, never personal data."""

    append_only = True

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    deed = models.CharField(max_length=60)
    noun = models.CharField(max_length=40)
    object_uid = models.CharField(max_length=40)
    facts = models.JSONField(default=dict)
    request_id = models.CharField(max_length=40, blank=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["noun", "object_uid"], name="audit_by_object"),
            models.Index(fields=["deed", "id"], name="audit_by_deed"),
            # Rows come in the order of their days: a day's are found without an index of each.
            BrinIndex(fields=["at"], name="audit_by_day"),
        ]

    def __str__(self) -> str:
        return f"{self.deed} {self.noun} {self.object_uid}"
