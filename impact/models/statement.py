"""A team's month: what the ledger moved in it, by product, part of the price, channel and supporter; and what stands now.

Both are balances that are kept: the fold of the ledger's transactions (impact.actions.statement), never read from the
whole past. A payment writes none of these rows, or a popular team's buyers would wait in line for one of them.
"""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from catalog.models import Product, Team
from core.money import show
from impact.models.ledger import LedgerTransaction


class StatementWaiting(models.Model):
    """A transaction that is in no statement yet. A trigger writes it beside the transaction, whoever posted that."""

    transaction = models.OneToOneField(
        LedgerTransaction,
        on_delete=models.PROTECT,
        primary_key=True,
        related_name="+",
        db_constraint=False,
        help_text="what is in the ledger stays: nothing needs to hold it",
    )
    since = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name_plural = "transactions waiting for their statement"


class _Cell(models.Model):
    """What a sum is of. Sending is for no product; of an order placed before that was written down channel and supporter
    are empty."""

    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="+", db_index=False)
    product = models.ForeignKey(
        Product, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    part = models.CharField(max_length=12, help_text="of the price story, or households, or shipping")
    channel = models.CharField(max_length=12, blank=True)
    supporter = models.CharField(max_length=12, blank=True)

    class Meta:
        abstract = True


class StatementMonth(_Cell):
    """What a month moved: money in, money back, and how what is set aside and what is owed changed by it."""

    month = models.DateField(help_text="its first day, in Shanghai")
    sold_minor = models.BigIntegerField(help_text="with what a coupon of the shop’s paid in buyers’ place")
    refunded_minor = models.BigIntegerField()
    replaced_minor = models.BigIntegerField(help_text="paid to households by the team’s own reserve")
    set_aside_minor = models.BigIntegerField(help_text="by how much more is set aside than before the month")
    owed_minor = models.BigIntegerField(help_text="by how much more is owed")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "month", "product", "part", "channel", "supporter"],
                nulls_distinct=False,
                name="one_sum_a_month_and_cell",
            ),
            models.CheckConstraint(
                condition=Q(
                    set_aside_minor=F("sold_minor")
                    - F("refunded_minor")
                    + F("replaced_minor")
                    - F("owed_minor")
                ),
                name="a_month_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} · {self.part} · {show(self.sold_minor)}"


class StatementBalance(_Cell):
    """What stands now: set aside until after-sale windows pass, and owed from then on."""

    set_aside_minor = models.BigIntegerField()
    owed_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["team", "product", "part", "channel", "supporter"],
                nulls_distinct=False,
                name="one_balance_a_cell",
            )
        ]

    def __str__(self) -> str:
        return f"{self.part} · {show(self.set_aside_minor)} · {show(self.owed_minor)}"
