"""Buying together: colleagues under one price, one deadline and one address."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, Region
from catalog.models import PriceStory, Variant
from core.choices import Choices
from core.language import say
from core.states import StateMachine


def a_join_code() -> str:
    return secrets.token_urlsafe(12)


class GroupPurchase(StateMachine, models.Model):
    """Opened by a coordinator of a verified organisation; closed once, under one lock."""

    class State(Choices):
        OPEN = "open", say("进行中", "Open")
        CONFIRMED = "confirmed", say("已成团", "Confirmed")
        FELL_SHORT = "fell_short", say("未成团，全额退款", "Fell short, everyone is repaid")
        CANCELLED = "cancelled", say("已取消，全额退款", "Called off, everyone is repaid")

    MOVES = {
        State.OPEN: {State.CONFIRMED, State.FELL_SHORT, State.CANCELLED},
        State.CONFIRMED: set(),
        State.FELL_SHORT: set(),
        State.CANCELLED: set(),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    join_code = models.CharField(max_length=32, unique=True, default=a_join_code)
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="+")
    coordinator = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    story = models.ForeignKey(PriceStory, on_delete=models.PROTECT, related_name="+")
    title = models.CharField(max_length=80)
    price_minor = models.PositiveBigIntegerField()
    minimum_units = models.PositiveIntegerField()
    maximum_units = models.PositiveIntegerField()
    units_held = models.PositiveIntegerField(default=0, help_text="in paid seats")
    units_reserved = models.PositiveIntegerField(default=0, help_text="in seats whose payment is awaited")
    units_returned = models.PositiveIntegerField(
        default=0, help_text="of those held when it was confirmed, given back since"
    )
    state = models.CharField(max_length=12, choices=State.choices, default=State.OPEN)
    opened_at = models.DateTimeField(auto_now_add=True)
    closes_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    recipient = models.CharField(max_length=60)
    phone = models.CharField(max_length=24)
    region = models.ForeignKey(Region, on_delete=models.PROTECT, related_name="+")
    street = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(minimum_units__gt=0, minimum_units__lte=F("maximum_units")),
                name="group_minimum_within_maximum",
            ),
            models.CheckConstraint(
                condition=Q(maximum_units__gte=F("units_held") + F("units_reserved")),
                name="group_sells_no_more_than_its_maximum",
            ),
            models.CheckConstraint(
                condition=Q(units_returned__lte=F("units_held")), name="group_gives_back_what_it_held"
            ),
        ]
        indexes = [models.Index(fields=["closes_at"], condition=Q(state="open"), name="groups_running_out")]

    def __str__(self) -> str:
        return self.title

    @property
    def units_remaining(self) -> int:
        """Units that are paid and travel: without those given back since it was confirmed."""
        return self.units_held - self.units_returned
