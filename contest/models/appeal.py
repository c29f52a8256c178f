"""What a team says against its being suspended, disqualified or declined."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contest.models.registration import Registration


class RegistrationAppeal(models.Model):
    """Filed by the team, answered by another than who had decided; granted, the team takes part again."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    registration = models.ForeignKey(Registration, on_delete=models.PROTECT, related_name="appeals")
    against = models.CharField(max_length=12, choices=Registration.State.choices)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    words = models.TextField(max_length=2000)
    filed_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    filed_at = models.DateTimeField()
    is_granted = models.BooleanField(null=True)
    answer = models.TextField(max_length=2000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["registration"], condition=Q(answered_at=None), name="one_open_appeal_a_registration"
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None, is_granted=None, answered_by=None)
                | Q(answered_at__isnull=False, is_granted__isnull=False, answered_by__isnull=False),
                name="an_appeal_is_answered_whole",
            ),
            models.CheckConstraint(
                condition=Q(answered_by=None) | Q(decided_by=None) | ~Q(answered_by=F("decided_by")),
                name="another_answers_an_appeal",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.registration_id} {self.against}"
