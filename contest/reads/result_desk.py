"""Results as whoever keeps a round sees them: what is missing, and what waits for her answer."""

from typing import Any
from uuid import UUID

from django.db.models import Q

from contest.models import Award, AwardFile, Objection, ReExamination, Result, RoundPlan, Snapshot
from contest.reads import outcome
from contest.reads.judging import means_of
from contest.reads.keeping import rounds
from contest.reads.stage import judged_of, lists_of, panel_of, stages_of
from core import clock
from core.language import Words, localized, say
from core.refusals import first_or_refuse
from impact.models import Round

NEXT = ("entry__team", "entry__round__edition", "entry__round__region")


def lacking(round_: Round, snapshot: Snapshot | None, result: Result | None) -> list[Words]:
    """What is missing before the next step: before one is published, or until the one that stands is final."""
    if result is None:
        return _before_publishing(round_, snapshot)
    if result.state == Result.State.FINAL:
        return []
    waits = obstacle(result) or otherwise_out(result)
    return [waits] if waits else []


def obstacle(result: Result) -> Words | None:
    """Why a provisional result is not made final, whatever the clock says; None where nothing stands against it."""
    objections = Objection.objects.filter(result__round=result.round)
    if objections.filter(state=Objection.State.OPEN).exists():
        return say("还有异议没有答复。", "An objection waits for its answer.")
    # Said against an earlier version it may be upheld after this one: then this one does not answer it.
    upheld = objections.filter(state=Objection.State.UPHELD)
    if upheld.filter(Q(result=result) | Q(answered_at__gt=result.published_at)).exists():
        return say("有异议成立，须先发布新版结果。", "An objection was upheld: publish a new version first.")
    looked_at = ReExamination.objects.filter(entry__round=result.round, state=ReExamination.State.OPEN)
    if looked_at.exists():
        return say("还有复核没有结束。", "Something is still looked at once more.")
    return None


def otherwise_out(result: Result) -> Words | None:
    """Why a result cannot be final: since it was made an entry has left the competition, or come back. What was dismissed
    of it says nothing of what was decided later."""
    moved = [
        row.entry.number
        for row in result.rows.select_related("entry__registration")
        if row.out != outcome.out_of(row.entry)[0]
    ]
    if not moved:
        return None
    return say(
        "这些项目已退出、被取消资格或恢复参赛，须先发布新版结果：{entries}",
        "These entries are out of competition, or back in it, since: publish a new version first: {entries}",
        entries=", ".join(moved),
    )


def _before_publishing(round_: Round, snapshot: Snapshot | None) -> list[Words]:
    plan = RoundPlan.objects.select_related("rulebook").get(round=round_)
    missing = []
    if plan.rulebook is None or not plan.rulebook.is_frozen:
        missing.append(say("规则还没有冻结。", "The rulebook is not frozen."))
    if snapshot is None or plan.state != RoundPlan.State.FROZEN:
        missing.append(say("成绩还没有冻结。", "The figures are not frozen yet."))
    elif (waits := list_missing(round_)) is not None:
        missing.append(waits)
    elif short := without_mark(round_, snapshot):
        words = say(
            "这些项目的有效评分表不足：{entries}",
            "Too few valid sheets of: {entries}",
            entries=", ".join(short),
        )
        missing.append(words)
    if plan.objections_close_at is None or plan.objections_close_at <= clock.now():
        missing.append(say("还没有定异议截止时间。", "It is not set until when teams may object."))
    return missing


def without_mark(round_: Round, snapshot: Snapshot) -> list[str]:
    """The numbers of entries in competition whose committee's mark is missing, where it has weight; in a round with a panel,
    of those that came before it."""
    panel = panel_of(round_)
    if panel is None and not outcome.needs_judges(snapshot.rulebook.parameters):
        return []
    means = means_of(round_)
    entries = outcome.entries_of(round_)
    if panel is not None:
        judged = set(judged_of(round_.entries.all(), round_).values_list("pk", flat=True))
        entries = [entry for entry in entries if entry.pk in judged]
    return [entry.number for entry in entries if not outcome.out_of(entry)[0] and means.get(entry.pk) is None]


def list_missing(round_: Round) -> Words | None:
    """Which of its stages' lists is not drawn up although another stage follows; None where nothing is missing."""
    lists = lists_of(round_)
    for stage in stages_of(round_)[:-1]:
        if stage.number not in lists:
            name = localized(stage, "name")
            return say(
                "“{name}”的入选名单还没有定。", "Who goes on from “{name}” is not drawn up yet.", name=name
            )
    return None


def objection_of(person: Any, uid: UUID) -> Objection:
    """One against a result of a round that she keeps."""
    kept = Objection.objects.filter(uid=uid, entry__round__in=rounds(person).values("pk"))
    return first_or_refuse(kept.select_related("result", *NEXT), "objection")


def reexamination_of(person: Any, uid: UUID) -> ReExamination:
    """One of an entry of a round that she keeps."""
    kept = ReExamination.objects.filter(uid=uid, entry__round__in=rounds(person).values("pk"))
    return first_or_refuse(kept.select_related(*NEXT), "reexamination")


def award_of(person: Any, uid: UUID) -> Award:
    """One of a round that she keeps."""
    kept = Award.objects.filter(uid=uid, entry__round__in=rounds(person).values("pk"))
    return first_or_refuse(kept.select_related("result", *NEXT), "award")


def award_file_of(person: Any, uid: UUID) -> AwardFile:
    """A paper beside an award of a round that she keeps."""
    kept = AwardFile.objects.filter(uid=uid, award__entry__round__in=rounds(person).values("pk"))
    return first_or_refuse(kept.select_related("award"), "file")
