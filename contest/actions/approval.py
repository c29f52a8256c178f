"""A statement counts from its approval until it is rolled back; of neither is a row edited."""

from django.db import transaction
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import line
from accounts.models import Person
from contest.actions.batch import APPROVE, must_approve, weigh, who_corrected
from contest.actions.edition import must_at, must_be_apart
from contest.actions.tally import locked, retally
from contest.events import ImportApplied
from contest.models import ImportBatch
from contest.reads.preview import overlaps, questions
from core import clock, outbox
from core.language import Words, say
from core.refusals import Conflict


class ToBeConfirmed(Conflict):
    """It would be approved, were it said that this is meant."""

    code = "TO_BE_CONFIRMED"


@transaction.atomic
def approve(batch: ImportBatch, by: Person, *, is_meant: bool = False) -> ImportBatch:
    """Let a statement count, by another than has sent it in or corrected it. CONFLICT where its totals are not those that were signed, a
    project has no agreed entry, or a day would count twice; TO_BE_CONFIRMED what `is_meant` answers."""
    row = _held(batch)
    must_approve(by, row.round, [row.uploaded_by_id, *who_corrected(row)])
    weigh(row)
    if row.state != ImportBatch.State.BALANCED:
        raise Conflict(_why_not(row))
    if both := overlaps(row, beside=row.pk):
        raise Conflict(_twice(both))
    if not is_meant and (asked := questions(row)):
        words = say("{asked}", "{asked}", asked=" ".join(str(one) for one in asked))
        raise ToBeConfirmed(words, field="is_meant")
    row.move_to(ImportBatch.State.APPROVED, approved_by=by, approved_at=timezone.now())
    row.move_to(ImportBatch.State.APPLIED, applied_at=clock.now())
    # What was not taken by now is not taken any more.
    row.quarantined.update(cells={})
    retally(row.round, row.source)
    audit.record(by, "approve", "ImportBatch", row.uid, sha256=row.sha256, platform=row.source.platform)
    outbox.record(ImportApplied(row.pk))
    row.refresh_from_db(fields=["state"])
    return row


@transaction.atomic
def roll_back(batch: ImportBatch, by: Person, reason: str) -> ImportBatch:
    """Take a statement out of what counts, as if it had never been approved; a moment before this it still counts."""
    row = _held(batch)
    must_at(row.round, by, APPROVE)
    must_be_apart(row.round, by)
    reason = line(reason, "reason", 200)
    row.move_to(ImportBatch.State.ROLLED_BACK, rolled_back_by=by, rolled_back_at=clock.now(), reason=reason)
    if both := overlaps(row):
        raise Conflict(_twice(both))
    retally(row.round, row.source)
    audit.record(by, "roll_back", "ImportBatch", row.uid, reason=reason)
    return row


def _held(batch: ImportBatch) -> ImportBatch:
    # The platform before the batch: of two approvals at one moment the second sees what the first has changed.
    locked(batch.source)
    rows = ImportBatch.objects.select_for_update(of=("self",))
    return rows.select_related("source", "round__edition", "round__region").get(pk=batch.pk)


def _why_not(batch: ImportBatch) -> Words:
    if batch.state == ImportBatch.State.MATCHED:
        return say("合计与签章对账单不符，不能审批。", "Its totals are not those of the signed statement.")
    if batch.state == ImportBatch.State.PARSED:
        return say("还有项目没有对应到参赛项。", "Some of its projects are matched with no entry yet.")
    return Conflict.words if isinstance(Conflict.words, Words) else say("", "")


def _twice(both: list) -> Words:
    days = ", ".join(f"{project} {day:%Y-%m-%d}" for project, day in both[:5])
    return say(
        "这些项目和日期既有订单又有汇总，会重复计算：{days}",
        "Of these there are orders and a sum of the day, which would count twice: {days}",
        days=days,
    )
