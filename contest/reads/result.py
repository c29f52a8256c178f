"""Results as anybody may see them: the one that stands, and each version before it."""

from django.db.models import QuerySet

from contest.models import Adjustment, ReExamination, Result, ResultRow, Snapshot
from impact.models import Round


def published(round_: Round) -> Result | None:
    """The result that stands, provisional or final; None until one is published."""
    return _results(round_).exclude(state=Result.State.SUPERSEDED).first()


def versions(round_: Round) -> QuerySet[Result]:
    """Every version, the newest first: each stays readable as it was."""
    return _results(round_).order_by("-version")


def rows_of(result: Result) -> QuerySet[ResultRow]:
    """By rank, then those who are out of competition by their numbers."""
    return result.rows.select_related("entry__team__division", "entry__team__county")


def snapshot_of(round_: Round) -> Snapshot | None:
    """The round's figures at its freeze; None before it."""
    return Snapshot.objects.filter(round=round_, voided_at=None).select_related("rulebook").first()


def adjustments(round_: Round) -> QuerySet[Adjustment]:
    """What left the round's entries since its freeze, the first before all else."""
    return Adjustment.objects.filter(entry__round=round_).select_related("entry__team")


def reexaminations(round_: Round) -> QuerySet[ReExamination]:
    """What is, or was, looked at once more."""
    return ReExamination.objects.filter(entry__round=round_).select_related("entry__team", "result")


def _results(round_: Round) -> QuerySet[Result]:
    return Result.objects.filter(round=round_).select_related("round__edition", "snapshot__rulebook")
