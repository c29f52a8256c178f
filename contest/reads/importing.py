"""Imports as those who send them in, approve them, keep the contest or examine it see them."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Q, QuerySet, Subquery

from accounts.permissions import may, places_of
from accounts.places import Place
from contest.models import ImportBatch, ImportRow, OutsideSource, ProjectMapping, QuarantinedRow, TwinSale
from contest.outside import adapter_named
from contest.outside.port import Adapter
from contest.reads.keeping import EXAMINE, KEEP
from core.language import Words, current, say
from core.refusals import first_or_refuse
from core.tables import Column
from impact.models import Entry, Round
from orders.models import Order

IMPORT, APPROVE = "contest.import_results", "contest.approve_imports"
SEES = (IMPORT, APPROVE, KEEP, EXAMINE)


def place(round_: Round) -> Place:
    """Where a round's imports lie."""
    return Place(region=round_.region_id, subject=round_.edition.uid)


def rounds(person: Any) -> QuerySet[Round]:
    """Those of which she sees the imports, the last to open first."""
    hers = Q(pk__in=())
    for permission in SEES:
        hers |= places_of(person, permission).rows(region="region", subject="edition__uid")
    return Round.objects.filter(hers).select_related("edition", "region").order_by("-opens_at", "pk")


def batches(round_: Round) -> QuerySet[ImportBatch]:
    """A round's statements, the last to come first."""
    return round_.imports.select_related("source", "round__edition", "round__region").order_by("-pk")


def mappings(round_: Round) -> QuerySet[ProjectMapping]:
    """What was said of a round's projects and holds or is to be approved."""
    found = round_.mappings.filter(withdrawn_at=None)
    return found.select_related("source", "entry__team", "round__edition", "round__region").order_by(
        "source", "project"
    )


def twins(round_: Round) -> QuerySet[TwinSale]:
    """Pairs of a round that may be one sale, those to be decided first."""
    found = TwinSale.objects.filter(entry__round=round_, withdrawn_at=None).annotate(
        sold_at=Subquery(Order.objects.filter(uid=OuterRef("order_uid")).values("traded_at")[:1]),
        paid_at=Subquery(
            ImportRow.objects.filter(
                batch__round=round_, batch__source=OuterRef("source"), key=OuterRef("key")
            )
            .order_by("-batch")
            .values("paid_at")[:1]
        ),
    )
    return found.select_related(
        "source", "entry__team", "entry__round__edition", "entry__round__region"
    ).order_by("decided_at", "pk")


def batch_of(person: Any, uid: UUID, field: str = "batch") -> ImportBatch:
    """A statement of a round whose imports she sees."""
    return first_or_refuse(
        ImportBatch.objects.filter(uid=uid, round__in=rounds(person).values("pk")).select_related(
            "source", "round__edition", "round__region"
        ),
        field,
    )


def mapping_of(person: Any, uid: UUID) -> ProjectMapping:
    """A mapping of such a round."""
    rows = ProjectMapping.objects.filter(uid=uid, round__in=rounds(person).values("pk"))
    return first_or_refuse(rows.select_related("source", "round__edition", "round__region"), "mapping")


def twin_of(person: Any, uid: UUID) -> TwinSale:
    """A pair of such a round."""
    rows = TwinSale.objects.filter(uid=uid, entry__round__in=rounds(person).values("pk"))
    return first_or_refuse(
        rows.select_related("source", "entry__round__edition", "entry__round__region"), "twin"
    )


def source_of(uid: UUID) -> OutsideSource:
    """A platform; they are no secret of a round."""
    return first_or_refuse(OutsideSource.objects.filter(uid=uid), "source")


def round_of(person: Any, slug: str, level: str, region: str | None, field: str = "round") -> Round:
    """A round whose imports she sees, by its edition, level and region."""
    return first_or_refuse(
        rounds(person).filter(edition__slug=slug, level=level, region=region or None), field
    )


def entry_of(round_: Round, uid: UUID) -> Entry:
    """An entry of the round."""
    return first_or_refuse(round_.entries.filter(uid=uid), "entry")


def may_import(person: Any, round_: Round) -> bool:
    """Whether she sends statements of this round in."""
    return may(person, IMPORT, at=place(round_))


def may_approve(person: Any, round_: Round) -> bool:
    """Whether she approves statements of this round that others have sent in."""
    return may(person, APPROVE, at=place(round_))


def columns(batch: ImportBatch) -> list[Column]:
    """Those of its platform's files."""
    adapter: Adapter = adapter_named(batch.source.adapter)
    is_sums = batch.scope == ImportBatch.Scope.AGGREGATE
    return list((adapter.aggregates() if is_sums else adapter.orders()).columns)


def quarantine_sheet(batch: ImportBatch) -> tuple[list[Words], Iterator[list[Any]]]:
    """What waits in quarantine as a table to correct and send in once more: each row's number, its cells, and why."""
    found = columns(batch)
    heads = [say("原行号", "Row in the file"), *(column.title for column in found), say("原因", "Why")]
    return heads, (
        [row.number, *(row.cells.get(column.name, "") for column in found), reasons(row.faults)]
        for row in batch.quarantined.filter(repaired_at=None).order_by("number").iterator(500)
    )


def faults_of(row: QuarantinedRow) -> list[dict[str, str]]:
    """All that is wrong with a row, by column, in both languages."""
    return [
        {
            **{key: fault[key] for key in ("column", "title_zh", "title_en")},
            "words_zh": fault["zh"],
            "words_en": fault["en"],
        }
        for fault in row.faults
    ]


def entries(round_: Round) -> QuerySet[Entry]:
    """Those that take part."""
    return round_.entries.filter(approved_at__isnull=False).select_related("team__county").order_by("number")


def reasons(faults: list[dict[str, str]]) -> str:
    """All that is wrong with a row, by column, in the reader's language."""
    return " ".join(reason(fault) for fault in faults)


def reason(fault: dict[str, str]) -> str:
    """One of them."""
    words, title = fault[current()], fault[f"title_{current()}"] or fault["column"]
    return f"[{title}] {words}" if title else words
