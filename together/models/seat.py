"""A member's part in a group purchase."""

import uuid

from django.db import models
from django.db.models import F, Q

from accounts.models.person import a_code
from core.choices import Choices
from core.language import say
from core.states import StateMachine
from orders.models import Order
from together.models.group import GroupPurchase


class Seat(StateMachine, models.Model):
    """One member's part: an order of its own, paid into escrow."""

    class State(Choices):
        RESERVED = "reserved", say("待付款", "Waiting for payment")
        HELD = "held", say("已付款，等待成团", "Paid, waiting for the group")
        CONFIRMED = "confirmed", say("已成团", "Confirmed")
        RELEASED = "released", say("未付款，已放弃", "Not paid, given up")
        REFUNDED = "refunded", say("已退款", "Refunded")
        COLLECTED = "collected", say("已取货", "Collected")

    PAID = (State.HELD, State.CONFIRMED, State.COLLECTED)
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
    order = models.OneToOneField(Order, on_delete=models.PROTECT, related_name="seat")
    name = models.CharField(max_length=60, help_text="as the coordinator knows the member")
    units = models.PositiveIntegerField(help_text="as they were bought")
    units_returned = models.PositiveIntegerField(
        default=0, help_text="given back, or taken by a bank; all of a seat that is refunded"
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.RESERVED)
    pickup_code = models.CharField(max_length=12, default=a_code)
    joined_at = models.DateTimeField(auto_now_add=True)
    collected_at = models.DateTimeField(
        null=True,
        help_text="when handed out, by the clock of seasons and contests; it stays, whatever is given back",
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(units__gt=0), name="seat_takes_something"),
            models.CheckConstraint(
                condition=Q(units_returned__lte=F("units")), name="seat_gives_back_what_it_took"
            ),
        ]

    @property
    def units_remaining(self) -> int:
        """What is left of it: to be sent, handed out and counted. Whoever tells of a seat's units tells these."""
        return self.units - self.units_returned
