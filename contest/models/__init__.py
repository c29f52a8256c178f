from contest.models.award import Award, AwardNote
from contest.models.plan import RoundPlan
from contest.models.registration import Registration
from contest.models.result import Pick, Result, ResultRow
from contest.models.review import Adjustment, Objection, ReExamination
from contest.models.rulebook import Rulebook
from contest.models.snapshot import Snapshot, SnapshotRow

__all__ = [
    "Adjustment",
    "Award",
    "AwardNote",
    "Objection",
    "Pick",
    "ReExamination",
    "Registration",
    "Result",
    "ResultRow",
    "RoundPlan",
    "Rulebook",
    "Snapshot",
    "SnapshotRow",
]
