"""Courses: written and published by whoever keeps the edition, read and passed by anybody who is signed in."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from accounts.actions import audit
from accounts.clean import line, paragraphs
from accounts.models import Person
from catalog import clean
from contest.actions.edition import demand_open, must_keep_edition
from contest.models import Course, CourseResult, Lesson, LessonRead, QuizItem
from core import rates
from core.language import say
from core.refusals import Conflict, Invalid, TooLate, every
from impact.models import Edition

MOST_LESSONS, MOST_QUESTIONS, OPTIONS = 30, 40, range(2, 7)
TRIES_AN_HOUR = 5


def save(edition: Edition, by: Person, facts: Mapping[str, Any], course: Course | None = None) -> Course:
    """A new course, or other words of one. `facts`: title_zh, title_en, words_zh, words_en, gates, passes_percent."""
    must_keep_edition(edition, by)
    told = every(
        {
            "title_zh": lambda: clean.text_for(Course, "title_zh", facts.get("title_zh"), required=True),
            "title_en": lambda: clean.text_for(Course, "title_en", facts.get("title_en")),
            "words_zh": lambda: clean.text_for(Course, "words_zh", facts.get("words_zh")),
            "words_en": lambda: clean.text_for(Course, "words_en", facts.get("words_en")),
            "passes_percent": lambda: clean.whole(facts.get("passes_percent", 80), "passes_percent", 1, 100),
        }
    )
    told["gates"] = bool(facts.get("gates"))
    with transaction.atomic():
        if course is None:
            course = Course.objects.create(edition=edition, **told)
        else:
            for name, value in told.items():
                setattr(course, name, value)
            course.save(update_fields=list(told))
        audit.record(by, "save", "Course", course.uid)
    return course


def add_lesson(course: Course, by: Person, facts: Mapping[str, Any]) -> Lesson:
    """One more, behind the others. `facts`: title_zh, title_en, text_zh, text_en, link (https, or empty)."""
    must_keep_edition(course.edition, by)
    told = every(
        {
            "title_zh": lambda: clean.text_for(Lesson, "title_zh", facts.get("title_zh"), required=True),
            "title_en": lambda: clean.text_for(Lesson, "title_en", facts.get("title_en")),
            "text_zh": lambda: paragraphs(facts.get("text_zh"), "text_zh", 10_000),
            "text_en": lambda: (
                paragraphs(facts["text_en"], "text_en", 15_000) if facts.get("text_en") else ""
            ),
            "link": lambda: link(facts.get("link") or ""),
        }
    )
    with transaction.atomic():
        position = _next(course, Lesson.objects.filter(course=course), MOST_LESSONS)
        made = Lesson.objects.create(course=course, position=position, **told)
        audit.record(by, "add_lesson", "Course", course.uid)
    return made


def add_question(course: Course, by: Person, facts: Mapping[str, Any]) -> QuizItem:
    """One more question of the quiz. `facts`: question_zh, question_en, options_zh and options_en (a text a line, two to
    six; as many in English, or none), right (which of them, the first is 1)."""
    must_keep_edition(course.edition, by)
    told = every(
        {
            "question_zh": lambda: clean.text_for(
                QuizItem, "question_zh", facts.get("question_zh"), required=True
            ),
            "question_en": lambda: clean.text_for(QuizItem, "question_en", facts.get("question_en")),
            "options_zh": lambda: _options(facts.get("options_zh") or "", "options_zh"),
            "options_en": lambda: (
                _options(facts["options_en"], "options_en") if facts.get("options_en") else []
            ),
        }
    )
    if told["options_en"] and len(told["options_en"]) != len(told["options_zh"]):
        words = say("英文选项要和中文一样多。", "As many options in English as in Chinese.")
        raise Invalid(words, field="options_en")
    told["right"] = clean.whole(facts.get("right"), "right", 1, len(told["options_zh"])) - 1
    with transaction.atomic():
        position = _next(course, quiz := QuizItem.objects.filter(course=course), MOST_QUESTIONS)
        made = quiz.create(course=course, position=position, **told)
        audit.record(by, "add_question", "Course", course.uid)
    return made


def remove(part: Lesson | QuizItem, by: Person) -> Course:
    """A lesson or a question goes; who has passed has passed."""
    course = part.course
    must_keep_edition(course.edition, by)
    with transaction.atomic():
        part.delete()
        audit.record(by, "remove", "Course", course.uid)
    return course


def publish(course: Course, by: Person) -> Course:
    """Anybody who is signed in may take it from now on; it has a lesson and a question."""
    must_keep_edition(course.edition, by)
    if not (course.lessons.exists() and course.quiz.exists()):
        raise Conflict(say("至少要有一课和一道题。", "It needs a lesson and a question."))
    with transaction.atomic():
        course.move_to(Course.State.PUBLISHED)
        audit.record(by, "publish", "Course", course.uid)
    return course


def withdraw(course: Course, by: Person) -> Course:
    """Nobody takes it any more, and it gates nothing; who has passed keeps the certificate."""
    must_keep_edition(course.edition, by)
    with transaction.atomic():
        course.move_to(Course.State.DRAFT)
        audit.record(by, "withdraw", "Course", course.uid)
    return course


def read(lesson: Lesson, person: Person) -> LessonRead:
    """She has read it; once more changes nothing."""
    demand_open(lesson.course.edition)
    made, _ = LessonRead.objects.get_or_create(lesson=lesson, person=person)
    return made


def answer(course: Course, person: Person, answers: Mapping[UUID, int]) -> CourseResult:
    """Her try at the quiz: which option (the first is 0) to which question.

    Every question is answered, and every lesson read before; the best try counts; passed, she has passed for good.
    """
    demand_open(course.edition)
    quiz = {item.uid: item for item in course.quiz.all()}
    if any(uid not in answers for uid in quiz):
        raise Invalid(say("每道题都要选一个。", "Choose one answer to each question."), field="answers")
    unread = course.lessons.exclude(readings__person=person)
    if unread.exists():
        raise TooLate(say("请先读完每一课。", "Read every lesson first."))
    rates.demand_each([(f"quiz {course.uid}", str(person.uid), TRIES_AN_HOUR)], 3600)
    right = sum(answers[uid] == item.right for uid, item in quiz.items())
    now = timezone.now()
    with transaction.atomic():
        result, _ = CourseResult.objects.select_for_update().get_or_create(
            course=course, person=person, defaults={"tried_at": now}
        )
        result.tries, result.tried_at = result.tries + 1, now
        if right * max(result.of, 1) >= result.right * len(quiz):
            result.right, result.of = right, len(quiz)
        if result.passed_at is None and 100 * right >= course.passes_percent * len(quiz):
            result.passed_at = now
        result.save()
    return result


def _next(course: Course, rows: Any, most: int) -> int:
    Course.objects.select_for_update(no_key=True).get(pk=course.pk)
    found = rows.aggregate(last=Max("position"))["last"]
    if rows.count() >= most:
        raise Conflict(say("最多 {n} 个。", "At most {n}.", n=most))
    return 0 if found is None else found + 1


def _options(text: str, field: str) -> Sequence[str]:
    options = [line(one, field, 200) for one in text.splitlines() if one.strip()]
    if len(options) not in OPTIONS or len(set(options)) != len(options):
        words = say("写 2 到 6 个不同的选项，一行一个。", "Two to six different options, one a line.")
        raise Invalid(words, field=field)
    return options


def link(text: str) -> str:
    """An address by https, or none."""
    plain = text.strip()
    try:
        if plain:
            URLValidator(schemes=["https"])(plain)
        if len(plain) > 300:
            raise ValidationError("long")
    except ValidationError:
        words = say("请填写以 https:// 开头的网址。", "An address that begins with https://.")
        raise Invalid(words, field="link") from None
    return plain
