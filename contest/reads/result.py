"""Results as anybody may see them: the one that stands, and each version before it."""

from datetime import UTC, datetime

from django.db.models import Case, QuerySet, When

from contest.models import Adjustment, Objection, ReExamination, Result, ResultRow, Snapshot, SnapshotRow
from contest.scoring.rulebook import sha256_of
from core.language import localized
from impact.models import Entry, Round


def published(round_: Round) -> Result | None:
    """The result that stands, provisional or final; None until one is published."""
    return _results(round_).exclude(state=Result.State.SUPERSEDED).first()


def all_versions() -> QuerySet[Result]:
    """The versions of all rounds, as they are read by themselves."""
    return Result.objects.select_related("round__edition", "snapshot__rulebook")


def versions(round_: Round) -> QuerySet[Result]:
    """Every version, the newest first: each stays readable as it was."""
    return _results(round_).order_by("-version")


def rows_of(result: Result) -> QuerySet[ResultRow]:
    """By rank, then those who are out of competition by their numbers."""
    return result.rows.select_related("entry__team__division", "entry__team__county", "entry__round__edition")


def shown_rows(result: Result) -> list[ResultRow]:
    """The same with their version, which knows whom the committee picked."""
    result.words_of_picks = dict(result.picked.values_list("entry", "words"))  # type: ignore[attr-defined]
    rows = list(rows_of(result))
    for row in rows:
        row.result = result
    return rows


def name_of_edition(result: Result) -> str:
    """As it is called in the reader's language."""
    return localized(result.round.edition, "name")


def snapshot_of(round_: Round) -> Snapshot | None:
    """The round's figures at its freeze; None before it."""
    return Snapshot.objects.filter(round=round_, voided_at=None).select_related("rulebook").first()


def adjustments(round_: Round) -> QuerySet[Adjustment]:
    """What left the round's entries since its freeze, the first before all else."""
    return Adjustment.objects.filter(entry__round=round_).select_related("entry__team")


def reexaminations(round_: Round) -> QuerySet[ReExamination]:
    """What is, or was, looked at once more."""
    return ReExamination.objects.filter(entry__round=round_).select_related("entry__team", "result")


def objections(round_: Round) -> QuerySet[Objection]:
    """What teams say against its results: the open ones first, then the last to come."""
    rows = Objection.objects.filter(result__round=round_).select_related("entry__team", "result")
    return rows.order_by(Case(When(state=Objection.State.OPEN, then=0), default=1), "-filed_at", "-pk")


def _results(round_: Round) -> QuerySet[Result]:
    return all_versions().filter(round=round_)


def sealed(snapshot: Snapshot, hash_of_number: dict[str, str]) -> str:
    """The SHA-256 of a snapshot: of its head and of each row's hash, by the entries' numbers."""
    return sha256_of(
        {
            "number": snapshot.number,
            "until": in_utc(snapshot.until),
            "rulebook": snapshot.rulebook_sha256,
            "rows": hash_of_number,
        }
    )


def in_utc(moment: datetime) -> str:
    """A moment as it is hashed: the same wherever it is computed."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def frozen_amount(entry: Entry) -> int | None:
    """A of an entry's snapshot, in fen; None before its round is frozen."""
    row = SnapshotRow.objects.filter(entry=entry, snapshot__voided_at=None).first()
    return row.inputs["amount_minor"] if row else None


def threshold_bps(entry: Entry) -> int:
    """From what part of it on refunds since the freeze are looked at, by the frozen rulebook."""
    snapshot = Snapshot.objects.select_related("rulebook").get(round=entry.round_id, voided_at=None)
    return int(snapshot.rulebook.parameters["reexamination"]["refunds_bps"])
