"""Courses of an edition: lessons, a quiz over all of them, and who has passed."""

import secrets
import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from core.choices import Choices
from core.language import say
from core.states import StateMachine
from impact.models import Edition


class Course(StateMachine):
    """Something to learn for an edition: lessons in their order, and a quiz; passed by so many right answers.

    One that `gates` must be passed by a team's leader or manager before the team submits a product.
    """

    class State(Choices):
        DRAFT = "draft", say("草稿", "Draft")
        PUBLISHED = "published", say("已发布", "Published")

    MOVES: ClassVar = {State.DRAFT: {State.PUBLISHED}, State.PUBLISHED: {State.DRAFT}}

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    edition = models.ForeignKey(Edition, on_delete=models.PROTECT, related_name="courses")
    state = models.CharField(max_length=12, choices=State.choices, default=State.DRAFT)
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120, blank=True)
    words_zh = models.CharField(max_length=400, blank=True)
    words_en = models.CharField(max_length=600, blank=True)
    gates = models.BooleanField(
        default=False, help_text="a team submits a product once somebody of it has passed"
    )
    passes_percent = models.PositiveSmallIntegerField(
        default=80, help_text="so many of the answers are right"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["edition", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(passes_percent__gte=1, passes_percent__lte=100),
                name="a_course_is_passed_by_a_share",
            ),
        ]

    def __str__(self) -> str:
        return str(self.uid)


class Lesson(models.Model):
    """A part of a course: a text, and where more of it is to be seen (a recording, a live lesson)."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="lessons")
    position = models.PositiveSmallIntegerField()
    title_zh = models.CharField(max_length=80)
    title_en = models.CharField(max_length=120, blank=True)
    text_zh = models.TextField(max_length=10_000)
    text_en = models.TextField(max_length=15_000, blank=True)
    link = models.URLField(max_length=300, blank=True)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["course", "position"], name="one_lesson_a_position"),
        ]

    def __str__(self) -> str:
        return str(self.uid)


class QuizItem(models.Model):
    """One question of a course's quiz with what may be chosen, one of which is right."""

    uid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="quiz")
    position = models.PositiveSmallIntegerField()
    question_zh = models.CharField(max_length=300)
    question_en = models.CharField(max_length=450, blank=True)
    options_zh = models.JSONField(help_text="two to six texts")
    options_en = models.JSONField(help_text="as many, or none")
    right = models.PositiveSmallIntegerField(help_text="which of them, the first is 0")

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["course", "position"], name="one_quiz_item_a_position"),
        ]

    def __str__(self) -> str:
        return str(self.uid)


class LessonRead(models.Model):
    """That somebody has read a lesson."""

    lesson = models.ForeignKey(Lesson, on_delete=models.CASCADE, related_name="readings")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["lesson", "person"], name="one_reading_a_lesson_and_person"),
        ]

    def __str__(self) -> str:
        return f"{self.lesson_id} {self.person_id}"


def a_number() -> str:
    """What a course certificate is called by: nobody guesses another's."""
    return secrets.token_hex(8)


class CourseResult(models.Model):
    """What somebody's tries come to at a course's quiz; passed, she has a course certificate of this number."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="takers")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    number = models.CharField(max_length=16, default=a_number, unique=True, editable=False)
    tries = models.PositiveSmallIntegerField(default=0)
    right = models.PositiveSmallIntegerField(default=0, help_text="answers of the best try")
    of = models.PositiveSmallIntegerField(default=0, help_text="questions of the best try")
    tried_at = models.DateTimeField()
    passed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["course", "person"], name="one_taking_a_course_and_person"),
            models.CheckConstraint(condition=Q(right__lte=F("of")), name="no_more_right_than_questions"),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} {self.person_id}"
