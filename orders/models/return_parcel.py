"""What a buyer sends back to a team before its money goes back."""

import uuid

from django.db import models
from django.db.models import Q

from core.choices import Choices
from core.language import say
from core.states import StateMachine
from orders.models.claim import Claim, ClaimReply


class ReturnParcel(StateMachine, models.Model):
    """Goods that go back with the team's label: asked for in its answer with what is given for them, sent by the buyer once
    she agrees, and paid back when the team has them."""

    class State(Choices):
        OFFERED = "offered", say("团队请寄回", "Asked for")
        AGREED = "agreed", say("待寄回", "To be sent back")
        SENT = "sent", say("寄回途中", "On its way back")
        RECEIVED = "received", say("团队已收到", "Received")
        OVER = "over", say("不寄回了", "Not sent back")

    MOVES = {
        State.OFFERED: {State.AGREED, State.OVER},
        State.AGREED: {State.SENT, State.OVER},
        State.SENT: {State.RECEIVED, State.OVER},
        State.RECEIVED: set(),
        State.OVER: set(),
    }
    UNDER_WAY = (State.AGREED, State.SENT)
    TO_BE_SENT_BACK = (State.OFFERED, *UNDER_WAY)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="returns")
    reply = models.OneToOneField(ClaimReply, on_delete=models.CASCADE, related_name="return_parcel")
    amount_minor = models.PositiveBigIntegerField(help_text="what goes back once it has come")
    send_to = models.CharField(max_length=200, help_text="who takes it at the team, a telephone, and where")
    carrier = models.CharField(max_length=40, blank=True, default="")
    tracking_number = models.CharField(max_length=40, blank=True, default="")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OFFERED)
    agreed_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    received_at = models.DateTimeField(null=True)
    labelled_at = models.DateTimeField(null=True, help_text="when the carrier's own label was uploaded last")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(state__in=["offered", "agreed", "sent"]),
                name="one_return_at_a_time",
            ),
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="return_gives_something_back"),
            models.CheckConstraint(
                condition=Q(state__in=["offered", "agreed", "over"]) | ~Q(tracking_number=""),
                name="sent_return_has_a_number",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.State(self.state).words} · {str(self.uid)[:8]}"


class ReturnLabel(models.Model):
    """The carrier's own label for what goes back, a PDF, in place of the one that we draw; gone once nothing is sent by it."""

    return_parcel = models.OneToOneField(ReturnParcel, on_delete=models.CASCADE, related_name="label")
    body = models.BinaryField()

    def __str__(self) -> str:
        return str(self.return_parcel)
