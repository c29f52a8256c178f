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
    """A buyer says that something is wrong with a delivered line, with photos; she and its team come to terms, or the
    office decides (decision 0056)."""

    class State(Choices):
        OPEN = "open", say("等待团队答复", "Waiting for the team's answer")
        ANSWERED = "answered", say("团队已答复", "The team has answered")
        DISPUTED = "disputed", say("还没谈妥，等团队再答复", "Not agreed to; waiting for another answer")
        OFFICE = "office", say("平台在裁定", "The shop is deciding")
        # Whether the money has come back is the refund's to say.
        AGREED = "agreed", say("已谈妥，正在办", "Settled, being carried out")
        DONE = "done", say("已办完", "Done")
        # Answered before there was a second word; closed by the rules of then.
        REFUNDED = "refunded", say("已答复，同意退款", "Answered with a refund")
        DECLINED = "declined", say("已答复，不退款", "Answered without a refund")

    MOVES = {
        State.OPEN: {State.ANSWERED, State.AGREED, State.DONE},
        State.ANSWERED: {State.DISPUTED, State.OFFICE, State.AGREED, State.DONE},
        State.DISPUTED: {State.ANSWERED, State.AGREED, State.DONE},
        State.OFFICE: {State.AGREED, State.DONE},
        State.AGREED: {State.DONE, State.DISPUTED, State.OFFICE},
        State.DONE: set(),
        State.REFUNDED: set(),
        State.DECLINED: set(),
    }
    TEAM_TO_ANSWER = (State.OPEN, State.DISPUTED)
    # Somebody has still something to do about it; there is one of them a line.
    GOES_ON = (*TEAM_TO_ANSWER, State.ANSWERED, State.OFFICE, State.AGREED)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="claims")
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    words = models.CharField(max_length=500)
    photo = models.ImageField(upload_to="claims/", blank=True, help_text="the first of its photos")
    answer = models.CharField(max_length=500, blank=True, help_text="the last one")
    refund = models.OneToOneField(Refund, on_delete=models.PROTECT, null=True, related_name="claim")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    answered_at = models.DateTimeField(null=True, help_text="when the last answer was given")
    disputed_at = models.DateTimeField(
        null=True, help_text="when its buyer last disagreed: the team's time runs anew"
    )
    brought_at = models.DateTimeField(null=True, help_text="when its buyer brought it before the office")
    ended_at = models.DateTimeField(null=True, help_text="since when there is nothing more to do")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["line"],
                condition=Q(state__in=["open", "answered", "disputed", "office", "agreed"]),
                name="one_open_claim_a_line",
            ),
        ]
        indexes = [
            models.Index(
                fields=["answered_at"],
                condition=Q(state__in=["answered", "agreed"]),
                name="claims_to_be_ended",
            )
        ]

    def __str__(self) -> str:
        return f"{self.State(self.state).words} · {str(self.uid)[:8]}"

    @property
    def refundable_minor(self) -> int:
        """What can still be given back for it: paid less given back."""
        return self.line.net_minor - self.line.refunded_minor


class ClaimReply(models.Model):
    """One word more on a claim: the team's answer, its buyer's disagreement, what the office decides."""

    class Kind(Choices):
        ANSWERED = "answered", say("团队答复", "The team’s answer")
        DISPUTED = "disputed", say("买家不同意", "The buyer does not agree")
        BROUGHT = "brought", say("买家请平台裁定", "The buyer brought it before the shop")
        DECIDED = "decided", say("平台裁定", "The shop’s decision")
        CALLED_OFF = "called_off", say("团队补发不了", "The team cannot send it after all")
        RECALLED = (
            "recalled",
            say("要补发的批次已召回，不补发了", "What was to be sent is recalled, and stays here"),
        )
        OVERDUE = "overdue", say("团队没有按时补发", "The team has not sent it in time")
        UNANSWERED = (
            "unanswered",
            say("团队没有按时说退货到了没有", "The team has not said in time whether the return came"),
        )

    # What was offered is not sent: the team answers anew.
    NOT_SENT = (Kind.CALLED_OFF, Kind.RECALLED, Kind.OVERDUE)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="replies")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    words = models.CharField(max_length=500, blank=True)
    refund = models.OneToOneField(
        Refund, on_delete=models.PROTECT, null=True, related_name="claim_reply", help_text="given with it"
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text="who answered or decided; empty for its buyer",
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["claim"], condition=Q(kind="brought"), name="brought_to_the_office_once"
            ),
            models.UniqueConstraint(fields=["claim"], condition=Q(kind="decided"), name="decided_once"),
        ]

    def __str__(self) -> str:
        return f"{self.Kind(self.kind).words} · {str(self.uid)[:8]}"


class ClaimPhoto(models.Model):
    """One more photo of a claim, beside its first: sent with it, or with a word of its buyer's later."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="photos")
    reply = models.ForeignKey(ClaimReply, on_delete=models.CASCADE, null=True, related_name="photos")
    file = models.ImageField(upload_to="claims/")

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return str(self.uid)[:8]


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
