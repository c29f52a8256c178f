"""What a team sends in place of what arrived spoilt."""

import uuid

from django.db import models
from django.db.models import Q

from core.choices import Choices
from core.language import say
from core.states import StateMachine
from orders.models.claim import Claim, ClaimReply
from orders.models.shipment import Parcel


class Replacement(StateMachine, models.Model):
    """Units of a later lot that a team offers, and once its buyer agrees sends, in place of a line's. They are taken from
    the shelf when they are offered, so that what is agreed to is there; nothing is paid for them."""

    class State(Choices):
        OFFERED = "offered", say("提出补发", "Offered")
        AGREED = "agreed", say("待补发", "To be sent")
        SHIPPED = "shipped", say("补发在途", "On its way")
        DELIVERED = "delivered", say("补发已签收", "Delivered")
        CANCELLED = "cancelled", say("不补发了", "Called off")

    MOVES = {
        State.OFFERED: {State.AGREED, State.CANCELLED},
        State.AGREED: {State.SHIPPED, State.CANCELLED},
        State.SHIPPED: {State.DELIVERED},
        State.DELIVERED: set(),
        State.CANCELLED: set(),
    }
    UNDER_WAY = (State.AGREED, State.SHIPPED)
    SENT = (State.SHIPPED, State.DELIVERED)
    # Its households have their part.
    BOOKED = (*UNDER_WAY, State.DELIVERED)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="replacements")
    reply = models.OneToOneField(ClaimReply, on_delete=models.CASCADE, related_name="replacement")
    units = models.PositiveIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OFFERED)
    parcel = models.ForeignKey(Parcel, on_delete=models.PROTECT, null=True, related_name="replacements")
    agreed_at = models.DateTimeField(null=True)
    shipped_at = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    is_presumed = models.BooleanField(default=False, help_text="nobody has said that it came")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(state__in=["offered", "agreed", "shipped"]),
                name="one_replacement_at_a_time",
            ),
            models.CheckConstraint(condition=Q(units__gt=0), name="replacement_sends_something"),
            models.CheckConstraint(
                condition=Q(state__in=["offered", "cancelled"]) | Q(parcel__isnull=False),
                name="agreed_replacement_has_an_address",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.State(self.state).words} · {str(self.uid)[:8]}"
