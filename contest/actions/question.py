"""Ask about an edition."""

from django.db import transaction

from accounts.actions import question as questions
from accounts.models import Person, Question
from accounts.places import Place
from contest.models import EditionQuestion
from impact.models import Edition

ANSWER = "contest.answer_questions"


@transaction.atomic
def ask(edition: Edition, by: Person, words: str) -> Question:
    """A question to whoever answers for the edition, or for the one province that it is held in, due in 48 hours."""
    question = questions.ask(by, words, ANSWER, _place(edition))
    EditionQuestion.objects.create(question=question, edition=edition)
    return question


def _place(edition: Edition) -> Place:
    provinces = set(edition.rounds.filter(region__isnull=False).values_list("region", flat=True)[:2])
    return Place(region=provinces.pop() if len(provinces) == 1 else None, subject=edition.uid)
