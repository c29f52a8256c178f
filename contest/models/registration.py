"""A team's way into a round, and what became of its part there."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from catalog.models import Team
from core.choices import Choices
from core.language import say
from core.states import StateMachine
from impact.models import Entry, Round


class Registration(StateMachine):
    """A team that was invited to a round or applies for it: checked by its county's officer, approved by the province's.

    Approved it has an `entry`, whose purchases count. What it is withdrawn, suspended or disqualified for is said, and
    answered where it appeals; the entry's facts stay.
    """

    class State(Choices):
        INVITED = "invited", say("已邀请", "Invited")
        APPLIED = "applied", say("已报名", "Applied")
        CHECKED = "checked", say("县级已审核", "Checked by the county")
        DECLINED = "declined", say("未通过", "Declined")
        LIVE = "live", say("参赛", "Takes part")
        SUSPENDED = "suspended", say("暂停", "Suspended")
        WITHDRAWN = "withdrawn", say("已退出", "Withdrawn")
        DISQUALIFIED = "disqualified", say("取消资格", "Disqualified")

    MOVES: ClassVar = {
        State.INVITED: {State.APPLIED, State.DECLINED, State.WITHDRAWN},
        State.APPLIED: {State.CHECKED, State.DECLINED, State.WITHDRAWN, State.LIVE},
        State.CHECKED: {State.LIVE, State.DECLINED, State.WITHDRAWN},
        State.DECLINED: {State.APPLIED, State.LIVE},
        State.LIVE: {State.SUSPENDED, State.WITHDRAWN, State.DISQUALIFIED},
        State.SUSPENDED: {State.LIVE, State.WITHDRAWN, State.DISQUALIFIED},
        State.WITHDRAWN: {State.APPLIED, State.LIVE},
        State.DISQUALIFIED: {State.LIVE},  # where its appeal was granted
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="registrations")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="registrations")
    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, null=True, related_name="registration")
    advanced_from = models.ForeignKey(
        Entry, on_delete=models.PROTECT, null=True, related_name="+", help_text="whose result brought it here"
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.APPLIED)
    goal_zh = models.CharField(max_length=400, blank=True)
    goal_en = models.CharField(max_length=600, blank=True)
    reason = models.CharField(max_length=200, blank=True, help_text="why it is not, or not yet, in the round")
    applied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    applied_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    checked_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="who declined, suspended or disqualified it; null: its own team, or nobody",
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["round", "team"], name="one_registration_a_team_and_round"),
            models.CheckConstraint(
                condition=~Q(state__in=("live", "suspended", "disqualified")) | Q(entry__isnull=False),
                name="who_takes_part_has_an_entry",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(checked_by=None) | ~Q(approved_by=F("checked_by")),
                name="another_checks_than_approves",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.round_id} {self.team_id} {self.state}"
