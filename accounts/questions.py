"""Questions as those see them who ask, who are to answer, and everybody."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Answer, Faq, Person, Question
from accounts.permissions import may, permissions_of, places_of
from accounts.places import Place
from accounts.waiting import Waiting, waiting
from core.language import localized, say
from core.refusals import first_or_refuse


def place_of_question(question: Question) -> Place:
    """Where it lies: whoever has its permission there is to answer it."""
    return Place(region=question.region_id, subject=question.subject)


def my_questions(person: Any) -> QuerySet[Question]:
    """Those that she has asked, the newest first."""
    return Question.objects.filter(asker=person.pk if person.is_authenticated else None, asker__isnull=False)


def my_question(person: Any, uid: UUID, field: str = "question") -> Question:
    """One of them."""
    return first_or_refuse(my_questions(person).filter(uid=uid), field)


def may_answer(person: Any, question: Question) -> bool:
    """Whether it is hers to answer."""
    return may(person, question.answered_with, at=place_of_question(question))


def questions_for(person: Any) -> QuerySet[Question]:
    """Those that are hers to answer, in any state; none of her own."""
    hers = Q(pk__in=())
    asked_with = Question.objects.order_by().values_list("answered_with", flat=True).distinct()
    for permission in set(asked_with) & set(permissions_of(person)):
        places = places_of(person, permission)
        hers |= Q(answered_with=permission) & places.rows(region="region", subject="subject")
    return Question.objects.filter(hers).exclude(asker=person.pk)


def question_for(person: Any, uid: UUID, field: str = "question") -> Question:
    """One of them; any other does not exist."""
    return first_or_refuse(questions_for(person).filter(uid=uid), field)


def answers_of(question: Question) -> QuerySet[Answer]:
    """What was said on it, the oldest first."""
    return Answer.objects.filter(question=question)


def published() -> QuerySet[Faq]:
    """What everybody may read, the newest first."""
    return Faq.objects.filter(withdrawn_at=None)


def with_words(rows: QuerySet[Faq], search: str) -> QuerySet[Faq]:
    """Those with these words in question or answer, in either language."""
    words = search.strip()[:40]
    if not words:
        return rows
    found = Q()
    for name in ("question_zh", "question_en", "answer_zh", "answer_en"):
        found |= Q(**{f"{name}__icontains": words})
    return rows.filter(found)


def of_questions(person: Any) -> Iterator[Waiting]:
    """Questions that she is to answer, by the first of their hours; those that are late by themselves."""
    rows, now = questions_for(person).filter(state=Question.State.OPEN), timezone.now()
    words = say("超过 48 小时没答复的提问", "Questions unanswered for more than 48 hours")
    path = "office/questions/"
    yield from waiting("QUESTIONS_LATE", words, rows.filter(due_at__lt=now), "due_at", path, is_deadline=True)
    words = say("等答复的提问", "Questions to answer")
    yield from waiting("QUESTIONS", words, rows.filter(due_at__gte=now), "due_at", path, is_deadline=True)


def export(person: Person) -> dict[str, Any]:
    """What she has asked, and what was answered to her."""
    rows = my_questions(person).prefetch_related("answers").order_by("asked_at", "id")
    return {
        "questions": [
            {
                "words": question.words,
                "about": localized(question, "about"),
                "asked_at": question.asked_at,
                "answers": [
                    {"words": answer.words, "is_official": answer.is_official, "at": answer.at}
                    for answer in question.answers.all()
                ],
            }
            for question in rows
        ]
    }
