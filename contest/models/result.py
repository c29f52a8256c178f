"""What a round came to: published in versions, of which none is ever edited."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from contest.models.snapshot import Snapshot
from core.choices import Choices
from core.language import say
from core.states import StateMachine
from impact.models import Entry, Round


class Result(StateMachine):
    """One version of a round's result: provisional until its objections are answered, then final; or superseded, with reasons.

    A version is what it was when it was published: only its state moves. `seed` decides what nothing else does.
    """

    kept = True

    class State(Choices):
        PROVISIONAL = "provisional", say("初步结果", "Provisional")
        FINAL = "final", say("最终结果", "Final")
        SUPERSEDED = "superseded", say("已被新版取代", "Superseded")

    MOVES: ClassVar = {
        State.PROVISIONAL: {State.FINAL, State.SUPERSEDED},
        State.FINAL: {State.SUPERSEDED},
    }
    STANDING = (State.PROVISIONAL, State.FINAL)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="results")
    version = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=12, choices=State.choices, default=State.PROVISIONAL)
    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="results")
    seed = models.CharField(max_length=64)
    reason = models.CharField(
        max_length=1000, blank=True, help_text="why it takes the place of the one before"
    )
    advances = models.PositiveSmallIntegerField(help_text="so many go on")
    most_a_division = models.PositiveSmallIntegerField(null=True)
    picks = models.PositiveSmallIntegerField(default=0, help_text="so many of them the committee picks")
    stages = models.JSONField(
        null=True,
        help_text="the stages by which it was made, with the hash of each one's list; null: of one piece",
    )
    until = models.DateTimeField(help_text="what was known by then is in it, in the trade's clock")
    sha256 = models.CharField(max_length=64, help_text="of the canonical JSON of its head and rows")
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    objections_close_at = models.DateTimeField(help_text="in the trade's clock")
    finalised_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["round", "version"]
        constraints = [
            models.UniqueConstraint(fields=["round", "version"], name="one_result_a_version"),
            models.UniqueConstraint(
                fields=["round"], condition=~Q(state="superseded"), name="one_result_stands"
            ),
            models.CheckConstraint(condition=Q(version=1) | ~Q(reason=""), name="a_new_version_says_why"),
            models.CheckConstraint(
                condition=Q(picks__lte=models.F("advances")), name="picks_are_of_those_who_advance"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} v{self.version} {self.state}"


class ResultRow(models.Model):
    """An entry's place in a version: its indicators, total and rank; or why it is out of competition, and then no number."""

    append_only = True

    class Out(Choices):
        NONE = "", say("参加排名", "In competition")
        WITHDRAWN = "withdrawn", say("已退出", "Withdrawn")
        SUSPENDED = "suspended", say("暂停中", "Suspended")
        DISQUALIFIED = "disqualified", say("取消资格", "Disqualified")

    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="rows")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="results")
    rank = models.PositiveSmallIntegerField(null=True)
    total = models.DecimalField(max_digits=9, decimal_places=4, null=True)
    values = models.JSONField(default=dict, help_text="each indicator's value, four decimals")
    inputs = models.JSONField(help_text="what it was computed from, the judges' mean among it")
    decided_by = models.CharField(
        max_length=20, blank=True, help_text="the rule that parted it from its equals"
    )
    advances = models.BooleanField(default=False)
    passed = models.PositiveSmallIntegerField(
        null=True, help_text="so many stages have picked it; null where the round has none, or it is out"
    )
    mark = models.DecimalField(
        max_digits=9,
        decimal_places=4,
        null=True,
        help_text="what the last stage gave an entry that came so far: the panel's mark, or its score there",
    )
    out = models.CharField(max_length=12, choices=Out.choices, blank=True)
    out_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["result", models.F("rank").asc(nulls_last=True), "entry__number"]
        constraints = [
            models.UniqueConstraint(fields=["result", "entry"], name="one_row_an_entry_and_result"),
            models.UniqueConstraint(fields=["result", "rank"], name="one_entry_a_rank"),
            models.CheckConstraint(
                condition=Q(out="", rank__isnull=False, total__isnull=False)
                | ~Q(out="") & Q(rank=None, total=None, advances=False),
                name="who_is_out_has_no_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} · {self.rank}"


class Pick(models.Model):
    """An entry that the committee picks to go on beside the best, with its words."""

    append_only = True

    result = models.ForeignKey(Result, on_delete=models.PROTECT, related_name="picked")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+")
    words = models.CharField(max_length=400)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["result", "entry"], name="one_pick_an_entry")]

    def __str__(self) -> str:
        return f"{self.result_id} {self.entry_id}"
