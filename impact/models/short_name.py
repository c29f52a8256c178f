"""What a team calls its households among itself, sealed; and who of it had the list of them open, and what for."""

from django.conf import settings
from django.db import models

from catalog.models import Team
from impact.models.household import Household


class ShortName(models.Model):
    """What its team calls a household, sealed with a key that is not in the database; its own people alone open it."""

    household = models.OneToOneField(
        Household, on_delete=models.CASCADE, primary_key=True, related_name="short_name"
    )
    sealed = models.BinaryField()
    changed_at = models.DateTimeField(auto_now=True)


class NamesOpening(models.Model):
    """That one of a team's own people opened its list of short names, what for and until when."""

    append_only = True

    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="names_openings")
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    purpose = models.CharField(max_length=120)
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["team", "reader", "until"], name="openings_that_run")]

    def __str__(self) -> str:
        return f"{self.purpose} · {self.at:%Y-%m-%d}"


class NamesReading(models.Model):
    """One page of short names that was shown while the list was open, and whose names stood on it."""

    append_only = True

    opening = models.ForeignKey(NamesOpening, on_delete=models.CASCADE, related_name="readings")
    households = models.JSONField(help_text="their ids")
    at = models.DateTimeField()
