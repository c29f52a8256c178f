"""Results of an outside platform as they came: a file, its rows, and what of it could not be taken."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from accounts.models import Region
from contest.models.source import OutsideSource
from core.choices import Choices
from core.language import say
from core.states import StateMachine
from impact.models import Round


class ImportBatch(StateMachine):
    """One statement of a platform for one round. It holds from `applied_at` until `rolled_back_at`, by the trade's clock.

    What counts of it is never written down: of each sale the version of the latest statement that holds
    (contest.reads.effective). So an import that is rolled back leaves what was before it, to the fen.
    """

    class State(Choices):
        UPLOADED = "uploaded", say("已上传，读取中", "Uploaded, being read")
        UNREADABLE = "unreadable", say("无法读取", "Cannot be read")
        PARSED = "parsed", say("已读取，项目待对应", "Read; projects are to be matched")
        MATCHED = (
            "matched",
            say("已对应，合计与对账单不符", "Matched; its totals are not those of the statement"),
        )
        BALANCED = "balanced", say("合计相符，待审批", "Its totals are right; to be approved")
        APPROVED = "approved", say("已批准", "Approved")
        APPLIED = "applied", say("已计入", "Counts")
        SUPERSEDED = "superseded", say("已被更新的对账单取代", "Superseded by later statements")
        ROLLED_BACK = "rolled_back", say("已撤回", "Rolled back")
        DISCARDED = "discarded", say("已弃用", "Discarded")

    MOVES: ClassVar = {
        State.UPLOADED: {State.PARSED, State.UNREADABLE, State.DISCARDED},
        State.UNREADABLE: {State.DISCARDED},
        State.PARSED: {State.MATCHED, State.DISCARDED},
        State.MATCHED: {State.BALANCED, State.PARSED, State.DISCARDED},
        State.BALANCED: {State.APPROVED, State.MATCHED, State.PARSED, State.DISCARDED},
        State.APPROVED: {State.APPLIED},
        State.APPLIED: {State.SUPERSEDED, State.ROLLED_BACK},
        State.SUPERSEDED: {State.APPLIED, State.ROLLED_BACK},
    }
    WAITING = (State.PARSED, State.MATCHED, State.BALANCED)
    OVER = (State.ROLLED_BACK, State.DISCARDED)

    class Scope(Choices):
        FULL = "full", say("全量：没有的就是撤销了", "Full: what is not in it was withdrawn")
        INCREMENTAL = (
            "incremental",
            say("增量：没有的就是没变", "Incremental: what is not in it has not changed"),
        )
        AGGREGATE = "aggregate", say("汇总：每个项目每天一行", "Aggregate: a row a project and day")

    class Grade(Choices):
        """How good the evidence is, the best first."""

        SIGNED_ORDERS = "signed_orders", say("逐单，有签章对账单", "Order by order, with a signed statement")
        ORDERS = "orders", say("逐单", "Order by order")
        AGGREGATE = "aggregate", say("汇总", "Aggregate")
        SCREENSHOT = "screenshot", say("截图", "Screenshot")

    OF_SUMS = (Grade.AGGREGATE, Grade.SCREENSHOT)

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.PROTECT, related_name="imports")
    source = models.ForeignKey(OutsideSource, on_delete=models.PROTECT, related_name="batches")
    state = models.CharField(max_length=12, choices=State.choices, default=State.UPLOADED)
    scope = models.CharField(max_length=12, choices=Scope.choices)
    grade = models.CharField(max_length=14, choices=Grade.choices)
    file_name = models.CharField(max_length=120)
    sha256 = models.CharField(max_length=64)
    stated_on = models.DateField(
        help_text="the statement's own date: of two versions of a sale the later one holds"
    )
    covers_from = models.DateField(null=True, help_text="a full statement is of these days; null: of all")
    covers_to = models.DateField(null=True)
    control_rows = models.PositiveIntegerField(help_text="as the statement was signed")
    control_amount_minor = models.BigIntegerField()
    control_refund_minor = models.BigIntegerField()
    bytes_total = models.PositiveBigIntegerField(default=0)
    rows_read = models.PositiveIntegerField(default=0)
    rows_total = models.PositiveIntegerField(
        null=True, help_text="how many it seems to have, while it is read"
    )
    trouble_zh = models.CharField(max_length=300, blank=True, help_text="why it cannot be read")
    trouble_en = models.CharField(max_length=400, blank=True)
    reason = models.CharField(max_length=200, blank=True, help_text="why it was discarded or rolled back")
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField()
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    applied_at = models.DateTimeField(null=True)
    rolled_back_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    rolled_back_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "import batches"
        constraints = [
            models.UniqueConstraint(
                fields=["round", "source", "sha256"],
                condition=~Q(state__in=("rolled_back", "discarded")),
                name="a_file_is_imported_once",
            ),
            models.CheckConstraint(
                condition=Q(approved_by=None) | Q(uploaded_by=None) | ~Q(approved_by=F("uploaded_by")),
                name="who_uploads_an_import_does_not_approve_it",
            ),
            models.CheckConstraint(
                condition=Q(scope="aggregate", grade__in=("aggregate", "screenshot"))
                | Q(scope__in=("full", "incremental"), grade__in=("signed_orders", "orders")),
                name="an_import_has_a_grade_of_its_kind",
            ),
            models.CheckConstraint(
                condition=Q(covers_from=None) | Q(covers_to=None) | Q(covers_from__lte=F("covers_to")),
                name="an_import_covers_days_in_order",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=("applied", "superseded", "rolled_back"))
                | Q(applied_at__isnull=False),
                name="an_import_counts_since_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(state="rolled_back", rolled_back_at__isnull=False)
                | ~Q(state="rolled_back") & Q(rolled_back_at=None),
                name="an_import_is_rolled_back_at_a_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.stated_on:%Y-%m-%d} {self.state}"


class ImportFile(models.Model):
    """The file itself, until it has been read; its hash stays with the batch."""

    batch = models.OneToOneField(ImportBatch, on_delete=models.CASCADE, primary_key=True, related_name="file")
    body = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.batch_id}"


class ImportRow(models.Model):
    """One sale of a platform as one statement tells it, or with `is_aggregate` a project's day. Never edited.

    `key` is the platform's own: `o|<order>|<line>` or `d|<project>|<day>`. Of a sale that was never paid (`is_void`)
    nothing counts.
    """

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(help_text="in the file, as a spreadsheet shows it")
    key = models.CharField(max_length=120)
    is_aggregate = models.BooleanField(default=False)
    project = models.CharField(max_length=60)
    order_ref = models.CharField(
        max_length=60, blank=True, help_text="the platform's order; of an aggregate none"
    )
    paid_at = models.DateTimeField(help_text="of an aggregate the day's beginning in Shanghai")
    day = models.DateField(help_text="in Shanghai")
    quantity = models.PositiveIntegerField(null=True)
    amount_minor = models.BigIntegerField()
    refund_minor = models.BigIntegerField(default=0)
    is_void = models.BooleanField(default=False)
    supports = models.PositiveIntegerField(
        default=0, help_text="of an aggregate; orders are counted by their references"
    )
    likes = models.PositiveIntegerField(default=0)
    payer_key = models.CharField(max_length=64, blank=True, help_text="an HMAC: the same payer, not who")
    province = models.ForeignKey(
        Region, on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )
    referrer = models.CharField(max_length=60, blank=True)
    external_ref = models.CharField(
        max_length=40,
        blank=True,
        help_text="this shop's number of the same sale, where it is in both channels",
    )

    class Meta:
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "key"], name="a_sale_stands_once_in_a_statement"),
            models.CheckConstraint(
                condition=Q(amount_minor__gte=0, refund_minor__gte=0, refund_minor__lte=F("amount_minor")),
                name="a_sale_gives_back_no_more_than_it_took",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class QuarantinedRow(models.Model):
    """A row that could not be taken: its cells as they were, and each fault by column. Repaired it is taken in its place."""

    batch = models.ForeignKey(
        ImportBatch, on_delete=models.CASCADE, related_name="quarantined", db_index=False
    )
    number = models.PositiveIntegerField(help_text="in the file, as a spreadsheet shows it")
    cells = models.JSONField(help_text="by the columns' names, as they were; emptied once repaired")
    faults = models.JSONField(help_text="a list of column, title, code and words in both languages")
    repaired_at = models.DateTimeField(null=True)
    repaired_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    class Meta:
        ordering = ["batch", "number"]
        constraints = [
            models.UniqueConstraint(fields=["batch", "number"], name="a_row_is_quarantined_once"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id} {self.number}"
