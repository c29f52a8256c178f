"""Statements of outside platforms on their way in: sent, repaired, given up; how far each has come follows from its rows."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import BinaryIO

from django.db import IntegrityError, transaction
from django.db.models import Count, Sum
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import line
from accounts.models import Person
from contest.actions.edition import must_at, must_be_apart
from contest.events import ImportUploaded
from contest.models import ImportBatch, ImportFile, OutsideSource, ProjectMapping
from contest.outside.plain import BOUNDS, MOST_MINOR
from core import clock, outbox
from core.language import say
from core.refusals import Conflict, Invalid, NotAllowed
from impact.models import Round

IMPORT, APPROVE = "contest.import_results", "contest.approve_imports"


@dataclass(frozen=True)
class Statement:
    """What whoever sends a file says of it; the totals as the platform has signed them, in fen."""

    scope: str
    grade: str
    stated_on: date
    control_rows: int
    control_amount_minor: int
    control_refund_minor: int
    covers_from: date | None = None
    covers_to: date | None = None


def upload(
    by: Person, round_: Round, source: OutsideSource, file: BinaryIO, statement: Statement
) -> ImportBatch:
    """Take a platform's file in; a worker reads it. CONFLICT for one that is there already: it would change nothing."""
    must_at(round_, by, IMPORT)
    _check(statement)
    file.seek(0, 2)
    if file.tell() > BOUNDS.bytes:
        words = say("文件超过 {n} MB。", "The file is larger than {n} MB.", n=BOUNDS.bytes // 2**20)
        raise Invalid(words, field="file")
    file.seek(0)
    body = file.read()
    sha256 = hashlib.sha256(body).hexdigest()
    try:
        with transaction.atomic():
            batch = ImportBatch.objects.create(
                round=round_,
                source=source,
                file_name=_name_of(file),
                sha256=sha256,
                bytes_total=len(body),
                uploaded_by=by,
                uploaded_at=timezone.now(),
                **vars(statement),
            )
            ImportFile.objects.create(batch=batch, body=body)
            audit.record(by, "upload", "ImportBatch", batch.uid, sha256=sha256, platform=source.platform)
            outbox.record(ImportUploaded(batch.pk))
    except IntegrityError:
        words = say(
            "这个文件已经导入过，再传一次不会有任何变化。",
            "This file was imported already: a second time it would change nothing.",
        )
        raise Conflict(words, field="file") from None
    return batch


def _name_of(file: BinaryIO) -> str:
    return line(str(getattr(file, "name", "") or "")[-120:], "file", 120, required=False)


def _check(statement: Statement) -> None:
    if statement.stated_on > clock.today():
        # Of two statements the later one holds: one of a day to come would hold against all that follow.
        words = say("对账单的日期不能在今天之后。", "A statement is of today or earlier.")
        raise Invalid(words, field="stated_on")
    if statement.scope not in ImportBatch.Scope.values:
        raise Invalid(field="scope")
    is_of_sums = statement.scope == ImportBatch.Scope.AGGREGATE
    if (
        statement.grade not in ImportBatch.Grade.values
        or (statement.grade in ImportBatch.OF_SUMS) != is_of_sums
    ):
        words = say("证据等级和文件类型不符。", "This grade is none of such a file.")
        raise Invalid(words, field="grade")
    if statement.covers_from and statement.covers_to and statement.covers_from > statement.covers_to:
        raise Invalid(say("结束不早于开始。", "It ends no sooner than it begins."), field="covers_to")
    for name, most in (
        ("control_rows", BOUNDS.rows),
        ("control_amount_minor", MOST_MINOR),
        ("control_refund_minor", MOST_MINOR),
    ):
        if not 0 <= getattr(statement, name) <= most:
            raise Invalid(say("这个数太大或太小。", "This figure is too large or too small."), field=name)


@transaction.atomic
def discard(batch: ImportBatch, by: Person, reason: str) -> ImportBatch:
    """Give up a statement that does not count yet; its rows go, and the file may be sent again."""
    must_at(batch.round, by, IMPORT, APPROVE)
    row = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    row.move_to(ImportBatch.State.DISCARDED, reason=line(reason, "reason", 200))
    row.rows.all().delete()
    row.quarantined.all().delete()
    ImportFile.objects.filter(batch=row).delete()
    audit.record(by, "discard", "ImportBatch", row.uid, reason=row.reason)
    return row


@dataclass(frozen=True)
class Totals:
    """What a statement's rows come to: how many were taken, in fen, and how many wait in quarantine."""

    rows: int
    amount_minor: int
    refund_minor: int
    quarantined: int


def totals(batch: ImportBatch) -> Totals:
    """Of the rows that were taken; a quarantined one is in none of the sums."""
    found = batch.rows.aggregate(rows=Count("pk"), amount=Sum("amount_minor"), refund=Sum("refund_minor"))
    waiting = batch.quarantined.filter(repaired_at=None).count()
    return Totals(found["rows"], found["amount"] or 0, found["refund"] or 0, waiting)


def is_balanced(batch: ImportBatch, found: Totals) -> bool:
    """Whether they are those of the statement: rows, amounts and refunds, to the fen."""
    return (found.rows, found.amount_minor, found.refund_minor) == (
        batch.control_rows,
        batch.control_amount_minor,
        batch.control_refund_minor,
    )


def unmatched(batch: ImportBatch) -> list[str]:
    """Its projects of which nobody has agreed yet which entry they are, or that they are none."""
    matched = ProjectMapping.objects.filter(
        source=batch.source_id, round=batch.round_id, approved_at__isnull=False, withdrawn_at=None
    )
    projects = batch.rows.exclude(project__in=matched.values("project")).order_by("project")
    return list(projects.values_list("project", flat=True).distinct())


def weigh(batch: ImportBatch) -> ImportBatch:
    """Move a statement that waits to where its rows say that it is."""
    state = ImportBatch.State
    if batch.state not in ImportBatch.WAITING:
        return batch
    goal = state.PARSED if unmatched(batch) else state.MATCHED
    if goal == state.MATCHED and is_balanced(batch, totals(batch)):
        goal = state.BALANCED
    if goal == state.BALANCED and batch.state == state.PARSED:
        batch.move_to(state.MATCHED)
    if batch.state != goal:
        batch.move_to(goal)
    return batch


def weigh_all(batches: Iterable[ImportBatch]) -> None:
    """The same for several."""
    for batch in batches:
        weigh(batch)


def must_approve(by: Person, round_: Round, others: Iterable[int | None]) -> None:
    """Whoever may approve there, is none of those who have proposed, and of none of the round's teams."""
    must_at(round_, by, APPROVE)
    if by.pk in others:
        words = say(
            "经办人不能审批自己的导入。", "Whoever sent it in, or corrected a row of it, does not approve it."
        )
        raise NotAllowed(words)
    must_be_apart(round_, by)


def who_corrected(batch: ImportBatch) -> list[int | None]:
    """Whoever has corrected a row of it that was taken."""
    return list(batch.quarantined.exclude(repaired_by=None).values_list("repaired_by", flat=True).distinct())
