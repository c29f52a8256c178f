"""A sale that may be in both channels, and what an outside platform has brought an entry in all."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from contest.models.batch import ImportBatch
from contest.models.source import OutsideSource
from core.choices import Choices
from core.language import say
from core.states import StateMachine
from impact.models import Entry


class TwinSale(StateMachine):
    """An outside sale and an order of this shop that look alike, though neither names the other. Decided by a person,
    never by itself; a pair that the statement names (`ImportRow.external_ref`) needs no decision. A decision that was wrong
    is withdrawn and the pair stands open once more: a score as of an earlier moment still reads what held then."""

    class State(Choices):
        OPEN = "open", say("待判断", "To be decided")
        SAME = "same", say("是同一笔", "The same sale")
        DIFFERENT = "different", say("不是同一笔", "Two sales")

    MOVES: ClassVar = {
        State.OPEN: {State.SAME, State.DIFFERENT},
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.ForeignKey(OutsideSource, on_delete=models.PROTECT, related_name="twins")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="twins")
    key = models.CharField(max_length=120, help_text="of the outside sale")
    order_uid = models.UUIDField()
    amount_minor = models.BigIntegerField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    found_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["state", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "entry", "key", "order_uid"],
                condition=Q(withdrawn_at=None),
                name="one_pair_once",
            ),
            models.UniqueConstraint(
                fields=["source", "entry", "key"],
                condition=Q(state="same", withdrawn_at=None),
                name="a_sale_is_the_same_as_one_other",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None) | ~Q(state="open") & Q(decided_at__isnull=False),
                name="a_pair_is_decided_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.state}"


class OutsideTally(models.Model):
    """What a platform has brought an entry now: the sum of what counts, made anew whenever that changes.

    Memo figures: this money was never here, and stands in no account. The grade is that of the weakest evidence in it.
    """

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="outside")
    source = models.ForeignKey(OutsideSource, on_delete=models.PROTECT, related_name="tallies")
    net_minor = models.BigIntegerField(default=0)
    supports = models.PositiveIntegerField(default=0)
    likes = models.PositiveIntegerField(default=0)
    sales = models.PositiveIntegerField(default=0)
    grade = models.CharField(max_length=14, choices=ImportBatch.Grade.choices)
    copies = ArrayField(
        models.UUIDField(),
        null=True,
        help_text="orders of this shop that are sales of the platform's and count there; null: not looked for",
    )
    made_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "outside tallies"
        constraints = [
            models.UniqueConstraint(fields=["entry", "source"], name="one_tally_an_entry_and_source"),
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} {self.source_id}"
