"""Whose work a paid line pays for: the subsidiary ledger of the lots' accounts, and what rounding owes."""

from django.db import models

from catalog.models import Lot
from core.money import show
from impact.models.household import Household
from impact.models.ledger import Transfer


class Attribution(models.Model):
    """So much of what a transfer brings to a lot's account for one of its households, or for the team's pool.

    What is taken back is negative. Line, lot and transaction are the transfer's. Whether it is earmarked or owed is
    said once, by the line: when the after-sale window passes all of a line moves, and no attribution is written.
    """

    append_only = True

    transfer = models.ForeignKey(Transfer, on_delete=models.PROTECT, related_name="attributions")
    # Its row is held by the lot's credit, which stays for good; `verify` looks that there is one.
    household = models.ForeignKey(
        Household,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        help_text="null: the team's pool",
    )
    amount_minor = models.BigIntegerField()

    def __str__(self) -> str:
        return show(self.amount_minor)


class LotTally(models.Model):
    """How often a lot has been attributed; its row is the lock of the lot's credits."""

    lot = models.OneToOneField(Lot, on_delete=models.PROTECT, primary_key=True, related_name="+")
    number = models.PositiveBigIntegerField(default=0)
    corrections = models.PositiveIntegerField(
        default=0, db_default=0, help_text="how often its shares were put right after units were sold"
    )
    since = models.PositiveBigIntegerField(
        default=0,
        db_default=0,
        help_text="up to this number it was shared by weights that are no more in force",
    )
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
