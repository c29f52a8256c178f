"""Publish what a round came to, make it final by the clock, and put a new version in its place where it has to be."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import line
from accounts.models import Person
from contest.actions import advance, reexamination
from contest.actions.edition import KEEP, must_at, must_be_apart
from contest.events import ResultFinal, ResultPublished
from contest.models import ReExamination, Result, ResultRow, RoundPlan, Snapshot
from contest.reads import outcome
from contest.reads.corrected import corrected_inputs
from contest.reads.judging import marks_of, means_of
from contest.reads.outcome import Terms
from contest.reads.result import published, snapshot_of
from contest.reads.result_desk import list_missing, obstacle, otherwise_out, without_mark
from contest.reads.stage import heads_of, panel_of
from contest.scoring.inputs import Inputs
from core import clock, outbox
from core.language import say
from core.refusals import Conflict, Invalid, TooLate
from impact.models import Round

State = Result.State
# A team has at least so long to say something against a result.
SHORTEST_WINDOW = timedelta(days=1)


def publish(round_: Round, by: Person) -> Result:
    """The provisional result, from the snapshot alone; whoever publishes is of none of the teams.

    Refused before the freeze, where a mark that has weight is missing (`facts["entries"]`), and once there is one.
    """
    must_decide(round_, by)
    with transaction.atomic():
        plan = _locked(round_)
        if published(round_) is not None:
            raise Conflict(say("初步结果已经发布。", "The provisional result is out already."))
        snapshot = _frozen(round_, plan)
        closes_at = plan.objections_close_at
        if closes_at is None or closes_at < clock.now() + SHORTEST_WINDOW:
            words = say(
                "请先把异议截止定在至少一天之后。", "Let objections close a day from now or later, first."
            )
            raise Invalid(words, field="objections_close_at")
        inputs = _judged(round_, snapshot, outcome.frozen_inputs(snapshot))
        result = _write(plan, snapshot, inputs, by, until=snapshot.until, closes_at=closes_at)
        plan.move_to(RoundPlan.State.PROVISIONAL)
        audit.record(by, "publish", "Result", result.uid, version=1, sha256=result.sha256)
    return result


def supersede(round_: Round, by: Person, reason: str) -> Result:
    """A new version in the place of the one that stands, with what came since the freeze; the one before stays readable.

    It is what that one was: provisional, open to objections as long as that one and for a day at least, or final. All
    that was looked at once more is answered by it.
    """
    must_decide(round_, by)
    reason = line(reason, "reason", 1000)
    with transaction.atomic():
        plan = _locked(round_)
        before = _standing(round_)
        until = clock.now()
        inputs = _judged(round_, before.snapshot, corrected_inputs(before.snapshot, until))
        state, closes_at = before.state, before.objections_close_at
        if state == State.PROVISIONAL:
            closes_at = max(closes_at, until + SHORTEST_WINDOW)
        before.move_to(State.SUPERSEDED)
        result = _write(
            plan,
            before.snapshot,
            inputs,
            by,
            version=before.version + 1,
            reason=reason,
            until=until,
            closes_at=closes_at,
            state=state,
            finalised_at=before.finalised_at,
        )
        _carry_picks(before, result)
        reexamination.answer(round_, result, by)
        if state == State.FINAL:
            advance.carry_on(result)
        audit.record(by, "supersede", "Result", result.uid, version=result.version, sha256=result.sha256)
    return result


def finalise_due() -> int:
    """Make final what nothing stands against any more, by the clock; returns how many."""
    due = Result.objects.filter(state=State.PROVISIONAL, objections_close_at__lte=clock.now())
    return sum(_finalise_if_clear(result) for result in due.order_by("pk"))


def finalise(round_: Round) -> Result:
    """The result that stands becomes final, and those who go on are in the next round.

    Refused before its objections have closed, and while one of them, or a re-examination, is open.
    """
    with transaction.atomic():
        plan = _locked(round_)
        result = _standing(round_)
        if result.objections_close_at > clock.now():
            raise TooLate(say("异议期还没有结束。", "Objections can still be filed."))
        if (waits := obstacle(result) or otherwise_out(result)) is not None:
            raise Conflict(waits)
        result.move_to(State.FINAL, finalised_at=clock.now())
        plan.move_to(RoundPlan.State.FINAL)
        advance.carry_on(result)
        outbox.record(ResultFinal(result.pk))
        audit.record(None, "finalise", "Result", result.uid, version=result.version)
    return result


def pick(round_: Round, number: str, by: Person, words: str) -> Result:
    """The committee picks an entry to go on beside the best, with its words; as long as the result is provisional.

    In a round of several stages, of those whom each has picked.
    """
    must_decide(round_, by)
    words = line(words, "words", 400)
    with transaction.atomic():
        _locked(round_)
        result = _standing(round_)
        if result.state != State.PROVISIONAL:
            raise TooLate(say("结果已是最终结果。", "The result is final."))
        can_be = _can_be_picked(result).select_related("entry")
        row = can_be.filter(entry__number=number.strip()).first()
        if row is None:
            words_ = say("这个项目不能推荐。", "This entry cannot be picked.")
            raise Invalid(words_, field="number")
        if result.picked.count() >= result.picks:
            raise Conflict(say("推荐名额已满。", "All of the committee's places are taken."))
        result.picked.create(entry=row.entry, words=words, by=by, at=timezone.now())
        audit.record(by, "pick", "Result", result.uid, entry=row.entry.number)
    return result


def _carry_picks(before: Result, result: Result) -> None:
    """Whom the committee has picked stays picked, where the new version leaves something to pick: an entry that is in
    competition, was picked by each stage, and does not go on by its rank."""
    can_be = _can_be_picked(result).values("entry")
    result.picked.bulk_create(
        result.picked.model(result=result, entry_id=one.entry_id, words=one.words, by_id=one.by_id, at=one.at)
        for one in before.picked.filter(entry__in=can_be)
    )


def _can_be_picked(result: Result) -> QuerySet[ResultRow]:
    passed = len(result.stages) if result.stages else None
    return result.rows.filter(out="", advances=False, passed=passed)


def _finalise_if_clear(result: Result) -> bool:
    """False where something stands against it: it waits, and a recomputation that changes who goes on opens a
    re-examination."""
    if obstacle(result) or _look_again(result):
        return False
    try:
        finalise(result.round)
    except Conflict:
        return False
    return True


def _look_again(result: Result) -> bool:
    """Whether who goes on, or who is in competition, would be others by what is known now; then that is looked at once more."""
    entries = outcome.entries_of(result.round)
    inputs = _judged(result.round, result.snapshot, corrected_inputs(result.snapshot, clock.now()))
    out = {e.pk: outcome.out_of(e) for e in entries}
    now = outcome.rows_for(entries, inputs, out, Terms.of(result, marks_of(result.round)))
    before = {row.entry_id: (row.advances, row.out) for row in result.rows.all()}
    opened = [
        reexamination.open_(row.entry, ReExamination.Cause.RECOMPUTED, 0)
        for row in now
        if before.get(row.entry_id) != (row.advances, row.out)
    ]
    return any(opened)


def must_decide(round_: Round, by: Person) -> None:
    """Whoever keeps the round, and is of none of its teams."""
    must_at(round_, by, KEEP)
    must_be_apart(round_, by)


def _locked(round_: Round) -> RoundPlan:
    return (
        RoundPlan.objects.select_for_update(of=("self",)).select_related("round__edition").get(round=round_)
    )


def _standing(round_: Round) -> Result:
    result = published(round_)
    if result is None:
        raise Conflict(say("还没有发布结果。", "No result is published yet."))
    return result


def _frozen(round_: Round, plan: RoundPlan) -> Snapshot:
    snapshot = snapshot_of(round_)
    if snapshot is None or plan.state != RoundPlan.State.FROZEN:
        raise TooLate(say("成绩还没有冻结。", "The figures are not frozen yet."))
    return snapshot


def _judged(round_: Round, snapshot: Snapshot, inputs: Mapping[int, Inputs]) -> dict[int, Inputs]:
    """With the committee's means, where they have weight and are no stage of their own; refused where one that is asked
    for is missing, or a stage's list."""
    if (waits := list_missing(round_)) is not None:
        raise Conflict(waits)
    missing = without_mark(round_, snapshot)
    if missing:
        words = say(
            "这些项目的有效评分表不足，还不能发布：{entries}",
            "These entries have too few valid sheets to publish a result: {entries}",
            entries=", ".join(missing),
        )
        raise Conflict(words, field="judging", entries=missing)
    if panel_of(round_) or not outcome.needs_judges(snapshot.rulebook.parameters):
        return dict(inputs)
    return outcome.judged(inputs, means_of(round_))


def _write(
    plan: RoundPlan, snapshot: Snapshot, inputs: Mapping[int, Inputs], by: Person, **facts: Any
) -> Result:
    closes_at = facts.pop("closes_at")
    result = Result(
        round=plan.round,
        version=facts.pop("version", 1),
        snapshot=snapshot,
        seed=snapshot.sha256,
        advances=plan.advances,
        most_a_division=plan.most_a_division,
        picks=min(plan.picks, plan.advances),
        stages=heads_of(plan.round),
        published_at=timezone.now(),
        published_by=by,
        objections_close_at=closes_at,
        **facts,
    )
    entries = outcome.entries_of(plan.round)
    out = {e.pk: outcome.out_of(e) for e in entries}
    rows = outcome.rows_for(entries, inputs, out, Terms.of(result, marks_of(plan.round)))
    result.sha256 = outcome.sealed(result, rows)
    result.save(force_insert=True)
    for row in rows:
        row.result = result
    ResultRow.objects.bulk_create(rows)
    outbox.record(ResultPublished(result.pk))
    return result
