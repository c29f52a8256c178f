"""A round's figures at its freeze: taken once, under the fold's lock, and never edited."""

import uuid

from django.db import models
from django.db.models import Q

from contest.models.rulebook import Rulebook
from impact.models import Entry, Round


class Snapshot(models.Model):
    """What a round's results are computed from: its supports up to `number`, by a rulebook that was frozen before it opened.

    What comes later stands beside it (Adjustment), or in a result that supersedes. `sha256` is of the canonical JSON of
    its head and of each row's hash, in the order of the entries' numbers. Where the trade's clock was set back before the
    freeze it is voided: the round moves again, and another one is taken.
    """

    kept = True

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="snapshots")
    number = models.PositiveBigIntegerField(help_text="the last support that is in it")
    until = models.DateTimeField(help_text="the freeze, in the trade's clock: what is known by then counts")
    taken_at = models.DateTimeField()
    rulebook = models.ForeignKey(Rulebook, on_delete=models.PROTECT, related_name="+")
    rulebook_sha256 = models.CharField(max_length=64)
    sha256 = models.CharField(max_length=64)
    voided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["round"], condition=Q(voided_at=None), name="a_round_is_frozen_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.round_id} · {self.number}"


class SnapshotRow(models.Model):
    """One entry's inputs at the freeze (contest.scoring.inputs), as they enter the score."""

    append_only = True

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="rows")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="frozen")
    inputs = models.JSONField()
    sha256 = models.CharField(max_length=64, help_text="of the canonical JSON of `inputs`")

    class Meta:
        ordering = ["entry__number"]
        constraints = [
            models.UniqueConstraint(fields=["snapshot", "entry"], name="one_row_an_entry_and_snapshot")
        ]

    def __str__(self) -> str:
        return f"{self.entry_id} · {self.sha256[:8]}"
