"""The committee: who judges an edition, what ties her to an entry, and what she has given it."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q

from accounts.models import Region
from core.choices import Choices
from core.language import say
from core.states import StateMachine
from impact.models import Edition, Entry, Round


class Judge(models.Model):
    """Somebody who was appointed to judge an edition. Whether she still does is her Appointment's to say.

    Nothing of an entry is shown to her before she has declared what ties her to the teams.
    """

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="judges")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    county = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, related_name="+", help_text="as she declares it"
    )
    declared_at = models.DateTimeField(null=True, help_text="when she said that she has named all her ties")
    declared_ties = models.CharField(
        max_length=600, blank=True, help_text="the teams she named, as she wrote them, known or not"
    )
    joined_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["edition", "person"], name="one_judge_a_person_and_edition")
        ]

    def __str__(self) -> str:
        return f"judge {self.uid}"


class Conflict(StateMachine):
    """What ties a judge to an entry. Until it is waived in writing, the entry does not exist for her, and what she gave
    it is not counted."""

    class Kind(Choices):
        ORGANISATION = "organisation", say("同一单位", "Same organisation")
        COUNTY = "county", say("同一县", "Same county")
        PURCHASE = "purchase", say("购买过", "Has bought")
        REFERRAL = "referral", say("动员过别人购买", "Has called others to buy")
        DOCKING = "docking", say("对接关系", "A docking match")
        KINSHIP = "kinship", say("亲属或其他私人关系", "Kinship or another personal tie")

    class State(Choices):
        SUSPECTED = "suspected", say("待认定", "To be decided")
        CONFIRMED = "confirmed", say("回避", "Recused")
        WAIVED = "waived", say("书面豁免", "Waived in writing")

    MOVES: ClassVar = {
        State.SUSPECTED: {State.CONFIRMED, State.WAIVED},
        State.WAIVED: {State.CONFIRMED},
        State.CONFIRMED: set(),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    judge = models.ForeignKey(Judge, on_delete=models.PROTECT, related_name="conflicts")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="conflicts")
    kind = models.CharField(max_length=12, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SUSPECTED)
    is_declared = models.BooleanField(default=False, help_text="by herself; else it was found")
    found_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    words = models.CharField(
        max_length=400, blank=True, help_text="why; of a waiver public, and naming nobody"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["judge", "entry", "kind"], name="one_conflict_a_kind"),
            models.CheckConstraint(
                condition=~Q(state="waived") | (~Q(words="") & Q(decided_by__isnull=False)),
                name="a_conflict_is_waived_in_writing",
            ),
            models.CheckConstraint(
                condition=Q(state="suspected", decided_at=None)
                | ~Q(state="suspected") & Q(decided_at__isnull=False),
                name="a_decided_conflict_says_when",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.judge_id} {self.entry_id} {self.kind}"


class Sheet(StateMachine):
    """What a judge gives an entry, by the rulebook's criteria, with her comment.

    Until the round's sheets are opened both lie in `sealed` alone. Submitted, they are fixed: `sha256` of what is sealed
    (contest/sealing.py) is public at once. Opened, `marks`, `comment` and `nonce` stand in the open beside it.
    """

    class State(Choices):
        DRAFT = "draft", say("草稿", "Draft")
        SUBMITTED = "submitted", say("已提交，密封", "Submitted and sealed")
        COUNTED = "counted", say("已开启，计入", "Opened and counted")
        EXCLUDED = "excluded", say("已开启，不计入", "Opened, not counted")

    class Why(Choices):
        NONE = "", say("计入", "Counted")
        RECUSED = "recused", say("评委回避", "The judge is recused")
        LEFT = "left", say("不再担任评委", "No judge any more")
        ALTERED = "altered", say("与公布的密封值不符", "It differs from its published seal")

    MOVES: ClassVar = {
        State.DRAFT: {State.SUBMITTED},
        State.SUBMITTED: {State.COUNTED, State.EXCLUDED},
        State.COUNTED: {State.EXCLUDED},
        State.EXCLUDED: set(),
    }

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    judge = models.ForeignKey(Judge, on_delete=models.PROTECT, related_name="sheets")
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="sheets")
    state = models.CharField(max_length=10, choices=State.choices, default=State.DRAFT)
    sealed = models.BinaryField(help_text="marks, comment and nonce; sealed with a key not in the database")
    sha256 = models.CharField(max_length=64, blank=True)
    marks = models.JSONField(null=True, help_text="criterion: mark as a decimal; of an opened sheet alone")
    comment = models.TextField(max_length=2000, blank=True)
    nonce = models.CharField(max_length=64, blank=True)
    excluded_for = models.CharField(max_length=10, choices=Why.choices, blank=True)
    saved_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["judge", "entry"], name="one_sheet_a_judge_and_entry"),
            models.CheckConstraint(
                condition=Q(state="draft", sha256="", submitted_at=None)
                | ~Q(state="draft") & ~Q(sha256="") & Q(submitted_at__isnull=False),
                name="a_submitted_sheet_has_its_hash",
            ),
            models.CheckConstraint(
                condition=Q(
                    state__in=("draft", "submitted"), marks=None, comment="", nonce="", opened_at=None
                )
                | Q(state__in=("counted", "excluded"), opened_at__isnull=False),
                name="a_sealed_sheet_tells_nothing",
            ),
            models.CheckConstraint(
                condition=Q(state="excluded") & ~Q(excluded_for="")
                | ~Q(state="excluded") & Q(excluded_for=""),
                name="an_excluded_sheet_says_why",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.judge_id} {self.entry_id} {self.state}"


class Opening(models.Model):
    """That the sheets of a round were opened, all together and once."""

    round = models.OneToOneField(Round, on_delete=models.PROTECT, primary_key=True, related_name="opening")
    opened_at = models.DateTimeField()
    sheets = models.PositiveIntegerField(help_text="so many had been submitted")

    def __str__(self) -> str:
        return f"{self.round_id} {self.opened_at:%Y-%m-%d}"
