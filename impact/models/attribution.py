"""Whose work a paid line pays for: its household part, shared out by who grew the lot."""

from django.db import models

from catalog.models import Lot
from core.money import show
from impact.models.household import Household
from impact.models.ledger import LedgerTransaction
from orders.models import Line


class Attribution(models.Model):
    """So much of a line for a household (or for the team's pool); what is taken back is negative."""

    append_only = True

    line = models.ForeignKey(Line, on_delete=models.PROTECT, related_name="attributions")
    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        help_text="null: the team's pool",
    )
    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="attributions")
    amount_minor = models.BigIntegerField()
    lot_number = models.PositiveBigIntegerField(help_text="the lot's own count of its attributions")

    class Meta:
        indexes = [models.Index(fields=["household", "line"], name="attributions_of_a_household")]

    def __str__(self) -> str:
        return show(self.amount_minor)


class LotTally(models.Model):
    """How often a lot has been attributed; its row is the lock of the lot's credits."""

    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, primary_key=True, related_name="+")
    number = models.PositiveBigIntegerField(default=0)
    grams = models.PositiveBigIntegerField(help_text="of all its shares: the credits' denominator")


class Credit(models.Model):
    """What rounding still owes a household in a lot: a whole numerator over the lot's grams.

    Outside the ledger, because it changes; `verify` recomputes it from the attributions.
    """

    lot = models.ForeignKey(Lot, on_delete=models.PROTECT, related_name="+")
    household = models.ForeignKey(Household, on_delete=models.PROTECT, related_name="+")
    numerator = models.BigIntegerField(default=0)

    class Meta:
        ordering = ["lot_id", "household_id"]
        constraints = [
            models.UniqueConstraint(fields=["lot", "household"], name="one_credit_a_lot_and_household")
        ]
