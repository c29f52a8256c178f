"""How whoever works in a village proves a device that is new: by a code from her mailbox and one from her manager."""

from django.conf import settings
from django.db import models

from core.choices import Choices
from core.language import say


class DeviceCode(models.Model):
    """One of the two codes for a new device; good once, for ten minutes. A newer one of its kind takes its place."""

    class Way(Choices):
        MAILBOX = "mailbox", say("邮件", "By mail")
        MANAGER = "manager", say("管理员", "From her manager")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="device_codes"
    )
    way = models.CharField(max_length=8, choices=Way.choices)
    digest = models.CharField(max_length=64)
    given_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    expires_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "way"], name="one_code_of_a_way_for_a_person")
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.pk}"
