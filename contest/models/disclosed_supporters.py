"""What is told in public of who supports an edition, by type."""

from django.db import models

from impact.models import Edition


class DisclosedSupporters(models.Model):
    """An edition's sums by type of supporter, as they are told: made once a day beside the counts, exact from the freeze.

    `rows` holds `{type, net_minor, organisations}`; types with fewer than ten organisations are one, called others.
    """

    edition = models.OneToOneField(
        Edition, on_delete=models.CASCADE, primary_key=True, related_name="disclosed_supporters"
    )
    day = models.DateField(help_text="of the boundary, 04:00 in Shanghai, as of which it is told")
    number = models.PositiveBigIntegerField(help_text="up to this support")
    is_final = models.BooleanField(default=False)
    rows = models.JSONField()

    class Meta:
        verbose_name_plural = "disclosed supporters"

    def __str__(self) -> str:
        return f"{self.edition_id} · {self.day:%Y-%m-%d}"
