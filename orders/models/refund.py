"""Money on its way back to a buyer, and which lines and parcels it is for."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from core.choices import Choices
from core.language import say
from core.money import show
from core.states import StateMachine
from orders.models.order import Line
from orders.models.payment import ID_LENGTH, Payment
from orders.models.shipment import Shipment


class Refund(StateMachine, models.Model):
    """One giving back on one payment. Lines, ledger and standings go back when it is requested;
    if the provider fails later, the money is still owed to the buyer and is tried again."""

    class Reason(Choices):
        CANCELLED = "cancelled", say("订单取消", "Order cancelled")  # by the buyer before it was sent
        TEAM = "team", say("卖家退款", "Refunded by the team")  # or by an operator
        CLAIM = "claim", say("售后", "Something was wrong")  # with what arrived
        # When the stock had gone.
        LATE = "late", say("付款到账时已无货或订单已关闭", "The payment came too late")
        TWICE = "twice", say("重复付款", "Paid twice")  # one was kept
        AMOUNT = "amount", say("金额不符", "Another amount came than was asked for")
        # What it was held for did not come about; by that its buyer knows it (orders.words).
        FELL_SHORT = "fell_short", say("未达成，全额退款", "It did not come about")
        DISPUTE = "dispute", say("银行争议退款", "Taken back by the bank")
        # Paid for goods of a lot that was recalled, or ran out of date, before they were sent.
        RECALLED = "recalled", say("商品已召回或过期", "The goods were recalled, or past their date")
        # Its lot came late or short, and its buyer would not wait or was not reached.
        HARVEST = "harvest", say("收成晚了或不够", "The harvest was late or short")
        # Its buyer would not wait until it is delivered there again.
        CLOSED = "closed", say("收货地暂停配送", "Nothing is delivered there for now")
        # The money came for what is not sold any more: recalled, suspended, archived.
        STOPPED = (
            "stopped",
            say("付款到账时商品已停售或召回", "These goods were recalled or taken off sale before you paid"),
        )
        DESK = "desk", say("支付方退款", "Refunded at the payment provider")  # at its own desk
        # A bank gave back what it had taken for goods that were called off: a person decides.
        REGAINED = (
            "regained",
            say(
                "银行改判后回到本店；货没有发出",
                "Back with us by the bank’s new decision; the goods were not sent",
            ),
        )

    # Of money that was never kept.
    TURNED_AWAY = (Reason.LATE, Reason.TWICE, Reason.AMOUNT, Reason.STOPPED)

    class State(Choices):
        REQUESTED = "requested", say("处理中", "Requested")
        PENDING = "pending", say("退款途中", "On its way")
        SUCCEEDED = "succeeded", say("已退款", "Given back")
        FAILED = "failed", say("没有退成，我们正在处理", "It did not go through; we are seeing to it")
        # A bank that had taken it gave it back to us: it counts no more.
        UNDONE = "undone", say("银行改判，又收回去了", "The bank decided anew and took it back")

    # Nothing of it is owed to the buyer any more.
    SETTLED = (State.SUCCEEDED, State.UNDONE)
    MOVES = {
        State.REQUESTED: {State.PENDING, State.SUCCEEDED, State.FAILED},
        State.PENDING: {State.SUCCEEDED, State.FAILED},
        # Alipay and WeChat Pay can fail later; a dispute that was lost can be won on appeal.
        State.SUCCEEDED: {State.FAILED, State.UNDONE},
        State.FAILED: {State.REQUESTED},  # tried again, by the clock or by an operator
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    reason = models.CharField(max_length=10, choices=Reason.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.REQUESTED)
    amount_minor = models.PositiveBigIntegerField()
    disputed_minor = models.PositiveBigIntegerField(
        default=0, help_text="so much of it her bank has given the buyer, in disputes that were lost"
    )
    given_minor = models.PositiveBigIntegerField(
        default=0,
        db_default=0,
        help_text="so much of it earlier attempts have given, before more of it came to be owed: the sum of RefundGiven",
    )
    asked_minor = models.PositiveBigIntegerField(
        null=True,
        help_text="so much of it the attempt under way moves, where more came to be owed meanwhile; empty: all that is due",
    )
    attempt = models.PositiveSmallIntegerField(default=1, help_text="part of the provider's idempotency key")
    provider_id = models.CharField(
        max_length=ID_LENGTH,
        blank=True,
        help_text="the provider's id of it; a chargeback bears its dispute's",
    )
    failure = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=200, blank=True)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    requested_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)
    checked_at = models.DateTimeField(null=True, help_text="last asked of the provider")
    returned_at = models.DateTimeField(null=True, help_text="had arrived, and came back to us then")
    retry_at = models.DateTimeField(
        null=True, help_text="failed, and tried again then; empty when it waits for a person"
    )
    otherwise = models.CharField(
        max_length=200, blank=True, help_text="how an operator gave it where the provider could not"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_gives_something"),
            models.CheckConstraint(
                condition=Q(disputed_minor__lte=models.F("amount_minor") - models.F("given_minor")),
                name="refund_not_given_twice",
            ),
            # Ids are unique for each noun of a provider's: a chargeback bears its dispute's, any other its own.
            models.UniqueConstraint(
                fields=["provider_id", "payment"],
                condition=~Q(provider_id="") & ~Q(reason="dispute"),
                name="refund_once",
            ),
            models.UniqueConstraint(
                fields=["provider_id", "payment"],
                condition=Q(reason="dispute") & ~Q(provider_id="") & ~Q(state="undone"),
                name="chargeback_once",
            ),
        ]
        indexes = [
            models.Index(
                fields=["requested_at"],
                condition=Q(state__in=["requested", "pending"]),
                name="refunds_on_their_way",
            )
        ]

    def __str__(self) -> str:
        return f"{show(self.amount_minor)} · {str(self.uid)[:8]}"

    @property
    def due_minor(self) -> int:
        """Fen of it that neither her bank has given the buyer nor an attempt before."""
        return self.amount_minor - self.disputed_minor - self.given_minor

    @property
    def moved_minor(self) -> int:
        """Fen of it that this attempt moves: one key asks for one sum, whatever comes to be owed meanwhile."""
        return self.due_minor if self.asked_minor is None else self.asked_minor


class RefundGiven(models.Model):
    """What an attempt has given of a refund of which more is owed now, under the provider's id of it: the next
    attempt has an id of its own, and the provider may still say of this one that the money has come back."""

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="given")
    attempt = models.PositiveSmallIntegerField()
    provider_id = models.CharField(max_length=ID_LENGTH, blank=True, db_index=True)
    amount_minor = models.PositiveBigIntegerField()
    otherwise = models.CharField(
        max_length=200, blank=True, help_text="how an operator gave it where the provider could not"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="refund_given_is_something"),
            models.UniqueConstraint(fields=["refund", "attempt"], name="refund_given_once"),
        ]


class RefundLine(models.Model):
    """The part of a refund that is for one line, or for one parcel's shipping."""

    append_only = True

    refund = models.ForeignKey(Refund, on_delete=models.CASCADE, related_name="lines")
    line = models.ForeignKey(Line, on_delete=models.PROTECT, null=True, related_name="refund_lines")
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, null=True, related_name="refund_lines")
    amount_minor = models.PositiveBigIntegerField()
    units = models.PositiveIntegerField(default=0, help_text="units given back, for a line")
    is_restocked = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(line__isnull=False, shipment__isnull=True)
                | Q(line__isnull=True, shipment__isnull=False),
                name="refund_line_is_for_one_thing",
            )
        ]
