"""A part of a round with a scoring of its own, and who goes on from it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contest.models.result import ResultRow
from contest.models.rulebook import Rulebook
from contest.models.snapshot import Snapshot
from core.choices import Choices
from core.language import say
from impact.models import Entry, Round


class Stage(models.Model):
    """The national round has two: a score from what was bought picks thirty, a panel of judges twenty of them.

    `number` is its place in the round, from 1; `picks` is how many go on, of those that the stage before let on.
    """

    class Kind(Choices):
        SCORE = "score", say("按成绩", "By score")
        PANEL = "panel", say("现场评审", "By a panel")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="stages")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=8, choices=Kind.choices)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    picks = models.PositiveSmallIntegerField(help_text="so many go on")
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    rulebook = models.ForeignKey(
        Rulebook, on_delete=models.PROTECT, null=True, related_name="+", help_text="null: the round's own"
    )

    class Meta:
        ordering = ["round", "number"]
        constraints = [
            models.UniqueConstraint(fields=["round", "number"], name="one_stage_a_place"),
            models.CheckConstraint(condition=Q(number__gt=0, picks__gt=0), name="a_stage_picks_somebody"),
            models.CheckConstraint(
                condition=Q(opens_at__lt=F("closes_at")), name="a_stage_closes_after_it_opens"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.number}"


class StageList(models.Model):
    """Who goes on from a stage that another follows, drawn up from the figures at the freeze and told to everybody at once.

    Until the next stage has begun it can be drawn up anew, for whoever has left or come back since: the last version
    stands. Who goes on from the last stage is said by the round's result.
    """

    append_only = True

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    stage = models.ForeignKey(Stage, on_delete=models.PROTECT, related_name="lists")
    version = models.PositiveSmallIntegerField()
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="stage_lists")
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="null: the clock",
    )
    sha256 = models.CharField(max_length=64, help_text="of the canonical JSON of its head and places")

    class Meta:
        ordering = ["stage", "version"]
        constraints = [
            models.UniqueConstraint(fields=["stage", "version"], name="one_list_a_stage_and_version")
        ]

    def __str__(self) -> str:
        return f"{self.stage_id} v{self.version}"


class StagePlace(models.Model):
    """An entry's place in a stage: its score or the panel's mark, its rank by that, and whether it goes on; or why it is
    out of competition, and then no number."""

    append_only = True

    list = models.ForeignKey(StageList, on_delete=models.PROTECT, related_name="places")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="stage_places")
    rank = models.PositiveSmallIntegerField(null=True)
    points = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    decided_by = models.CharField(
        max_length=20, blank=True, help_text="the rule that parted it from its equals"
    )
    goes_on = models.BooleanField(default=False)
    out = models.CharField(max_length=12, choices=ResultRow.Out.choices, blank=True)

    class Meta:
        ordering = ["list", F("rank").asc(nulls_last=True), "entry__number"]
        constraints = [
            models.UniqueConstraint(fields=["list", "entry"], name="one_place_an_entry_and_stage"),
            models.UniqueConstraint(fields=["list", "rank"], name="one_entry_a_place_in_a_stage"),
            models.CheckConstraint(
                condition=Q(out="", rank__isnull=False, points__isnull=False)
                | ~Q(out="") & Q(rank=None, points=None, goes_on=False),
                name="who_is_out_has_no_place_in_a_stage",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} · {self.rank}"
