"""Courses at the desk of whoever keeps their edition: written, published, withdrawn."""

from typing import Any

import graphene
from django.db.models import QuerySet

from contest.actions import training
from contest.api.organiser import add_to_round
from contest.api.training import COURSE, ITEM, LESSON, CourseType
from contest.models import Course
from contest.reads import keeping
from contest.reads import training as reads
from core.api.access import SIGNED_IN
from core.api.act import Act
from core.api.ids import uid_of
from core.api.types import list_of

OTHER_LANGUAGE = "The same in English; may be empty."


class CourseSave(Act):
    """Begin a course of an edition, or write its words anew."""

    class Meta:
        access = SIGNED_IN

    class Input:
        edition = graphene.String(required=True, description="The edition's slug.")
        id = graphene.ID(description="The course; a new one where it is left out.")
        title_zh = graphene.String(required=True, description="At most 80 characters.")
        title_en = graphene.String(description=OTHER_LANGUAGE)
        words_zh = graphene.String(description="What it is about; at most 400 characters.")
        words_en = graphene.String(description=OTHER_LANGUAGE)
        gates = graphene.Boolean(description="Whether a team's products wait for it.")
        passes_percent = graphene.Int(description="So many answers are right, in percent; 80 where left out.")

    course = graphene.Field(CourseType, description="The course.")

    @classmethod
    def act(cls, request: Any, edition: str, id: str | None = None, **facts: Any) -> Any:
        """The course; NOT_FOUND for an edition that is not hers to keep."""
        its = keeping.edition_called(request.user, edition)
        course = reads.managed_course(request.user, uid_of(id, "Course", field="id"), "id") if id else None
        facts.setdefault("passes_percent", 80)
        return {"course": training.save(its, request.user, facts, course)}


class _OfACourse(Act):
    """A deed on a course that she keeps."""

    class Meta:
        abstract = True

    @classmethod
    def its(cls, request: Any, course: str) -> Course:
        """The course; NOT_FOUND for one that is not hers to keep."""
        return reads.managed_course(request.user, uid_of(course, "Course", field="course"))


class CourseLessonAdd(_OfACourse):
    """Add a lesson, behind the others."""

    class Meta:
        access = SIGNED_IN

    class Input:
        course = graphene.ID(required=True, description=COURSE)
        title_zh = graphene.String(required=True, description="At most 80 characters.")
        title_en = graphene.String(description=OTHER_LANGUAGE)
        text_zh = graphene.String(required=True, description="At most 10,000 characters.")
        text_en = graphene.String(description=OTHER_LANGUAGE)
        link = graphene.String(description="A recording or live lesson, by https; may be empty.")

    course = graphene.Field(CourseType, description="The course.")

    @classmethod
    def act(cls, request: Any, course: str, **facts: Any) -> Any:
        """The course with one lesson more; CONFLICT beyond 30."""
        its = cls.its(request, course)
        training.add_lesson(its, request.user, facts)
        return {"course": its}


class CourseQuestionAdd(_OfACourse):
    """Add a question to the quiz, behind the others."""

    class Meta:
        access = SIGNED_IN

    class Input:
        course = graphene.ID(required=True, description=COURSE)
        question_zh = graphene.String(required=True, description="At most 300 characters.")
        question_en = graphene.String(description=OTHER_LANGUAGE)
        options_zh = graphene.String(required=True, description="Two to six, one a line.")
        options_en = graphene.String(description="As many in English, or none.")
        right = graphene.Int(required=True, description="Which of them is right; the first is 1.")

    course = graphene.Field(CourseType, description="The course.")

    @classmethod
    def act(cls, request: Any, course: str, **facts: Any) -> Any:
        """The course with one question more; CONFLICT beyond 40."""
        its = cls.its(request, course)
        training.add_question(its, request.user, facts)
        return {"course": its}


class CoursePartRemove(Act):
    """Take a lesson or a question out of a course."""

    class Meta:
        access = SIGNED_IN

    class Input:
        lesson = graphene.ID(description=LESSON)
        item = graphene.ID(description=ITEM)

    course = graphene.Field(CourseType, description="The course.")

    @classmethod
    def act(cls, request: Any, lesson: str | None = None, item: str | None = None) -> Any:
        """The course; NOT_FOUND for a part of one that is not hers to keep."""
        part = (
            reads.managed_lesson(request.user, uid_of(lesson, "Lesson", field="lesson"))
            if lesson
            else reads.managed_item(request.user, uid_of(item or "", "QuizItem", field="item"))
        )
        return {"course": training.remove(part, request.user)}


class CoursePublish(_OfACourse):
    """Let anybody who is signed in take a course."""

    class Meta:
        access = SIGNED_IN

    class Input:
        course = graphene.ID(required=True, description=COURSE)

    course = graphene.Field(CourseType, description="The course.")

    @classmethod
    def act(cls, request: Any, course: str) -> Any:
        """The course; CONFLICT without a lesson and a question."""
        return {"course": training.publish(cls.its(request, course), request.user)}


class CourseWithdraw(_OfACourse):
    """Take a course back: nobody takes it, and it gates nothing."""

    class Meta:
        access = SIGNED_IN

    class Input:
        course = graphene.ID(required=True, description=COURSE)

    course = graphene.Field(CourseType, description="The course.")

    @classmethod
    def act(cls, request: Any, course: str) -> Any:
        """The course; CONFLICT where it is not published."""
        return {"course": training.withdraw(cls.its(request, course), request.user)}


def _of_round(root: Any, info: Any) -> QuerySet[Course]:
    return reads.managed(info.context.user).filter(edition=root.edition_id)[:40]


add_to_round(
    courses=list_of(
        CourseType,
        most=40,
        resolver=_of_round,
        description="The edition's courses, in any state, where hers to keep.",
    )
)


class Mutation:
    course_save = CourseSave.Field()
    course_lesson_add = CourseLessonAdd.Field()
    course_question_add = CourseQuestionAdd.Field()
    course_part_remove = CoursePartRemove.Field()
    course_publish = CoursePublish.Field()
    course_withdraw = CourseWithdraw.Field()
