"""The ledger: accounts, and transfers between two of them that are never edited.

The balance of an account is what came in less what went out; over all accounts it is 0. A lot's account is a control
account: which of its households each fen is for is said in the attributions (impact.models.attribution).
"""

from django.db import models
from django.db.models import F, Q

from catalog.models import Lot, Team
from core.choices import Choices
from core.language import say
from core.money import show
from impact.models.kind import Kind
from orders.models import Line


class Account(models.Model):
    """A place where money stands."""

    append_only = True

    kind = models.CharField(max_length=20, choices=Kind.choices)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, null=True, related_name="+")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, null=True, related_name="+")
    part = models.CharField(max_length=12, blank=True, help_text="of the price story")
    holder = models.UUIDField(null=True, help_text="the group purchase whose escrow it is")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "team", "lot", "part", "holder"],
                nulls_distinct=False,
                name="one_account_a_purpose",
            )
        ]

    def __str__(self) -> str:
        return " ".join(str(w) for w in (self.kind, self.part, self.team_id, self.lot_id, self.holder) if w)


class LedgerTransaction(models.Model):
    """Transfers that happened together, for one reason, once (`key`)."""

    append_only = True

    class Reason(Choices):
        PAID = "paid", say("付款", "Paid")
        HELD = "held", say("暂存", "Held in escrow")
        CONFIRMED = "confirmed", say("暂存转出", "Out of escrow")  # because what it waited for came about
        REFUNDED = "refunded", say("转回待退", "Taken back for a refund")  # from where it was set aside
        GIVEN_BACK = "given_back", say("已退给买家", "Given back to the buyer")  # by the provider
        RETURNED = "returned", say("退款退回", "A refund came back")  # it failed after it had succeeded
        TURNED_AWAY = (
            "turned_away",
            say("不收的款", "Turned away"),
        )  # money that buys nothing: late, or paid twice
        OWED = "owed", say("转为应付", "Owed from now on")  # the after-sale window has passed
        DISPUTED = "disputed", say("银行拿走", "Taken by a bank")
        REGAINED = (
            "regained",
            say("银行退回", "Given back by a bank"),
        )  # a dispute that was lost is won on appeal
        REPLACED = "replaced", say("补发", "Sent in its place")  # paid to a lot's households by their team
        REDRAWN = "redrawn", say("换了批次", "Of another lot")  # sold from another lot than it was bought of
        CORRECTED = "corrected", say("份额更正", "Shares put right")  # set aside for others of the lot
        MADE_GOOD = (
            "made_good",
            say("份额补足", "Made good"),
        )  # owed to the wrong ones: its team pays the others
        REPLACED_DUE = "replaced_due", say("补发转为应付", "Sent in its place, owed from now on")

    # What a team pays its households for a replacement stands beside what a buyer has paid for the line.
    OF_REPLACEMENTS = (Reason.REPLACED, Reason.REPLACED_DUE)
    # By which weights a line, or a replacement, is shared is settled by these; a refund takes by those it was shared by.
    SETTLES = (Reason.PAID, Reason.CONFIRMED, Reason.REPLACED, Reason.REDRAWN, Reason.CORRECTED)
    DUE = (Reason.OWED, Reason.REPLACED_DUE)

    reason = models.CharField(max_length=12, choices=Reason.choices)
    key = models.CharField(max_length=80, unique=True, help_text="what it is for, e.g. paid:<order uid>")
    order_uid = models.UUIDField(null=True, db_index=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key


class Transfer(models.Model):
    """One movement of money from an account to another, for a line where it is for one."""

    append_only = True

    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="transfers")
    source = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="outgoing")
    target = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="incoming")
    amount_minor = models.PositiveBigIntegerField()
    line = models.ForeignKey(Line, on_delete=models.PROTECT, null=True, related_name="+")
    lot_number = models.PositiveBigIntegerField(
        null=True, help_text="where a lot's households share it: the lot's own count of such sharings"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount_minor__gt=0), name="transfer_moves_something"),
            models.CheckConstraint(condition=~Q(source=F("target")), name="transfer_is_between_two"),
        ]

    def __str__(self) -> str:
        return show(self.amount_minor)
