"""What is to be done for an edition, by which body, until when, and what shows that it was."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from contest.models.edition import Partner
from core.choices import Choices
from core.language import say
from core.states import StateMachine
from impact.models import Edition


class Task(StateMachine):
    """Owned by a partner or, without one, by whoever keeps the edition. Done it has evidence; waived, by another than who
    set it, a reason."""

    class State(Choices):
        OPEN = "open", say("待办", "To do")
        DONE = "done", say("已完成", "Done")
        WAIVED = "waived", say("已免除", "Waived")

    MOVES: ClassVar = {
        State.OPEN: {State.DONE, State.WAIVED},
        State.DONE: {State.OPEN},
        State.WAIVED: {State.OPEN},
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="tasks")
    owner = models.ForeignKey(Partner, on_delete=models.PROTECT, null=True, related_name="tasks")
    state = models.CharField(max_length=8, choices=State.choices, default=State.OPEN)
    title_zh = models.CharField(max_length=120)
    title_en = models.CharField(max_length=180, blank=True)
    due_on = models.DateField(help_text="the last day, in Shanghai")
    evidence = models.CharField(max_length=400, blank=True, help_text="what shows that it was done")
    reason = models.CharField(max_length=200, blank=True, help_text="why it was waived")
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="done") | ~Q(evidence=""), name="a_task_is_done_with_evidence"
            ),
            models.CheckConstraint(
                condition=~Q(state="waived") | (~Q(reason="") & ~Q(ended_by=F("set_by"))),
                name="a_task_is_waived_by_another_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)
