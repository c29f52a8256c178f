"""An outside platform on which teams sell too, and which of its projects is which entry."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.choices import Choices
from core.language import say
from impact.models import Entry, Round


class OutsideSource(models.Model):
    """A platform whose results are imported; `adapter` names what reads its files (contest.outside)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    platform = models.SlugField(max_length=20, unique=True)
    name_zh = models.CharField(max_length=40)
    name_en = models.CharField(max_length=60)
    adapter = models.CharField(max_length=20)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["platform"]

    def __str__(self) -> str:
        return self.platform


class ProjectMapping(models.Model):
    """Which entry of a round a platform's project is; without one it is none of this round.

    Proposed by one person and approved by another. Approved it is never edited: withdrawn, it holds no longer, and a
    score as of an earlier moment still reads it.
    """

    class Canonical(Choices):
        OUTSIDE = "outside", say("算外部平台的", "the platform’s copy counts")
        HERE = "here", say("算本店的", "this shop’s copy counts")

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.ForeignKey(OutsideSource, on_delete=models.PROTECT, related_name="mappings")
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="mappings")
    project = models.CharField(max_length=60, help_text="the platform's own id of it")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, null=True, related_name="mappings")
    url = models.URLField(max_length=300, blank=True, help_text="where it is sold there")
    canonical = models.CharField(
        max_length=8,
        choices=Canonical.choices,
        default=Canonical.HERE,
        help_text="which copy counts of a sale that is in both channels",
    )
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["source", "project", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "round", "project"],
                condition=Q(withdrawn_at=None),
                name="one_mapping_a_project_and_round",
            ),
            models.UniqueConstraint(
                fields=["source", "round", "entry"],
                condition=Q(withdrawn_at=None, entry__isnull=False),
                name="one_project_an_entry_and_source",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(proposed_by=None) | ~Q(approved_by=F("proposed_by")),
                name="who_proposes_a_mapping_does_not_approve_it",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.project}"
