"""Whom an entry's team has declared as near to it: what they buy does not count."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.choices import Choices
from core.language import say
from impact.models import Entry


class RelatedParty(models.Model):
    """A relative or associate by the keyed hash of a mailbox or telephone: that it is the same, not whose it is.

    The key is the edition's: the same telephone is another hash in another edition.
    """

    class Kind(Choices):
        MAILBOX = "mailbox", say("邮箱", "A mailbox")
        PHONE = "phone", say("电话", "A telephone")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="related_parties", db_index=False)
    kind = models.CharField(max_length=8, choices=Kind.choices)
    mark = models.CharField(max_length=64, help_text="an HMAC")
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    declared_at = models.DateTimeField(auto_now_add=True)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "related parties"
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "kind", "mark"],
                condition=Q(withdrawn_at=None),
                name="one_declaration_a_mark",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.mark[:8]}"
