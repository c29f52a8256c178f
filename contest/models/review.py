"""What is said against a result, what came after its freeze, and whether it is looked at once more."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from contest.models.result import Result
from core.choices import Choices
from core.language import say
from core.money import show
from core.states import StateMachine
from impact.models import Entry, LedgerTransaction


class Objection(StateMachine):
    """What an entry's team says against a provisional result, and the organiser's answer in the language it was said in."""

    kept = True

    class State(Choices):
        OPEN = "open", say("待答复", "To be answered")
        UPHELD = "upheld", say("成立", "Upheld")
        DISMISSED = "dismissed", say("不成立", "Dismissed")

    MOVES: ClassVar = {State.OPEN: {State.UPHELD, State.DISMISSED}}

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="objections")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="objections")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    language = models.CharField(max_length=2)
    words = models.CharField(max_length=1000)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    filed_at = models.DateTimeField()
    answer = models.CharField(max_length=1000, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["filed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["result", "entry"], condition=Q(state="open"), name="one_open_objection_an_entry"
            ),
            models.CheckConstraint(
                condition=Q(state="open", answer="") | ~Q(state="open") & ~Q(answer=""),
                name="an_answer_has_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.state}"


class Adjustment(models.Model):
    """What left an entry's purchases after its round was frozen, or came back: shown beside the snapshot, never in it."""

    append_only = True

    class Kind(Choices):
        REFUND = "refund", say("退款", "Refund")
        QUALITY = "quality", say("质量问题退款", "Refund for quality")
        FRAUD = "fraud", say("欺诈退款", "Refund for fraud")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="adjustments")
    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="+")
    order_uid = models.UUIDField()
    amount_minor = models.BigIntegerField(help_text="of the goods; negative where it came back")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    at = models.DateTimeField(help_text="in the trade's clock")

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["transaction", "entry"], name="one_adjustment_a_transaction_and_entry"
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {show(self.amount_minor)}"


class ReExamination(StateMachine):
    """A frozen figure that is looked at once more: opened by itself, answered by a new version or dismissed with words."""

    kept = True

    class Cause(Choices):
        REFUNDS = "refunds", say("冻结后退款达到阈值", "Refunds since the freeze came to the threshold")
        QUALITY = "quality", say("有质量问题退款", "A refund for quality")
        FRAUD = "fraud", say("有欺诈退款", "A refund for fraud")
        RECOMPUTED = "recomputed", say("重算后晋级或奖项改变", "Recomputed, advancement or an award changes")

    class State(Choices):
        OPEN = "open", say("复核中", "Open")
        SUPERSEDED = "superseded", say("已发布新版结果", "Answered by a new version")
        DISMISSED = "dismissed", say("维持原结果", "Dismissed")

    MOVES: ClassVar = {State.OPEN: {State.SUPERSEDED, State.DISMISSED}}

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="reexaminations")
    cause = models.CharField(max_length=12, choices=Cause.choices)
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    refunded_minor = models.BigIntegerField(
        help_text="what had been given back since the freeze when it opened"
    )
    opened_at = models.DateTimeField()
    result = models.ForeignKey(
        Result,
        on_delete=models.PROTECT,
        null=True,
        related_name="answers",
        help_text="the version that answers",
    )
    words = models.CharField(max_length=1000, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["opened_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "cause"], condition=Q(state="open"), name="one_open_reexamination_a_cause"
            ),
            models.CheckConstraint(
                condition=Q(state="open", words="") | ~Q(state="open") & ~Q(words=""),
                name="a_reexamination_ends_with_words",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.cause} {self.state}"
