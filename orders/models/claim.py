"""After delivery: something is wrong, or a word for other buyers."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from catalog.models import Product
from core.choices import Choices
from core.language import say
from core.states import StateMachine
from orders.models.order import Line
from orders.models.refund import Refund


class Claim(StateMachine, models.Model):
    """A buyer says that something is wrong with a delivered line, with a photo."""

    class State(Choices):
        OPEN = "open", say("等待团队答复", "Waiting for the team's answer")
        # Whether the money has come back is the refund's to say.
        REFUNDED = "refunded", say("已答复，同意退款", "Answered with a refund")
        DECLINED = "declined", say("已答复，不退款", "Answered without a refund")

    MOVES = {State.OPEN: {State.REFUNDED, State.DECLINED}, State.REFUNDED: set(), State.DECLINED: set()}

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="claims")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    words = models.CharField(max_length=500)
    photo = models.ImageField(upload_to="claims/", blank=True)
    answer = models.CharField(max_length=500, blank=True)
    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, null=True, related_name="claim")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["line"], condition=Q(state="open"), name="one_open_claim_a_line")
        ]

    def __str__(self) -> str:
        return f"{self.State(self.state).words} · {str(self.uid)[:8]}"

    @property
    def refundable_minor(self) -> int:
        """What can still be given back for it: paid less given back."""
        return self.line.net_minor - self.line.refunded_minor


class Review(models.Model):
    """What a buyer who received it says of a product; one a line."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    line = models.OneToOneField(Line, on_delete=models.PROTECT, related_name="review")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    nickname = models.CharField(max_length=40, blank=True)
    stars = models.PositiveSmallIntegerField()
    words = models.CharField(max_length=1000, blank=True)
    written_at = models.DateTimeField(auto_now_add=True)
    is_hidden = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stars__gte=1, stars__lte=5), name="one_to_five_stars")
        ]
        indexes = [models.Index(fields=["product", "-written_at"], name="reviews_of_a_product")]

    def __str__(self) -> str:
        return f"{self.stars} ★ {self.words[:20]}".strip()
