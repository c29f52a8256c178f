"""What makes an order cheaper: a team's coupon at its own expense, the shop's at the shop's; and each use of one."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from catalog.models import Category, Team
from core.language import Words, say
from core.money import show
from orders.models.order import Order

MOST_PERCENT = 50


class Coupon(models.Model):
    """So much off, once its rule is met: for whoever has its code or, without one, for everybody. What it says is said
    of its columns, so that a page never promises something else than is reckoned."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(
        Team,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="at whose expense; null: the shop's",
    )
    code = models.CharField(max_length=20, blank=True, help_text="empty: for everybody, by its rule alone")
    amount_minor = models.PositiveBigIntegerField(
        null=True, help_text="off its goods' sum; else a part of it"
    )
    percent = models.PositiveSmallIntegerField(null=True)
    least_minor = models.PositiveBigIntegerField(default=0, help_text="from this sum of its goods on")
    category = models.ForeignKey(Category, on_delete=models.PROTECT, null=True, related_name="+")
    is_for_first = models.BooleanField(default=False, help_text="for a buyer's first purchase here alone")
    most_in_all = models.PositiveIntegerField(null=True, help_text="uses; empty: no limit")
    most_each = models.PositiveIntegerField(null=True, help_text="uses; empty: no limit")
    uses = models.PositiveIntegerField(
        default=0, help_text="orders that have it now: not those that ended unpaid"
    )
    starts_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="taken back before its time")
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["code"], condition=~Q(code=""), name="one_coupon_a_code"),
            models.CheckConstraint(
                condition=Q(amount_minor__gt=0, percent__isnull=True)
                | Q(amount_minor__isnull=True, percent__gt=0),
                name="coupon_takes_off_a_sum_or_a_part",
            ),
            models.CheckConstraint(
                condition=Q(amount_minor__isnull=True, percent__lte=MOST_PERCENT)
                | Q(percent__isnull=True, least_minor__gte=2 * F("amount_minor")),
                name="coupon_leaves_at_least_half",
            ),
            models.CheckConstraint(
                condition=(Q(most_in_all__isnull=True) | Q(most_in_all__gt=0))
                & (Q(most_each__isnull=True) | Q(most_each__gt=0)),
                name="coupon_limit_is_not_nought",
            ),
            models.CheckConstraint(
                condition=Q(most_in_all__isnull=True) | Q(uses__lte=F("most_in_all")),
                name="coupon_is_used_no_more_than_it_may",
            ),
            models.CheckConstraint(
                condition=Q(ends_at__isnull=True) | Q(ends_at__gt=F("starts_at")),
                name="coupon_ends_after_it_starts",
            ),
        ]
        indexes = [
            models.Index(
                fields=["team"], condition=Q(code="", ended_at__isnull=True), name="coupons_for_everybody"
            )
        ]

    def __str__(self) -> str:
        return self.code or str(self.uid)[:8]

    @property
    def is_by_shop(self) -> bool:
        """Whether the shop pays for it, and no team."""
        return self.team_id is None

    @property
    def words(self) -> Words:
        """What it gives and on what: "满 ¥100.00 减 ¥10.00"."""
        off = (
            say("减 {x}", "{x} off", x=show(self.amount_minor))
            if self.amount_minor
            else say("减 {n}%", "{n}% off", n=self.percent)
        )
        if self.least_minor:
            off = say("满 {x} {off}", "{off} from {x} on", x=show(self.least_minor), off=off)
        if self.category is not None:
            named = say(self.category.name_zh, self.category.name_en or self.category.name_zh)
            off = say("{c}{off}", "{off}, {c}", c=named, off=off)
        return say("首次购买{off}", "{off} your first purchase", off=off) if self.is_for_first else off

    @property
    def giver(self) -> Words | str:
        """Who gives it, as a buyer reads it."""
        if self.team is None:
            return say("本店", "the shop")
        return say(self.team.name_zh, self.team.name_en or self.team.name_zh)

    def off(self, minor: int) -> int:
        """What it takes off goods that come to so many fen; nothing below its least sum."""
        if minor < self.least_minor:
            return 0
        return self.amount_minor if self.amount_minor is not None else minor * (self.percent or 0) // 100


class CouponUse(models.Model):
    """That an order has a coupon: once, however often its payment is begun. It is given back where the order ends
    unpaid, and never else: what is refunded afterwards leaves it used."""

    coupon = models.ForeignKey(Coupon, on_delete=models.PROTECT, related_name="used")
    order = models.OneToOneField(Order, on_delete=models.CASCADE, related_name="coupon_use")
    amount_minor = models.PositiveBigIntegerField(help_text="what it took off")
    # By what a buyer whom nobody knows is known again: keyed hashes, not to be read back.
    mailbox = models.BigIntegerField(null=True)
    phone = models.BigIntegerField(null=True)
    given_back_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="coupon_use_takes_something_off")
        ]
        indexes = [
            models.Index(fields=["coupon", "mailbox"], name="coupon_uses_of_a_mailbox"),
            models.Index(fields=["coupon", "phone"], name="coupon_uses_of_a_telephone"),
        ]

    def __str__(self) -> str:
        return f"{self.coupon} · {show(self.amount_minor)}"
