"""What a buyer has asked for: an order, its lines, and the lots that they draw on."""

import secrets
import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.models import Organisation
from accounts.models.person import CODE_LETTERS
from catalog.models import Lot, PriceStory, Team, Variant
from core.choices import Choices
from core.language import say
from core.states import StateMachine


def a_number() -> str:
    """A random order number that can be read aloud; never sequential."""
    return "-".join("".join(secrets.choice(CODE_LETTERS) for _ in range(4)) for _ in range(3))


class Order(StateMachine, models.Model):
    """A placed cart. Its lines and prices are as they were then; where it goes, its parcels say."""

    class State(Choices):
        PLACED = "placed", say("待付款", "Waiting for payment")  # stock reserved
        # Into escrow, until what it is held for comes about, or does not; by that its buyer knows it (orders.words).
        HELD = "held", say("已付款，等待结果", "Paid, and held")
        PAID = "paid", say("已付款，待发货", "Paid, to be sent")
        SHIPPED = "shipped", say("已发货", "On its way")  # every parcel is
        DELIVERED = "delivered", say("已签收", "Delivered")
        COMPLETED = "completed", say("已完成", "Completed")  # the after-sale window has passed
        CANCELLED = "cancelled", say("已取消", "Cancelled")
        EXPIRED = "expired", say("未付款，已关闭", "Closed: not paid")  # the reservation ran out
        REFUNDED = "refunded", say("已全额退款", "Refunded in full")

    MOVES = {
        State.PLACED: {State.PAID, State.HELD, State.CANCELLED, State.EXPIRED},
        State.EXPIRED: {State.PAID, State.HELD},  # money came late and stock remained
        State.CANCELLED: set(),
        State.HELD: {State.PAID, State.REFUNDED},
        State.PAID: {State.SHIPPED, State.REFUNDED},
        # Back where a parcel of it was not sent after all, or has come back to its team.
        State.SHIPPED: {State.DELIVERED, State.REFUNDED, State.PAID},
        State.DELIVERED: {State.COMPLETED, State.REFUNDED},
        State.COMPLETED: {State.REFUNDED},
        # A refund may fail after it had succeeded: then the order is what its parcels say again.
        State.REFUNDED: {State.HELD, State.PAID, State.SHIPPED, State.DELIVERED, State.COMPLETED},
    }

    class Channel(Choices):
        SHOP = "shop", say("在店里买", "Bought in the shop")
        GROUP = "group", say("团购", "Group purchase")

    # Who has bought where it is not for an organisation; else its kind, as it was then.
    A_PERSON = "person"
    # Paid for good, and so its teams' business; in the order in which it moves on.
    WITH_TEAMS = (State.PAID, State.SHIPPED, State.DELIVERED, State.COMPLETED)
    # The shop has its money, whoever it waits for.
    REFUNDABLE = (State.HELD, *WITH_TEAMS)
    PAID_STATES = (*WITH_TEAMS, State.REFUNDED)
    CLOSED_UNPAID = (State.CANCELLED, State.EXPIRED)
    # Nothing comes of it any more.
    OVER = (*CLOSED_UNPAID, State.REFUNDED)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.CharField(max_length=16, unique=True, default=a_number)
    cart = models.OneToOneField("orders.Cart", on_delete=models.SET_NULL, null=True, related_name="order")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="orders", db_index=False
    )
    email = models.EmailField()
    mobile = models.CharField(
        max_length=20,
        blank=True,
        default="",
        db_default="",
        help_text="where a guest without a mailbox is told by text, as E.164; empty of all others",
    )
    buyer_proved_at = models.DateTimeField(
        null=True, help_text="a guest's: when whoever reads this mailbox said that the order is hers"
    )
    news_wanted_at = models.DateTimeField(
        null=True,
        help_text="a guest's: since when she wants to hear what its teams write; null: she does not",
    )
    reached_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        db_index=False,
        help_text="of a guest's that was never proved, under the mailbox of an account that is deleted: who is told, should "
        "money come back",
    )
    language = models.CharField(max_length=2, default="zh")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, null=True, related_name="+")
    mobiliser_organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, null=True, related_name="+"
    )
    mobiliser_person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    holder_kind = models.CharField(max_length=16, blank=True, help_text="what kind of thing it is held for")
    holder = models.UUIDField(
        null=True, help_text="for what it is held, once paid, until it is confirmed or repaid; null for most"
    )
    channel = models.CharField(
        max_length=12,
        choices=Channel.choices,
        null=True,
        help_text="by which way it was placed, for good; null: placed before that was written down",
    )
    supporter = models.CharField(
        max_length=12,
        null=True,
        help_text="“person”, or the kind of organisation that it is for, as it was when placed; null likewise",
    )
    state = models.CharField(max_length=10, choices=State.choices, default=State.PLACED)
    note = models.CharField(max_length=200, blank=True)
    # How a buyer whom nobody knows is counted, while she holds goods unpaid: a keyed hash, not to be read back.
    unproved_cookie = models.BigIntegerField(null=True)
    # Of the release before, which counts by them, too: it serves while this one migrates. Nothing writes or asks them.
    unproved_mailbox = models.BigIntegerField(null=True)
    unproved_phone = models.BigIntegerField(null=True)
    goods_minor = models.PositiveBigIntegerField(help_text="its lines at their prices")
    shipping_minor = models.PositiveBigIntegerField(default=0)
    discount_minor = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text="what its coupon takes off, whoever pays for that"
    )
    total_minor = models.PositiveBigIntegerField(help_text="what its buyer pays")
    refunded_minor = models.PositiveBigIntegerField(
        default=0, help_text="given back, as the provider confirmed"
    )
    placed_at = models.DateTimeField(default=timezone.now)
    traded_at = models.DateTimeField(help_text="when placed, by the clock of seasons and contests")
    reserved_until = models.DateTimeField()
    left_unpaid_at = models.DateTimeField(
        null=True, help_text="when its buyer was written to that it waits for her payment; once"
    )
    paid_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(
        null=True, help_text="when what it was held for came about; null of an order that is held for nothing"
    )
    contested_at = models.DateTimeField(
        null=True,
        help_text="a bank asks for its money back since then: nothing is sent before it has decided",
    )
    closed_at = models.DateTimeField(null=True, help_text="cancelled, expired, refunded or completed")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(total_minor=F("goods_minor") + F("shipping_minor") - F("discount_minor")),
                name="order_total_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__lte=F("total_minor")), name="no_more_given_back_than_paid"
            ),
            models.CheckConstraint(
                condition=Q(holder__isnull=True, holder_kind="", confirmed_at__isnull=True)
                | Q(holder__isnull=False) & ~Q(holder_kind=""),
                name="order_says_what_holds_it",
            ),
        ]
        indexes = [
            models.Index(fields=["person", "-placed_at"], name="orders_of_a_person"),
            *(
                models.Index(
                    fields=[f"unproved_{mark}"],
                    condition=Q(**{f"unproved_{mark}__isnull": False}),
                    name=f"orders_of_unproved_{mark}",
                )
                for mark in ("cookie", "mailbox", "phone")
            ),
            models.Index(fields=["reserved_until"], condition=Q(state="placed"), name="orders_running_out"),
            # By what the office finds an order, and the figures a stretch of days.
            models.Index(fields=["email"], name="orders_of_a_mailbox"),
            models.Index(fields=["mobile"], condition=~Q(mobile=""), name="orders_of_a_number"),
            models.Index(
                fields=["paid_at"], condition=Q(paid_at__isnull=False), name="orders_by_day_of_payment"
            ),
            models.Index(
                fields=["reached_by"], condition=Q(reached_by__isnull=False), name="orders_reached_by_another"
            ),
            models.Index(fields=["holder"], condition=Q(holder__isnull=False), name="orders_of_a_holder"),
            models.Index(
                fields=["email"],
                condition=Q(buyer_proved_at__isnull=False),
                name="orders_of_proved_mailboxes",
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def reached_at(self) -> str:
        """Where a guest is told of it: her mailbox, else her number; nothing of whoever is forgotten."""
        return self.email or self.mobile

    @property
    def is_paid(self) -> bool:
        return self.state in self.PAID_STATES


class Line(models.Model):
    """One variant and a quantity at the price and price story of that moment."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+")
    shipment = models.ForeignKey("orders.Shipment", on_delete=models.PROTECT, null=True, related_name="lines")
    story = models.ForeignKey(PriceStory, on_delete=models.PROTECT, related_name="+")
    name_zh = models.CharField(max_length=180)
    name_en = models.CharField(max_length=260)
    quantity = models.PositiveIntegerField()
    unit_price_minor = models.PositiveBigIntegerField()
    # Each line's own part of what the order's coupon takes off, frozen when it is placed.
    discount_minor = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text="of a team’s coupon: nobody’s part"
    )
    subsidy_minor = models.PositiveBigIntegerField(
        default=0, db_default=0, help_text="of the shop’s coupon: the shop pays it in the buyer’s place"
    )
    net_minor = models.PositiveBigIntegerField(
        help_text="quantity × price less what its coupon takes off: what its buyer pays for it"
    )
    refunded_minor = models.PositiveBigIntegerField(default=0)
    refunded_units = models.PositiveIntegerField(default=0)
    after_sale_hours = models.PositiveSmallIntegerField(
        null=True,
        help_text="as told when it was bought: a team that shortens it shortens it for others alone",
    )
    is_returnable = models.BooleanField(
        default=False,
        db_default=False,
        help_text="as told then: it may be sent back within seven days without a reason",
    )
    presale_ship_by = models.DateField(
        null=True, help_text="bought before its harvest was in: the day by which it was to be sent"
    )
    recalled_at = models.DateTimeField(
        null=True, help_text="a lot that it drew on was recalled: claimed also when its time is over"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(quantity__gt=0), name="line_asks_for_something"),
            models.CheckConstraint(
                condition=Q(
                    net_minor=F("quantity") * F("unit_price_minor") - F("discount_minor") - F("subsidy_minor")
                ),
                name="line_net_adds_up",
            ),
            models.CheckConstraint(
                condition=Q(discount_minor=0) | Q(subsidy_minor=0), name="line_has_one_coupon"
            ),
            models.CheckConstraint(
                condition=Q(refunded_minor__lte=F("net_minor")), name="no_more_refunded_than_the_line"
            ),
            models.CheckConstraint(
                condition=Q(refunded_units__lte=F("quantity")), name="no_more_units_refunded_than_bought"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name_zh} × {self.quantity}"

    @property
    def list_minor(self) -> int:
        """What it comes to at its price, before any coupon."""
        return self.quantity * self.unit_price_minor

    def paid_for(self, units: int) -> int:
        """What was paid for the next so many of its units: of a coupon each has its part, and all of them together
        come to what was paid, in whatever steps they are given back."""
        so_far, then = self.refunded_units, self.refunded_units + units
        return self.net_minor * then // self.quantity - self.net_minor * so_far // self.quantity

    @property
    def units_sent(self) -> int:
        """Units that travel: without those given back."""
        return self.quantity - self.refunded_units


class LineLot(models.Model):
    """How many of a line's units a lot gives."""

    line = models.ForeignKey(Line, on_delete=models.CASCADE, related_name="lots", db_index=False)
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    units = models.PositiveIntegerField()
    units_returned = models.PositiveIntegerField(
        default=0, db_default=0, help_text="of these, put back on the shelf"
    )

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["line", "lot"], name="one_draw_a_line_and_lot"),
            models.CheckConstraint(
                condition=Q(units_returned__lte=F("units")), name="no_more_returned_than_drawn"
            ),
        ]
