"""What a round is planned to be, and how far it has come: moved by the clock, never by hand alone."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q

from contest.models.rulebook import Rulebook
from core.choices import Choices
from core.language import say
from core.states import StateMachine
from impact.models import Round


class RoundPlan(StateMachine):
    """The judgement's side of a round. What counts, and when, are the round's own facts (impact.models.contest).

    Its moments are in the trade's clock. `into` is the round to which `advances` of its entries go on.
    """

    class State(Choices):
        DRAFT = "draft", say("筹备中", "In preparation")
        REGISTRATION = "registration", say("报名中", "Registration is open")
        READY = "ready", say("报名结束，待开赛", "Registration is over")
        OPEN = "open", say("进行中", "Open")
        SETTLING = "settling", say("已截止，结算退款中", "Closed, refunds are settling")
        FROZEN = "frozen", say("成绩已冻结", "Frozen")
        PROVISIONAL = "provisional", say("初步结果公示", "Provisional result, open to objections")
        FINAL = "final", say("最终结果", "Final result")

    MOVES: ClassVar = {
        State.DRAFT: {State.REGISTRATION, State.READY, State.OPEN},
        State.REGISTRATION: {State.READY, State.OPEN},
        State.READY: {State.OPEN},
        State.OPEN: {State.SETTLING},
        # Open again: where the trade's clock was set back, and nothing was published.
        State.SETTLING: {State.FROZEN, State.OPEN},
        State.FROZEN: {State.PROVISIONAL, State.OPEN},
        State.PROVISIONAL: {State.FINAL},
    }

    round = models.OneToOneField(Round, on_delete=models.CASCADE, primary_key=True, related_name="plan")
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    rulebook = models.ForeignKey(Rulebook, on_delete=models.PROTECT, null=True, related_name="plans")
    registration_opens_at = models.DateTimeField(null=True)
    registration_closes_at = models.DateTimeField(null=True)
    judging_closes_at = models.DateTimeField(null=True, help_text="sheets are opened together after it")
    objections_close_at = models.DateTimeField(null=True, help_text="the result is final no sooner")
    told_at = models.DateTimeField(
        null=True, help_text="the opening for which whoever keeps it was told that its rulebook is not frozen"
    )
    advances = models.PositiveSmallIntegerField(default=0, help_text="so many go on, the best first")
    most_a_division = models.PositiveSmallIntegerField(
        null=True, help_text="so many of one division at most; null: as many as there are"
    )
    picks = models.PositiveSmallIntegerField(
        default=0, db_default=0, help_text="so many of them the committee picks, with words"
    )
    into = models.ForeignKey(Round, on_delete=models.PROTECT, null=True, related_name="feeders")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(registration_opens_at__lt=F("registration_closes_at"))
                | Q(registration_opens_at=None)
                | Q(registration_closes_at=None),
                name="registration_closes_after_it_opens",
            ),
            models.CheckConstraint(condition=~Q(into=F("round")), name="a_round_leads_to_another"),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.state}"
