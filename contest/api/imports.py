"""Results of outside platforms at a round's desk: statements, what they would change, projects, pairs to decide."""

from typing import Any

import graphene

from accounts.permissions import may
from contest.actions import batch as batches
from contest.api.organiser import OrganiserEntryType, add_to_round
from contest.models import ImportBatch, OutsideSource, ProjectMapping, QuarantinedRow, TwinSale
from contest.outside import ADAPTERS
from contest.reads import importing, preview
from core.api.access import HELD, Access
from core.api.connections import connection_field
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.types import Localized, ModelType, MoneyField, PlainType, list_of
from core.language import current, localized
from core.refusals import Refusal
from impact.models import Round


def _sees(request: Any, parent: Round) -> bool:
    return any(may(request.user, one, at=importing.place(parent)) for one in importing.SEES)


SEES = Access("whoever imports, approves imports, keeps the contest or examines it at the round", _sees)


class OutsideSourceType(ModelType):
    """A platform on which teams sell too."""

    class Meta:
        model = OutsideSource
        access = HELD
        fields = ("platform", "adapter")
        about = {"platform": "Its short name.", "adapter": "Which format its files have."}

    name = Localized("name", description="Its name in the reader's language.")


class ProjectMappingType(ModelType):
    """Which entry of the round a platform's project is."""

    class Meta:
        model = ProjectMapping
        access = HELD
        fields = ("project", "url", "canonical", "approved_at", "source")
        about = {
            "project": "The platform's own id of it.",
            "url": "Where it is sold there; may be empty.",
            "canonical": "Which copy counts of a sale that is in both channels.",
            "approved_at": "Since when it holds; null while nobody has agreed.",
            "source": "The platform.",
        }

    entry = graphene.Field(OrganiserEntryType, description="The entry; null: it is none of this round.")
    is_mine = graphene.Boolean(
        required=True, description="Whether the asker has proposed it, and so does not approve it."
    )

    def resolve_entry(root, info):
        """Read with the mapping."""
        return root.entry

    def resolve_is_mine(root, info):
        """By who proposed it; who that was is not told."""
        return root.proposed_by_id == info.context.user.pk


class ImportFault(PlainType):
    """What is wrong with a row."""

    class Meta:
        access = HELD

    column = graphene.String(required=True, description="As a spreadsheet names it; empty: the row.")
    title = graphene.String(required=True, description="What stands over it, in the reader's language.")
    words = graphene.String(required=True, description="Why, in the reader's language.")

    def resolve_title(root, info):
        """In the reader's language."""
        return root[f"title_{current()}"]

    def resolve_words(root, info):
        """In the reader's language."""
        return root[f"words_{current()}"]


class QuarantinedRowType(ModelType):
    """A row of a statement that could not be taken."""

    class Meta:
        model = QuarantinedRow
        access = HELD
        key = "number"
        fields = ("number",)
        about = {"number": "In the file, as a spreadsheet shows it."}

    faults = list_of(
        ImportFault,
        most=20,
        resolver=lambda root, info: importing.faults_of(root)[:20],
        description="All that is wrong with it, by column.",
    )


class ImportTotals(PlainType):
    """What a statement's rows come to; those in quarantine are in no sum."""

    class Meta:
        access = HELD

    rows = graphene.Int(required=True, description="Rows that were taken.")
    amount = MoneyField("amount_minor", description="Their amounts.")
    refund = MoneyField("refund_minor", description="Their refunds.")
    quarantined = graphene.Int(required=True, description="Rows that wait in quarantine.")


class ImportPreview(PlainType):
    """What a statement would change."""

    class Meta:
        access = HELD

    new = graphene.Int(required=True, description="Sales that no statement had.")
    changed = graphene.Int(required=True, description="Sales that it tells otherwise.")
    withdrawn = graphene.Int(required=True, description="Sales that it is without, though it is full.")
    before = MoneyField("before_minor", description="What counts of the platform now.")
    after = MoneyField("after_minor", description="What would count.")
    questions = list_of(
        graphene.String,
        most=4,
        resolver=lambda root, info: [str(one) for one in root.questions],
        description="What is asked first; an approval says that it is meant.",
    )


class ImportBatchType(ModelType):
    """One statement of a platform for a round."""

    class Meta:
        model = ImportBatch
        access = HELD
        fields = (
            *("source", "state", "scope", "grade", "file_name", "sha256", "stated_on", "covers_from"),
            *("covers_to", "control_rows", "rows_read", "rows_total", "reason", "uploaded_at"),
            *("approved_at", "applied_at", "rolled_back_at"),
        )
        about = {
            "source": "The platform.",
            "state": "How far it has come.",
            "scope": "Whether what is not in it was withdrawn.",
            "grade": "How good its evidence is.",
            "file_name": "As it was sent.",
            "sha256": "Of the file.",
            "covers_from": "The first day of the sales in it.",
            "covers_to": "The last day of the sales in it.",
            "control_rows": "How many rows were signed for.",
            "rows_read": "How many were read so far.",
            "reason": "Why it was discarded or rolled back; may be empty.",
            "uploaded_at": "When it came.",
            "approved_at": "When somebody else agreed.",
            "applied_at": "Since when it counts, by the trade's clock.",
            "rolled_back_at": "Until when it counted.",
        }

    state_name = graphene.String(required=True, description="The state in the reader's language.")
    scope_name = graphene.String(required=True, description="The scope in the reader's language.")
    grade_name = graphene.String(required=True, description="The grade in the reader's language.")
    control_amount = MoneyField("control_amount_minor", description="The amounts that were signed for.")
    control_refund = MoneyField("control_refund_minor", description="The refunds that were signed for.")
    trouble = graphene.String(required=True, description="Why it cannot be read; else empty.")
    is_mine = graphene.Boolean(
        required=True, description="Whether the asker sent it in, and so does not approve it."
    )
    totals = graphene.Field(ImportTotals, required=True, description="What its rows come to.")
    unmatched = list_of(
        graphene.String,
        most=100,
        resolver=lambda root, info: batches.unmatched(root)[:100],
        description="Its projects of which nobody has agreed which entry they are.",
    )
    preview = graphene.Field(ImportPreview, description="What it would change; null where it does not wait.")
    quarantined = connection_field(
        QuarantinedRowType,
        lambda root, info: root.quarantined.filter(repaired_at=None),
        order=("number", "id"),
        description="Rows that could not be taken and wait.",
    )

    def resolve_state_name(root, info):
        """In the reader's language."""
        return str(ImportBatch.State(root.state).words)

    def resolve_scope_name(root, info):
        """In the reader's language."""
        return str(ImportBatch.Scope(root.scope).words)

    def resolve_grade_name(root, info):
        """In the reader's language."""
        return str(ImportBatch.Grade(root.grade).words)

    def resolve_trouble(root, info):
        """In the reader's language."""
        return localized(root, "trouble")

    def resolve_is_mine(root, info):
        """By who sent it in; who that was is not told."""
        return root.uploaded_by_id == info.context.user.pk

    def resolve_totals(root, info):
        """Summed from the rows."""
        return batches.totals(root)

    def resolve_preview(root, info):
        """Computed as if it counted; nothing is written."""
        return preview.preview(root) if root.state in ImportBatch.WAITING else None


class TwinSaleType(ModelType):
    """An outside sale and an order of this shop that may be the same."""

    class Meta:
        model = TwinSale
        access = HELD
        fields = ("source", "key", "state", "found_at")
        about = {
            "source": "The platform.",
            "key": "The outside sale: the platform's order and line.",
            "state": "What was decided.",
            "found_at": "When they were found to be alike.",
        }

    amount = MoneyField("amount_minor", description="The sum that both have.")
    entry = graphene.Field(OrganiserEntryType, required=True, description="The entry that both are for.")
    paid_at = graphene.DateTime(description="When it was paid there.")
    sold_at = graphene.DateTime(description="When the order of this shop was placed.")
    state_name = graphene.String(required=True, description="The state in the reader's language.")

    def resolve_entry(root, info):
        """Read with the pair."""
        return root.entry

    def resolve_state_name(root, info):
        """In the reader's language."""
        return str(TwinSale.State(root.state).words)


class OutsideFormat(PlainType):
    """A format of files that can be read."""

    class Meta:
        access = HELD

    name = graphene.String(required=True, description="What a platform's `adapter` is.")
    words = graphene.String(required=True, description="What it is called, in the reader's language.")


def _batch(root: Round, info: Any, id: str) -> ImportBatch | None:
    try:
        found = importing.batch_of(info.context.user, uid_of(id, "ImportBatch"))
    except Refusal:
        return None
    return found if found.round_id == root.pk else None


add_to_round(
    imports=guarded(
        connection_field(
            ImportBatchType,
            lambda root, info: importing.batches(root),
            order=("-pk",),
            description="Statements of outside platforms, the last to come first.",
        ),
        SEES,
    ),
    import_batch=guarded(
        graphene.Field(
            ImportBatchType,
            args={"id": graphene.Argument(graphene.ID, required=True, description="The statement.")},
            resolver=_batch,
            description="One of them; null for any other.",
        ),
        SEES,
    ),
    mappings=guarded(
        list_of(
            ProjectMappingType,
            most=200,
            resolver=lambda root, info: importing.mappings(root)[:200],
            description="Which projects are which entries, agreed or proposed.",
        ),
        SEES,
    ),
    twins=guarded(
        list_of(
            TwinSaleType,
            most=50,
            resolver=lambda root, info: importing.twins(root)[:50],
            description="Pairs that may be one sale, those to be decided first.",
        ),
        SEES,
    ),
    outside_sources=guarded(
        list_of(
            OutsideSourceType,
            most=50,
            resolver=lambda root, info: OutsideSource.objects.all()[:50],
            description="The platforms.",
        ),
        SEES,
    ),
    outside_formats=guarded(
        list_of(
            OutsideFormat,
            most=20,
            resolver=lambda root, info: [
                {"name": adapter.name, "words": str(adapter.words)} for adapter in ADAPTERS.values()
            ],
            description="The formats that can be read.",
        ),
        SEES,
    ),
    mappable=guarded(
        list_of(
            OrganiserEntryType,
            most=200,
            resolver=lambda root, info: importing.entries(root)[:200],
            description="The entries that a project may be.",
        ),
        SEES,
    ),
)
