"""Who is called when something happens: a team's own programs, or the shop's; and each thing that one was told."""

import uuid
from functools import partial

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts import seals
from catalog.models import Team
from core.choices import Choices
from core.language import say
from core.outward import MOST_LENGTH, Problem
from core.sealed import SealedColumn
from core.states import StateMachine

PURPOSE = "webhook"
# So many failures one after the other, and a receiver is left alone for a while.
FAILURES = 5


class Webhook(models.Model):
    """An address that is called with what happens, signed with a secret that its owner has seen once."""

    class Kind(Choices):
        ORDER_PLACED = "order.placed", say("下单", "An order was placed")
        ORDER_PAID = "order.paid", say("付款", "An order was paid")
        ORDER_SENT = "order.sent", say("发货", "A parcel was sent")
        ORDER_REFUNDED = "order.refunded", say("退款", "Money was given back")
        GROUP_CONFIRMED = "group.confirmed", say("团购成团", "A group purchase was confirmed")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(
        Team, on_delete=models.PROTECT, null=True, related_name="+", help_text="whose it is; null: the shop's"
    )
    url = models.CharField(max_length=MOST_LENGTH)
    kinds = ArrayField(models.CharField(max_length=20, choices=Kind.choices), help_text="what it is told")
    sealed = models.BinaryField(help_text="its secret, sealed with SECRET_KEY")
    former_sealed = models.BinaryField(default=b"", help_text="the secret of before, while it is turned over")
    former_until = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0, help_text="one after the other, until it answers again")
    failing_since = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(
        null=True, help_text="it failed so often that it is left alone until then"
    )
    called_at = models.DateTimeField(null=True)
    is_slow = models.BooleanField(default=False, help_text="its last answer took long: one call at a time")
    told_at = models.DateTimeField(
        null=True, help_text="when its owners were told that something was given up"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(kinds=[]), name="webhook_is_told_something"),
            models.CheckConstraint(
                condition=Q(former_sealed=b"", former_until__isnull=True)
                | (~Q(former_sealed=b"") & Q(former_until__isnull=False)),
                name="webhook_former_secret_has_an_end",
            ),
        ]
        indexes = [
            models.Index(fields=["team"], condition=Q(ended_at__isnull=True), name="webhooks_of_a_team"),
        ]

    def __str__(self) -> str:
        return str(self.uid)[:8]

    @property
    def is_by_shop(self) -> bool:
        """Whether it is the shop's own, and no team's."""
        return self.team_id is None

    @property
    def is_resting(self) -> bool:
        """Whether it is left alone for now, after failing so often."""
        return self.rests_until is not None and self.rests_until > timezone.now()


SEALED = [
    SealedColumn("orders.Webhook", column, "SECRET_KEY", partial(seals.boxes, PURPOSE))
    for column in ("sealed", "former_sealed")
]


class WebhookMessage(StateMachine, models.Model):
    """One thing that one receiver is told: written down with the change itself, sent until it is taken, and given up after a
    day. Of one noun the next is not sent before the last is taken or given up."""

    class State(Choices):
        WAITING = "waiting", say("等待送出", "On its way")
        DELIVERED = "delivered", say("已送到", "Taken")
        GIVEN_UP = "given_up", say("已放弃", "Given up")

    class Kind(Choices):
        ORDER_PLACED = "order.placed", Webhook.Kind.ORDER_PLACED.words
        ORDER_PAID = "order.paid", Webhook.Kind.ORDER_PAID.words
        ORDER_SENT = "order.sent", Webhook.Kind.ORDER_SENT.words
        ORDER_REFUNDED = "order.refunded", Webhook.Kind.ORDER_REFUNDED.words
        GROUP_CONFIRMED = "group.confirmed", Webhook.Kind.GROUP_CONFIRMED.words
        WEBHOOK_TEST = "webhook.test", say("试发", "A test")

    class Why(Choices):
        NOWHERE = (
            Problem.NOWHERE.value,
            say(
                "这个地址打不到：域名不存在，或在内部网络里", "Its name is unknown, or leads inside a network"
            ),
        )
        UNREACHABLE = Problem.UNREACHABLE.value, say("连不上", "It could not be reached")
        CERTIFICATE = Problem.CERTIFICATE.value, say("证书不可信", "Its certificate is not to be trusted")
        SLOW = Problem.SLOW.value, say("没有及时回答", "It did not answer in time")
        BROKEN = Problem.BROKEN.value, say("回答的不是 HTTP", "What it answered is not HTTP")

    MOVES = {
        State.WAITING: {State.DELIVERED, State.GIVEN_UP},
        # Sent again, by a person.
        State.DELIVERED: {State.WAITING},
        State.GIVEN_UP: {State.WAITING},
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    webhook = models.ForeignKey(Webhook, on_delete=models.CASCADE, related_name="messages", db_index=False)
    kind = models.CharField(max_length=20, choices=Kind.choices)
    noun = models.CharField(max_length=40, help_text="of what it tells: an order's number, a group's id")
    body = models.TextField(help_text="as it is sent, each time: ids alone")
    recorded_at = models.DateTimeField(default=timezone.now)
    begun_at = models.DateTimeField(default=timezone.now, help_text="from when its day counts")
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    due_at = models.DateTimeField(default=timezone.now)
    leased_until = models.DateTimeField(null=True, help_text="a call is under way, at most until then")
    tries = models.PositiveSmallIntegerField(default=0)
    called_at = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(
        null=True, help_text="of the last answer; of what else came nothing"
    )
    problem = models.CharField(max_length=12, choices=Why.choices, blank=True)
    took_ms = models.PositiveIntegerField(null=True)
    settled_at = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True, help_text="when a person had it sent once more")

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="waiting", settled_at__isnull=True)
                | (~Q(state="waiting") & Q(settled_at__isnull=False)),
                name="webhook_message_settled_or_waiting",
            ),
        ]
        indexes = [
            models.Index(fields=["webhook", "-id"], name="webhook_messages_in_order"),
            models.Index(
                fields=["webhook", "noun", "id"],
                condition=Q(state="waiting"),
                name="webhook_messages_waiting",
            ),
            models.Index(fields=["settled_at"], name="webhook_messages_settled"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.noun}"
