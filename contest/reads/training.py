"""Courses as learners see them, as whoever keeps the edition does, and what a team still has to learn."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Appointment
from accounts.models.appointment import Role
from accounts.permissions import running
from catalog.models import Team
from contest.models import Course, CourseResult, Lesson, LessonRead, QuizItem, Registration
from contest.models.plan import RoundPlan
from contest.reads import keeping
from core.language import Words
from core.refusals import Refusal, first_or_refuse

# Parts of a round in which a team is to have learned.
_TAKES_PART = ("applied", "checked", "live", "suspended")


def published() -> QuerySet[Course]:
    """Those that anybody who is signed in may take, of the newest edition first."""
    return Course.objects.filter(state=Course.State.PUBLISHED).select_related("edition")


def course_of(uid: UUID, field: str = "id") -> Course:
    """A published one."""
    return first_or_refuse(published().filter(uid=uid), field)


def managed(person: Any) -> QuerySet[Course]:
    """Those of the editions that she keeps, in any state."""
    return Course.objects.filter(edition__in=keeping.editions(person).values("pk")).select_related("edition")


def managed_course(person: Any, uid: UUID, field: str = "course") -> Course:
    """One of them."""
    return first_or_refuse(managed(person).filter(uid=uid), field)


def managed_lesson(person: Any, uid: UUID, field: str = "lesson") -> Lesson:
    """A lesson of one of them."""
    rows = Lesson.objects.filter(uid=uid, course__in=managed(person).values("pk"))
    return first_or_refuse(rows.select_related("course__edition"), field)


def managed_item(person: Any, uid: UUID, field: str = "item") -> QuizItem:
    """A question of one of them."""
    rows = QuizItem.objects.filter(uid=uid, course__in=managed(person).values("pk"))
    return first_or_refuse(rows.select_related("course__edition"), field)


def lesson_of(uid: UUID, field: str = "lesson") -> Lesson:
    """A lesson of a published course."""
    return first_or_refuse(
        Lesson.objects.filter(uid=uid, course__in=published()).select_related("course"), field
    )


def read_by(person: Any, course: Course) -> set[int]:
    """Which lessons she has read, by their keys."""
    rows = LessonRead.objects.filter(person=person.pk, lesson__course=course)
    return set(rows.values_list("lesson_id", flat=True))


def result_of(person: Any, course: Course) -> CourseResult | None:
    """Her tries."""
    return CourseResult.objects.filter(person=person.pk, course=course).first()


def certificate_of(person: Any, number: str) -> CourseResult | None:
    """What she has passed under this number."""
    passed = CourseResult.objects.filter(person=person.pk, number=number, passed_at__isnull=False)
    return passed.select_related("person", "course__edition").first()


def quiz_of(course: Course) -> QuerySet[QuizItem]:
    """Its questions in their order."""
    return QuizItem.objects.filter(course=course)


class TrainingMissing(Refusal):
    """Nobody of the team has passed a course that comes before its products."""

    code = "TRAINING_MISSING"
    words = Words(
        "请带头人或管理员先学完培训并通过测验。", "Its leader or manager passes the training first."
    )


def gating(team: Team) -> QuerySet[Course]:
    """The courses that come before its products: of the editions that it takes part in, until their result is final;
    `TRAINING_GATES` switches them off."""
    if not settings.TRAINING_GATES:
        return Course.objects.none()
    going_on = RoundPlan.objects.exclude(state=RoundPlan.State.FINAL).values("round")
    parts = Registration.objects.filter(team=team, state__in=_TAKES_PART, round__in=going_on)
    return published().filter(gates=True, edition__in=parts.values("round__edition"))


def to_learn(team: Team) -> QuerySet[Course]:
    """Of these, those that neither its leader nor a manager has passed."""
    of_it = Appointment.objects.filter(
        running(), subject=team.uid, role__in=(Role.LEADER, Role.TEAM_MANAGER), person=OuterRef("person")
    )
    passed = CourseResult.objects.filter(Exists(of_it), course=OuterRef("pk"), passed_at__isnull=False)
    return gating(team).exclude(Exists(passed))


def team_is_trained(team: Team) -> Refusal | None:
    """For catalog's listing: what is missing, or nothing."""
    return TrainingMissing(field="training") if to_learn(team).exists() else None
