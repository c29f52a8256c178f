"""What a final result earns: a title, often with money, followed up until it was handed over."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contest.models.result import Result
from core.choices import Choices
from core.language import say
from core.states import StateMachine
from impact.models import Entry


class Award(StateMachine):
    """An entry's award: proposed, approved by another, handed over with evidence.

    It is held as long as its team's pre-sale was not delivered, or the result that it rests on is looked at once more
    (contest.reads.award).
    """

    kept = True

    class State(Choices):
        PROPOSED = "proposed", say("已提出", "Proposed")
        APPROVED = "approved", say("已批准，待发放", "Approved, to be handed over")
        DELIVERED = "delivered", say("已发放", "Handed over")
        WITHDRAWN = "withdrawn", say("已撤回", "Withdrawn")

    MOVES: ClassVar = {
        State.PROPOSED: {State.APPROVED, State.WITHDRAWN},
        State.APPROVED: {State.DELIVERED, State.WITHDRAWN},
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="awards")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="awards")
    rank = models.PositiveSmallIntegerField(help_text="the entry's in that result")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    title_zh = models.CharField(max_length=60)
    title_en = models.CharField(max_length=80)
    money_minor = models.PositiveBigIntegerField(default=0)
    reason = models.CharField(max_length=400, blank=True, help_text="why it was withdrawn")
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    proposed_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    evidence = models.CharField(max_length=400, blank=True, help_text="what shows that it was handed over")
    delivered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["result", "rank", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "title_zh"], condition=~Q(state="withdrawn"), name="one_award_a_title"
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(proposed_by=None) | ~Q(approved_by=F("proposed_by")),
                name="who_proposes_an_award_does_not_approve_it",
            ),
            models.CheckConstraint(
                condition=~Q(state="delivered") | ~Q(evidence="") & Q(approved_at__isnull=False),
                name="an_award_handed_over_has_evidence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title_zh} {self.state}"


class AwardNote(models.Model):
    """What became of an award since, in somebody's words: what was asked for, what was promised."""

    append_only = True

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="notes")
    words = models.CharField(max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.words[:40]


class AwardFile(models.Model):
    """A paper or photo that shows that an award was handed over: PDF as it came, a photo made plain (WebP)."""

    append_only = True

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="files")
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=20, help_text="its media type")
    body = models.BinaryField()
    sha256 = models.CharField(max_length=64, help_text="of the body")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["award", "sha256"], name="a_paper_of_an_award_once")]

    def __str__(self) -> str:
        return self.name
