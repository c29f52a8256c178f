"""What a leader asks to be put right of a lot's shares once units are sold, who decided it, and who looked at it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from catalog.models import Lot
from core.choices import Choices
from core.language import say
from core.states import StateMachine


class ShareCorrection(StateMachine, models.Model):
    """Other weights for a lot of which units are sold: asked for by its team's leader, in force once another approves."""

    class State(Choices):
        ASKED = "asked", say("等核实人员看", "Waits for a verifier")
        APPROVED = "approved", say("已更正", "Put right")
        REFUSED = "refused", say("没有同意", "Not agreed to")
        WITHDRAWN = "withdrawn", say("已撤回", "Taken back")

    MOVES = {
        State.ASKED: {State.APPROVED, State.REFUSED, State.WITHDRAWN},
        State.APPROVED: set(),
        State.REFUSED: set(),
        State.WITHDRAWN: set(),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.ASKED)
    version = models.PositiveIntegerField(help_text="of the shares: the one that it puts right")
    grams = models.JSONField(help_text="by household id")
    reason = models.CharField(max_length=200, help_text="naming nobody")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
    )
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    decided_at = models.DateTimeField(null=True)
    refusal = models.CharField(max_length=200, blank=True, default="", help_text="why not, naming nobody")
    moved_minor = models.BigIntegerField(default=0, help_text="of what was set aside: for others than before")
    made_good_minor = models.BigIntegerField(default=0, help_text="paid by the team’s reserve")

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["lot"], condition=Q(state="asked"), name="one_correction_of_a_lot_waits"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                name="who_asks_for_a_correction_does_not_decide",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "withdrawn"], decided_by=None)
                | Q(state__in=["approved", "refused"], decided_by__isnull=False, decided_at__isnull=False),
                name="a_correction_is_decided_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version}"


class CorrectionOpening(models.Model):
    """That whoever decides opened what a correction changes for each household, what for and until when."""

    append_only = True

    correction = models.ForeignKey(ShareCorrection, on_delete=models.PROTECT, related_name="openings")
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
    )
    purpose = models.CharField(max_length=120)
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.purpose} · {self.at:%Y-%m-%d}"


class CorrectionReading(models.Model):
    """One page of it that was shown while it was open."""

    append_only = True

    opening = models.ForeignKey(CorrectionOpening, on_delete=models.PROTECT, related_name="readings")
    at = models.DateTimeField()
