"""A lot's harvest that is late or short, as its team has said, and what each buyer of it chooses."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from catalog.models import Lot
from core.choices import Choices
from core.language import say
from core.states import StateMachine
from orders.models.order import Line
from orders.models.refund import Refund


class Setback(models.Model):
    """What its team says once of a lot: it comes later, or less of it comes than was sold; until when, and why."""

    class Kind(Choices):
        LATE = "late", say("晚了", "Late")
        SHORT = "short", say("不够", "Short")

    class Reason(Choices):
        HAIL = "hail", say("冰雹", "Hail")
        RAIN = "rain", say("连日下雨", "Days of rain")
        COLD = "cold", say("低温霜冻", "Cold and frost")
        DROUGHT = "drought", say("干旱", "Drought")
        PESTS = "pests", say("病虫害", "Pests or blight")
        OTHER = "other", say("别的原因", "Another reason")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="setbacks", db_index=False)
    kind = models.CharField(max_length=5, choices=Kind.choices)
    reason = models.CharField(max_length=8, choices=Reason.choices)
    words = models.CharField(max_length=200, blank=True, help_text="the team’s own, as its buyers read them")
    day = models.DateField(help_text="by which it is sent to whoever waits")
    units_there = models.PositiveIntegerField(
        null=True, help_text="of a short one: how many there are for those who wait"
    )
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(
        null=True, help_text="when everybody had her goods or her money; never before"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["lot"], condition=Q(ended_at__isnull=True), name="one_open_setback_a_lot"
            ),
            models.CheckConstraint(
                condition=Q(kind="late", units_there__isnull=True)
                | Q(kind="short", units_there__isnull=False),
                name="short_setback_says_how_many_there_are",
            ),
        ]
        indexes = [models.Index(fields=["lot"], name="setbacks_of_a_lot")]

    def __str__(self) -> str:
        return f"{self.lot_id} {self.kind}"


class SetbackChoice(StateMachine, models.Model):
    """One line's units of such a lot, and what becomes of them: goods, another lot's, or money. Written under its order's
    lock, or while its own row is held."""

    class Choice(Choices):
        NONE = "none", say("还没有选", "Not chosen yet")
        WAIT = "wait", say("等到那天", "Wait for it")
        OTHER = "other", say("换另一批", "Another lot")
        MONEY = "money", say("退款", "Money back")

    class State(Choices):
        ASKED = "asked", say("请她选", "Asked")  # what she chooses can be changed
        WAITS = "waits", say("等发货", "To be sent")  # the goods are hers, and not sent yet
        SENT = "sent", say("已发货", "Sent")
        MOVED = "moved", say("换了另一批", "Of another lot")
        BACK = "back", say("退款", "Money back")  # decided; whether it has arrived, its refund says
        GONE = "gone", say("另行退款", "Given back otherwise")  # called off, recalled, or lost to a bank

    MOVES = {
        State.ASKED: {State.WAITS, State.SENT, State.MOVED, State.BACK, State.GONE},
        State.WAITS: {State.SENT, State.MOVED, State.BACK, State.GONE},
        # A parcel that was not sent after all, or has come back, waits again.
        State.SENT: {State.WAITS},
        State.MOVED: set(),
        State.BACK: set(),
        State.GONE: set(),
    }
    OPEN = (State.ASKED, State.WAITS)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    setback = models.ForeignKey(Setback, on_delete=models.PROTECT, related_name="choices", db_index=False)
    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="setback_choices")
    units = models.PositiveIntegerField(help_text="of the lot, to be sent when it was told")
    paid_at = models.DateTimeField(help_text="in this order goods are given")
    choice = models.CharField(max_length=5, choices=Choice.choices, default=Choice.NONE)
    chosen_at = models.DateTimeField(null=True)
    is_by_rule = models.BooleanField(
        default=False, help_text="goods did not reach so far: nobody chose her money for her but the rule"
    )
    state = models.CharField(max_length=5, choices=State.choices, default=State.ASKED)
    answer_by = models.DateTimeField(help_text="silent until then, the rule decides")
    holds_back = models.BooleanField(default=False, help_text="its parcel is not sent before this is decided")
    goods_units = models.PositiveIntegerField(default=0, help_text="of this lot, given to her")
    other_units = models.PositiveIntegerField(default=0, help_text="given of another lot")
    money_units = models.PositiveIntegerField(default=0, help_text="given back")
    gone_units = models.PositiveIntegerField(default=0, help_text="given back by another way")
    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, null=True, related_name="setback_choice")
    offered_at = models.DateTimeField(
        null=True, help_text="when the day was over by three and she was offered her money again"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["paid_at", "line_id"]
        constraints = [
            models.UniqueConstraint(fields=["setback", "line"], name="one_choice_a_setback_and_line"),
            models.CheckConstraint(condition=Q(units__gt=0), name="setback_choice_is_of_something"),
            models.CheckConstraint(
                condition=Q(
                    units__gte=F("goods_units") + F("other_units") + F("money_units") + F("gone_units")
                ),
                name="setback_choice_gives_no_more_than_was_bought",
            ),
        ]
        indexes = [
            models.Index(
                fields=["line"], condition=Q(holds_back=True), name="setback_choices_that_hold_back"
            ),
            models.Index(
                fields=["setback"],
                condition=Q(state__in=["asked", "waits"]),
                name="setback_choices_under_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.line_id} {self.choice}"
