"""The contest: an edition, its rounds by the clock, and the teams' entries in them."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models import F, Q

from accounts.models import Region
from catalog.models import Team
from core.choices import Choices
from core.language import say


class Edition(models.Model):
    """One contest."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(unique=True)
    ordinal = models.PositiveSmallIntegerField()
    name_zh = models.CharField(max_length=80)
    name_en = models.CharField(max_length=120)
    theme_zh = models.CharField(max_length=120, blank=True)
    theme_en = models.CharField(max_length=160, blank=True)
    sealed_key = models.BinaryField(
        help_text="makes person keys; sealed with a key that is not in the database"
    )

    def __str__(self) -> str:
        return self.slug


class Round(models.Model):
    """One level of an edition. Its phase follows from the trade clock, nobody switches it.

    A purchase counts when it was placed in [opens_at, closes_at) and paid before freezes_at.
    """

    class Level(Choices):
        PROVINCIAL = "provincial", say("省级赛", "Provincial round")
        NATIONAL = "national", say("全国赛", "National round")

    class Phase(Choices):
        COMING = "coming", say("即将开始", "Opens soon")
        OPEN = "open", say("进行中", "Open")
        SETTLING = "settling", say("已截止，结算退款中", "Closed, refunds are settling")
        FROZEN = "frozen", say("成绩已冻结", "Frozen")

    edition = models.ForeignKey(Edition, on_delete=models.CASCADE, related_name="rounds")
    level = models.CharField(max_length=12, choices=Level.choices)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, null=True, related_name="+")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    freezes_at = models.DateTimeField()
    days_a_person = models.PositiveSmallIntegerField(
        default=5, help_text="so many days of one person count as person-times for one entry"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "level", "region"],
                nulls_distinct=False,
                name="one_round_a_level_and_region",
            ),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at"), closes_at__lte=F("freezes_at")),
                name="round_times_have_an_order",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition_id} {self.level}"

    def phase(self, now: datetime) -> "Round.Phase":
        if now < self.opens_at:
            return self.Phase.COMING
        if now < self.closes_at:
            return self.Phase.OPEN
        return self.Phase.SETTLING if now < self.freezes_at else self.Phase.FROZEN


class Entry(models.Model):
    """A team's part in a round."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="entries")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="entries")
    number = models.CharField(max_length=12)
    approved_at = models.DateTimeField(null=True)
    out_reason = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="why it is not in the round any more"
    )

    class Meta:
        ordering = ["number"]
        verbose_name_plural = "entries"
        constraints = [
            models.UniqueConstraint(fields=["round", "team"], name="one_entry_a_team_and_round"),
            models.UniqueConstraint(fields=["round", "number"], name="one_number_an_entry"),
            models.CheckConstraint(
                condition=Q(out_reason="") | Q(approved_at=None), name="an_entry_is_in_or_out"
            ),
        ]

    def __str__(self) -> str:
        return self.number
