"""A part of a round with a scoring of its own."""

import uuid

from django.db import models
from django.db.models import F, Q

from contest.models.rulebook import Rulebook
from core.choices import Choices
from core.language import say
from impact.models import Round


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
