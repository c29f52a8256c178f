"""A ceremony of an edition: who is invited, who has come, and the round that it opens."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from impact.models import Edition, Round

# Read aloud at the door: without letters and digits that sound or look alike.
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
LONG = 10


def a_code() -> str:
    """What a guest's invitation carries: nobody guesses another's."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LONG))


class Ceremony(models.Model):
    """A launch or an award: by trade's clock, at a place, followed or recorded at a link. One may open a round."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="ceremonies")
    opens = models.OneToOneField(
        Round,
        on_delete=models.PROTECT,
        null=True,
        related_name="ceremony",
        help_text="the round that it opens",
    )
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120, blank=True)
    place_zh = models.CharField(max_length=120, blank=True)
    place_en = models.CharField(max_length=160, blank=True)
    begins_at = models.DateTimeField()
    link = models.URLField(max_length=300, blank=True)
    opened_at = models.DateTimeField(null=True)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        verbose_name_plural = "ceremonies"
        ordering = ["begins_at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(opened_at=None) | Q(opens__isnull=False), name="what_was_opened_is_a_round"
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)


class CeremonyGuest(models.Model):
    """Somebody who is invited, by a code of her own; who let her in, and when."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    ceremony = models.ForeignKey(Ceremony, on_delete=models.CASCADE, related_name="guests")
    name = models.CharField(max_length=60)
    body = models.CharField(max_length=80, blank=True, help_text="whom she comes for")
    email = models.EmailField(blank=True)
    language = models.CharField(max_length=2, default="zh")
    code = models.CharField(max_length=LONG, unique=True, default=a_code)
    invited_at = models.DateTimeField(auto_now_add=True)
    came_at = models.DateTimeField(null=True)
    let_in_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["name", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(came_at=None, let_in_by=None) | Q(came_at__isnull=False, let_in_by__isnull=False),
                name="somebody_let_in_who_has_come",
            ),
            models.UniqueConstraint(
                fields=["ceremony", "email"], condition=~Q(email=""), name="one_invitation_a_mailbox"
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)
