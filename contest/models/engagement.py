"""What people do for an entry beside buying: they like, follow and share it, and look at it."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.choices import Choices
from core.language import say
from impact.models import Entry


class Engagement(models.Model):
    """One person's like, follow or share of an entry, from `at` until she takes it back.

    Nobody's are not kept: a press by whoever is signed out leaves no row and moves nothing. Moments are the trade clock's.
    """

    class Kind(Choices):
        LIKE = "like", say("点赞", "Like")
        FOLLOW = "follow", say("关注", "Follow")
        SHARE = "share", say("分享", "Share")

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="engagements")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="engagements")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    at = models.DateTimeField()
    proved_at = models.DateTimeField(
        null=True, help_text="since when her mailbox is known to be hers; before it counts for nothing"
    )
    is_own = models.BooleanField(
        default=False, help_text="she was one of the team's own people: never counted"
    )
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["entry", "person", "kind"],
                condition=Q(revoked_at=None),
                name="one_like_a_person_and_entry",
            ),
            models.CheckConstraint(
                condition=Q(revoked_at=None) | Q(revoked_at__gte=F("at")),
                name="taken_back_after_it_was_given",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.entry_id}"


class View(models.Model):
    """That an account with a proved mailbox has looked at an entry, and when first. One row each; never told who."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="views", db_index=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["entry", "person"], name="one_view_a_person_and_entry")
        ]

    def __str__(self) -> str:
        return f"view {self.entry_id}"
