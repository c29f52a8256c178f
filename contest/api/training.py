"""Courses as whoever is signed in takes them."""

from typing import Any

import graphene

from contest.actions import training
from contest.models import Course, CourseResult, Lesson, QuizItem
from contest.reads import training as reads
from core.api.access import HELD, SIGNED_IN
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import guarded
from core.api.ids import uid_of
from core.api.nodes import Door
from core.api.types import Localized, ModelType, list_of
from core.language import current

COURSE, LESSON, ITEM = "The course.", "The lesson.", "The question of the quiz."


class LessonType(ModelType):
    """A part of a course."""

    class Meta:
        model = Lesson
        fields = ("position", "link")
        access = HELD
        about = {
            "position": "Its place in the course; the first is 0.",
            "link": "Where more of it is to be seen; empty where there is nothing.",
        }

    title = Localized("title", description="In the reader's language.")
    text = Localized("text", description="In the reader's language.")
    is_read = graphene.Boolean(required=True, description="Whether the asker has read it.")

    def resolve_is_read(root, info):
        """As the course that it was read with knows."""
        person = info.context.user
        return person.is_authenticated and root.pk in reads.read_by(person, root.course)


class QuizItemType(ModelType):
    """A question of a quiz; which answer is right is not told."""

    class Meta:
        model = QuizItem
        fields = ("position",)
        access = HELD
        about = {"position": "Its place in the quiz; the first is 0."}

    question = Localized("question", description="In the reader's language.")
    options = graphene.List(
        graphene.NonNull(graphene.String),
        required=True,
        description="What may be chosen, in the reader's language; Chinese where there is no English.",
    )

    def resolve_options(root, info):
        """As many in both languages."""
        return root.options_en if current() == "en" and root.options_en else root.options_zh


class CourseResultType(ModelType):
    """The asker's tries at a course."""

    class Meta:
        model = CourseResult
        key = "number"
        fields = ("number", "tries", "right", "of", "passed_at")
        access = HELD
        about = {
            "number": "Of her course certificate, once she has passed.",
            "tries": "How often she has tried.",
            "right": "Right answers of her best try,",
            "of": "of so many questions.",
            "passed_at": "When she passed; null before.",
        }


class CourseType(ModelType):
    """Something to learn for an edition."""

    class Meta:
        door = Door("course", lambda request, uids: reads.published().filter(uid__in=uids))
        model = Course
        fields = ("state", "gates", "passes_percent")
        access = HELD
        about = {
            "state": "Whether anybody may take it.",
            "gates": "Whether somebody of a team passes it before the team submits a product.",
            "passes_percent": "So many of the answers are right, in percent.",
        }

    title = Localized("title", description="In the reader's language.")
    words = Localized("words", description="What it is about; may be empty.")
    state_name = graphene.String(required=True, description="The state in words.")
    edition_name = graphene.String(required=True, description="For which edition, in the reader's language.")
    lessons = list_of(
        LessonType,
        most=training.MOST_LESSONS,
        resolver=lambda root, info: root.lessons.select_related("course"),
        description="In their order.",
    )
    quiz = list_of(
        QuizItemType,
        most=training.MOST_QUESTIONS,
        resolver=lambda root, info: reads.quiz_of(root),
        description="In their order.",
    )
    result = graphene.Field(
        CourseResultType,
        resolver=lambda root, info: reads.result_of(info.context.user, root),
        description="The asker's tries; null before the first.",
    )

    def resolve_state_name(root, info):
        """In the reader's language."""
        return str(Course.State(root.state).words)

    def resolve_edition_name(root, info):
        """Of the row that it was read with."""
        return root.edition.name_en if current() == "en" and root.edition.name_en else root.edition.name_zh


class CourseAnswerInput(graphene.InputObjectType):
    """An answer to a question of a quiz."""

    item = graphene.ID(required=True, description=ITEM)
    option = graphene.Int(required=True, description="Which option; the first is 0.")


class LessonReadMark(Act):
    """Say that one has read a lesson."""

    class Meta:
        access = SIGNED_IN
        rate = (60, 60)

    class Input:
        lesson = graphene.ID(required=True, description=LESSON)

    lesson = graphene.Field(LessonType, description="The lesson.")

    @classmethod
    def act(cls, request: Any, lesson: str) -> Any:
        """The lesson; NOT_FOUND where its course is not published."""
        its = reads.lesson_of(uid_of(lesson, "Lesson", field="lesson"))
        training.read(its, request.user)
        return {"lesson": its}


class CourseQuizAnswer(Act):
    """Answer a course's quiz, five times an hour at most; the best try counts."""

    class Meta:
        access = SIGNED_IN
        rate = (20, 60)

    class Input:
        course = graphene.ID(required=True, description=COURSE)
        answers = graphene.List(
            graphene.NonNull(CourseAnswerInput), required=True, description="One to each question."
        )

    result = graphene.Field(CourseResultType, description="Her tries.")

    @classmethod
    def act(cls, request: Any, course: str, answers: list[Any]) -> Any:
        """Her tries; TOO_LATE before every lesson is read, INVALID where a question has no answer."""
        its = reads.course_of(uid_of(course, "Course", field="course"), "course")
        given = {uid_of(one["item"], "QuizItem", field="answers"): one["option"] for one in answers}
        return {"result": training.answer(its, request.user, given)}


class Query:
    courses = guarded(
        connection_field(
            CourseType,
            lambda root, info: reads.published(),
            order=("-edition__ordinal", "id"),
            description="The courses that may be taken, of the newest edition first.",
        ),
        SIGNED_IN,
    )
    course = guarded(
        graphene.Field(
            CourseType,
            args={"id": graphene.Argument(graphene.ID, required=True, description=COURSE)},
            resolver=lambda root, info, id: reads.published().filter(uid=uid_of(id, "Course")).first(),
            description="A course that may be taken; null for any other.",
        ),
        SIGNED_IN,
    )


class Mutation:
    lesson_read_mark = LessonReadMark.Field()
    course_quiz_answer = CourseQuizAnswer.Field()
