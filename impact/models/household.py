"""The families behind a lot. In public a household has no name, no number and no figure of its own."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Region
from catalog.models import Lot, Team
from core.choices import Choices
from core.language import say
from core.states import StateMachine


class Household(StateMachine, models.Model):
    """A pseudonym and a state. What names the family lies encrypted in HouseholdDetail."""

    class State(Choices):
        PROPOSED = "proposed", say("等待核实", "To be verified")
        VERIFIED = "verified", say("已核实", "Verified")
        WITHDRAWN = "withdrawn", say("已退出", "Withdrawn")
        REJECTED = "rejected", say("未通过", "Not accepted")

    MOVES = {
        State.PROPOSED: {State.VERIFIED, State.REJECTED, State.WITHDRAWN},
        State.VERIFIED: {State.WITHDRAWN},
        State.WITHDRAWN: set(),
        State.REJECTED: set(),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="households")
    number = models.PositiveIntegerField(null=True, help_text="by which its team calls it, from 1 on")
    county = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    consented_at = models.DateTimeField(null=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    verified_at = models.DateTimeField(null=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    decline_reason = models.CharField(
        max_length=200, blank=True, default="", db_default="", help_text="for its team; it names nobody"
    )
    withdrawn_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["team", "state"], name="households_of_a_team")]
        constraints = [
            models.UniqueConstraint(fields=["team", "number"], name="one_household_a_number_and_team"),
            models.CheckConstraint(
                condition=Q(verified_by=None) | Q(proposed_by=None) | ~Q(verified_by=F("proposed_by")),
                name="who_proposes_a_household_does_not_verify",
            ),
        ]

    def __str__(self) -> str:
        return f"household {self.uid}"


class DisclosedHouseholds(models.Model):
    """How many households are told to stand behind a team: in tens, moved at a day's boundary and slow to fall."""

    team = models.OneToOneField(
        Team, on_delete=models.CASCADE, primary_key=True, related_name="disclosed_households"
    )
    tens = models.PositiveIntegerField(help_text="so many or more; 0: fewer than 10")
    day = models.DateField(help_text="of the boundary at which it was last looked at")
    fewer_since = models.DateField(null=True, help_text="since when there are fewer than is told")

    class Meta:
        verbose_name_plural = "disclosed households"
        constraints = [
            models.CheckConstraint(condition=Q(tens=F("tens") / 10 * 10), name="households_are_told_in_tens"),
        ]

    def __str__(self) -> str:
        return f"{self.tens}+" if self.tens else "< 10"


class HouseholdDetail(models.Model):
    """Name, telephone and bank of a household, sealed with a key that is not in the database."""

    household = models.OneToOneField(
        Household, on_delete=models.CASCADE, primary_key=True, related_name="detail"
    )
    sealed = models.BinaryField()
    changed_at = models.DateTimeField(auto_now=True)


class DetailReading(models.Model):
    """Who opened a household's details, and for what purpose."""

    append_only = True

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="readings")
    reader = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.DO_NOTHING,
        null=True,
        related_name="+",
        db_constraint=False,
    )
    purpose = models.CharField(max_length=120)
    at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"{self.purpose} · {self.at:%Y-%m-%d}"


class HouseholdStatus(models.Model):
    """Which kind of household it is, from a day to a day; stored as status, never told in public."""

    class Kind(Choices):
        # As the registers call them.
        REGISTERED = "registered", say("脱贫户", "Formerly registered as poor")
        UNSTABLE = "unstable", say("脱贫不稳定户", "Lifted out of poverty, unstable")
        MARGINAL = "marginal", say("边缘易致贫户", "On the margin")
        SUDDEN = "sudden", say("突发严重困难户", "In sudden serious difficulty")
        RELOCATED = "relocated", say("易地搬迁户", "Relocated")
        ORDINARY = "ordinary", say("一般农户", "Ordinary")

    household = models.ForeignKey(Household, on_delete=models.CASCADE, related_name="statuses")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    since = models.DateField()
    until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["household"], condition=Q(until=None), name="one_current_status_a_household"
            )
        ]


class LotShare(models.Model):
    """How much of a lot a household grew, as it is now. It points down at the lot; a lot knows no household.

    It is the last of the lot's versions (ShareVersion), row by row, for those who share out; `verify` compares them.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="shares")
    grams = models.PositiveBigIntegerField()
    corrections = models.PositiveIntegerField(
        default=0, db_default=0, help_text="as many as its lot’s tally counts, or it was read before the last"
    )

    class Meta:
        ordering = ["lot_id", "household_id"]
        constraints = [
            models.UniqueConstraint(fields=["lot", "household"], name="one_share_a_lot_and_household"),
            models.CheckConstraint(condition=Q(grams__gt=0), name="share_weighs_something"),
        ]

    def __str__(self) -> str:
        return f"{self.grams / 1000:g} kg"
