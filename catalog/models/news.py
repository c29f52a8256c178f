"""What a team writes of its own accord to those who bought from it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models.team import Team
from core.choices import Choices
from core.language import say
from core.states import StateMachine


class TeamNews(StateMachine, models.Model):
    """Thanks, or how the harvest is: read by an operator before any buyer reads it. Its words are never changed: what is
    written anew is another row, so that what was approved is what was read."""

    class Kind(Choices):
        THANKS = "thanks", say("感谢", "Thanks")
        HARVEST = "harvest", say("收成", "The harvest")

    class State(Choices):
        WAITING = "waiting", say("等审核", "Waits to be read")
        PUBLISHED = "published", say("已发出", "Published")
        RETURNED = "returned", say("已退回", "Returned")
        WITHDRAWN = "withdrawn", say("已收回", "Withdrawn")

    MOVES = {
        State.WAITING: {State.PUBLISHED, State.RETURNED, State.WITHDRAWN},
        # By its team, or by an operator, who says why.
        State.PUBLISHED: {State.RETURNED, State.WITHDRAWN},
        State.RETURNED: set(),
        State.WITHDRAWN: set(),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="news")
    kind = models.CharField(max_length=8, choices=Kind.choices)
    title_zh = models.CharField(max_length=40)
    title_en = models.CharField(max_length=80, blank=True)
    words_zh = models.TextField()
    words_en = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    submitted_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=400, blank=True, help_text="why it was returned; its team reads it")
    published_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["team"], condition=Q(state="waiting"), name="one_news_of_a_team_waits"
            ),
            models.CheckConstraint(
                condition=Q(decided_by=None) | Q(submitted_by=None) | ~Q(decided_by=models.F("submitted_by")),
                name="news_is_read_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state="published") | Q(published_at__isnull=False),
                name="published_news_says_since_when",
            ),
            models.CheckConstraint(
                condition=~Q(state="returned") | ~Q(reason=""), name="returned_news_says_why"
            ),
        ]
        indexes = [
            models.Index(
                fields=["team", "-published_at"],
                condition=Q(published_at__isnull=False),
                name="news_of_a_team",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.title_zh}"
