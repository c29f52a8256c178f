from contest.models.appeal import RegistrationAppeal
from contest.models.award import Award, AwardFile, AwardNote
from contest.models.batch import ImportBatch, ImportFile, ImportRow, QuarantinedRow
from contest.models.case import Case, CaseItem, Effect, Rule
from contest.models.ceremony import Ceremony, CeremonyGuest
from contest.models.disclosed_supporters import DisclosedSupporters
from contest.models.edition import Archive, Partner, Target
from contest.models.engagement import Engagement, View
from contest.models.judging import Conflict, Judge, Opening, Sheet
from contest.models.plan import RoundPlan
from contest.models.question import EditionQuestion
from contest.models.referral import ReferralLink
from contest.models.registration import Registration
from contest.models.related_party import RelatedParty
from contest.models.result import Pick, Result, ResultRow
from contest.models.review import Adjustment, Objection, ReExamination
from contest.models.rulebook import Rulebook
from contest.models.snapshot import Snapshot, SnapshotRow
from contest.models.source import OutsideSource, ProjectMapping
from contest.models.stage import Stage, StageList, StagePlace
from contest.models.task import Task
from contest.models.training import Course, CourseResult, Lesson, LessonRead, QuizItem
from contest.models.twin import OutsideTally, TwinSale

__all__ = [
    "Adjustment",
    "Archive",
    "Award",
    "AwardFile",
    "AwardNote",
    "Case",
    "CaseItem",
    "Ceremony",
    "CeremonyGuest",
    "Conflict",
    "DisclosedSupporters",
    "Course",
    "CourseResult",
    "EditionQuestion",
    "Effect",
    "Engagement",
    "ImportBatch",
    "ImportFile",
    "ImportRow",
    "Judge",
    "Lesson",
    "LessonRead",
    "Objection",
    "Opening",
    "OutsideSource",
    "OutsideTally",
    "Partner",
    "Pick",
    "ProjectMapping",
    "QuarantinedRow",
    "QuizItem",
    "ReExamination",
    "ReferralLink",
    "Registration",
    "RelatedParty",
    "RegistrationAppeal",
    "Result",
    "ResultRow",
    "RoundPlan",
    "Rule",
    "Rulebook",
    "Sheet",
    "Snapshot",
    "SnapshotRow",
    "Stage",
    "StageList",
    "StagePlace",
    "Target",
    "Task",
    "TwinSale",
    "View",
]
