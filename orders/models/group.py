"""Buying together: colleagues under one price, one deadline and one address."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Organisation, Region
from accounts.models.person import a_code
from catalog.models import PriceStory, Variant
from core.states import StateMachine


def a_join_code() -> str:
    return secrets.token_urlsafe(12)


class GroupPurchase(StateMachine, models.Model):
    """Opened by a coordinator of a verified organisation; closed once, under one lock."""

    class State(models.TextChoices):
        OPEN = "open"
        CONFIRMED = "confirmed"
        FELL_SHORT = "fell_short"
        CANCELLED = "cancelled"

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
    def units_kept(self) -> int:
        """Units that are paid and travel: without those given back since it was confirmed."""
        return self.units_held - self.units_returned


class Seat(StateMachine, models.Model):
    """One member's part: an order of its own, paid into escrow."""

    class State(models.TextChoices):
        RESERVED = "reserved"
        HELD = "held"
        CONFIRMED = "confirmed"
        RELEASED = "released"  # never paid
        REFUNDED = "refunded"
        COLLECTED = "collected"

    MOVES = {
        State.RESERVED: {State.HELD, State.RELEASED},
        State.RELEASED: {State.HELD},  # money came late and a seat remained
        State.HELD: {State.CONFIRMED, State.REFUNDED},
        State.CONFIRMED: {State.COLLECTED, State.REFUNDED},
        State.COLLECTED: {State.REFUNDED},
        # What a bank had taken may come back to a seat whose goods were sent.
        State.REFUNDED: {State.CONFIRMED, State.COLLECTED},
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    group = models.ForeignKey(GroupPurchase, on_delete=models.PROTECT, related_name="seats")
    order = models.OneToOneField("orders.Order", on_delete=models.PROTECT, related_name="seat")
    name = models.CharField(max_length=60, help_text="as the coordinator knows the member")
    units = models.PositiveIntegerField(help_text="as they were bought")
    units_returned = models.PositiveIntegerField(
        default=0, help_text="given back, or taken by a bank; all of a seat that is refunded"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.RESERVED)
    pickup_code = models.CharField(max_length=12, default=a_code)
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(units__gt=0), name="seat_takes_something"),
            models.CheckConstraint(
                condition=Q(units_returned__lte=F("units")), name="seat_gives_back_what_it_took"
            ),
        ]

    @property
    def units_kept(self) -> int:
        """What is left of it: to be sent, handed out and counted. Whoever tells of a seat's units tells these."""
        return self.units - self.units_returned
