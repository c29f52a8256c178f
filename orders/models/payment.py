"""Attempts to move a buyer's money, and what the provider tells us of them."""

import uuid

from django.db import models
from django.db.models import Q

from core.choices import Choices
from core.language import Words, say
from core.money import show
from core.states import StateMachine
from orders.models.order import Order
from orders.provider import provider_names

# The provider promises ids of at most 255 characters; its schema lets addresses and secrets have 5,000.
ID_LENGTH, TEXT_LENGTH = 255, 5_000
PROVIDER_LENGTH = 12


class Payment(StateMachine, models.Model):
    """One attempt at a provider. Of several that succeed for one order, one is kept."""

    class Kind(Choices):
        CHECKOUT = "checkout", say("支付方页面", "On the provider’s page")
        CLIENT = "client", say("客户端付款", "By a client of its own")  # on no page of the provider's

    class State(Choices):
        CREATED = "created", say("待付款", "Waiting")
        PROCESSING = "processing", say("处理中", "Processing")
        SUCCEEDED = "succeeded", say("已收到", "Received")
        FAILED = "failed", say("未成功", "Failed")
        CANCELLED = "cancelled", say("已关闭", "Closed")

    class Method(Choices):
        # What the shop offers; the column takes any other that a provider tells of.
        CARD = "card", say("银行卡", "Card")
        ALIPAY = "alipay", say("支付宝", "Alipay")
        WECHAT_PAY = "wechat_pay", say("微信支付", "WeChat Pay")

        @classmethod
        def in_words(cls, method: str) -> str:
            """In the reader's language; one that the shop does not know as its provider calls it."""
            return str(cls(method).words) if method in cls.values else method

    MOVES = {
        State.CREATED: {State.PROCESSING, State.SUCCEEDED, State.FAILED, State.CANCELLED},
        State.PROCESSING: {State.SUCCEEDED, State.FAILED, State.CANCELLED},
        State.FAILED: {State.PROCESSING, State.SUCCEEDED, State.CANCELLED},  # declined, then tried again
        State.CANCELLED: {State.SUCCEEDED},  # money that still arrived
        State.SUCCEEDED: set(),
    }
    # Begun, and without an answer: it may still bring money.
    UNDER_WAY = (State.CREATED, State.PROCESSING)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="payments")
    provider = models.CharField(max_length=PROVIDER_LENGTH, choices=provider_names)
    mode = models.CharField(
        max_length=8,
        blank=True,
        default="",
        db_default="",
        help_text="what it moves, by the keys it was begun with",
    )
    kind = models.CharField(max_length=10, choices=Kind.choices, default=Kind.CHECKOUT)
    state = models.CharField(max_length=12, choices=State.choices, default=State.CREATED)
    method = models.CharField(max_length=20, blank=True, help_text="card, alipay or wechat_pay, once known")
    asked_first = models.CharField(
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text="by what she paid last: the provider is asked to offer that first",
    )
    amount_minor = models.PositiveBigIntegerField(help_text="what was asked for")
    received_minor = models.PositiveBigIntegerField(null=True, help_text="what came, by the provider's word")
    page_ref = models.CharField(max_length=ID_LENGTH, blank=True, help_text="the provider's id of its page")
    payment_ref = models.CharField(
        max_length=ID_LENGTH, blank=True, help_text="the provider's id of the payment: what it refunds"
    )
    client_secret = models.CharField(max_length=TEXT_LENGTH, blank=True)
    url = models.URLField(max_length=TEXT_LENGTH, blank=True)
    failure = models.CharField(max_length=200, blank=True, help_text="why the provider refused to begin it")
    is_kept = models.BooleanField(default=False, help_text="this one pays the order; any other is given back")
    created_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField(help_text="the provider's page takes no payment after this")
    succeeded_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True, help_text="last asked of the provider")

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["order"], condition=Q(is_kept=True), name="one_kept_payment"),
            # Ids are a provider's own: of two providers one may be called as the other's.
            models.UniqueConstraint(
                fields=["page_ref", "provider"], condition=~Q(page_ref=""), name="page_once"
            ),
            models.UniqueConstraint(
                fields=["payment_ref", "provider"], condition=~Q(payment_ref=""), name="payment_once"
            ),
            models.CheckConstraint(condition=~Q(provider=""), name="payment_is_of_a_provider"),
        ]
        indexes = [
            models.Index(
                fields=["created_at"],
                condition=Q(state__in=["created", "processing", "failed"]),
                name="payments_not_settled",
            )
        ]

    def __str__(self) -> str:
        return f"{show(self.amount_minor)} · {str(self.uid)[:8]}"

    @property
    def is_open(self) -> bool:
        """Whether the provider has it, so that it can be paid."""
        return bool(self.page_ref or self.payment_ref)

    @property
    def is_contested(self) -> bool:
        """Whether a bank is deciding about its money, so that the provider gives none of it back."""
        return self.disputes.filter(state__in=Dispute.GOES_ON, is_refundable=False).exists()


class Notice(models.Model):
    """What a provider told us: the raw words, once an event id, and what came of it."""

    # Effects that others look for. What waits cannot be told from what is still to come: it is looked at again.
    WAITS = "waits"
    NOT_OURS = "not ours"

    provider = models.CharField(max_length=PROVIDER_LENGTH, choices=provider_names)
    event_id = models.CharField(max_length=ID_LENGTH)
    kind = models.CharField(max_length=60, help_text="the provider's own word for it")
    object_id = models.CharField(max_length=ID_LENGTH, blank=True)
    body = models.BinaryField()
    received_at = models.DateTimeField(auto_now_add=True)
    handled_at = models.DateTimeField(null=True)
    effect = models.CharField(max_length=60, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event_id", "provider"], name="notice_once")]
        indexes = [
            models.Index(fields=["received_at"], condition=Q(handled_at=None), name="notices_not_handled")
        ]

    def __str__(self) -> str:
        return self.event_id


def _to_buyer(zh: str, en: str) -> dict[str, Words]:
    return {"to_buyer": say(zh, en)}


class Dispute(StateMachine, models.Model):
    """A buyer's bank asks for the money back; the shop answers, the bank decides."""

    class State(Choices):
        # "Won" is the shop's word: the buyer whom it was won from reads `to_buyer`.
        to_buyer: Words
        # Our answer is awaited, until `due_at`.
        OPEN = (
            "open",
            say("等本店答复", "Waits for our answer"),
            _to_buyer("等本店说明", "Waits for our answer"),
        )
        UNDER_REVIEW = (
            "under_review",
            say("银行在审", "The bank looks at it"),
            _to_buyer("银行在审", "The bank looks at it"),
        )
        # Decided once, and looked at again.
        APPEALED = (
            "appealed",
            say("申诉中", "Appealed"),
            _to_buyer("银行重新在审", "The bank looks at it again"),
        )
        # An outcome or a currency that we have no rule for.
        UNCLEAR = "unclear", say("要人判断", "Waits for a person"), _to_buyer("正在核对", "Being checked")
        # The money is ours, or was never taken.
        WON = "won", say("赢了", "Won"), _to_buyer("付款有效", "The payment stands")
        # Headed off before it began, and nothing taken for it.
        PREVENTED = "prevented", say("事先化解", "Headed off"), _to_buyer("事先了结", "Settled beforehand")
        LOST = "lost", say("输了", "Lost"), _to_buyer("银行已退给您", "Given back by the bank")

    GOES_ON = (State.OPEN, State.UNDER_REVIEW, State.APPEALED, State.UNCLEAR)
    ENDED = {State.WON, State.PREVENTED, State.LOST}
    # We ask how it stands now, so it may come back to the bank from a decision: a question that was closed may
    # still become a dispute. What was lost stays lost until it is won on appeal.
    MOVES = {
        State.OPEN: {State.UNDER_REVIEW, State.APPEALED, State.UNCLEAR, *ENDED},
        State.UNDER_REVIEW: {State.OPEN, State.APPEALED, State.UNCLEAR, *ENDED},
        State.APPEALED: {State.OPEN, State.UNDER_REVIEW, State.UNCLEAR, *ENDED},
        State.UNCLEAR: {State.OPEN, State.UNDER_REVIEW, State.APPEALED, *ENDED},
        State.WON: {*GOES_ON, State.PREVENTED, State.LOST},
        State.PREVENTED: {*GOES_ON, State.WON, State.LOST},
        State.LOST: {State.APPEALED, State.UNCLEAR, State.WON},
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="disputes")
    provider_id = models.CharField(max_length=ID_LENGTH)
    amount_minor = models.PositiveBigIntegerField(help_text="what is asked back, in `currency`")
    currency = models.CharField(max_length=3, default="cny")
    lost_minor = models.PositiveBigIntegerField(default=0, help_text="fen that the bank has taken for good")
    reason = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=14, choices=State.choices, default=State.OPEN)
    status = models.CharField(max_length=40, blank=True, help_text="the provider's own word for it")
    is_refundable = models.BooleanField(
        default=False, help_text="a mere question of the bank's: the provider still refunds"
    )
    due_at = models.DateTimeField(null=True, help_text="the bank takes our answer until then")
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)
    asked_at = models.DateTimeField(null=True, help_text="when the answer that is written here was asked for")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["provider_id", "payment"], name="dispute_once")]

    def __str__(self) -> str:
        return self.provider_id
