"""Ask about an edition."""

from django.db import transaction

from accounts.actions import question as questions
from accounts.models import Person, Question
from contest.actions.edition import place_of_edition
from contest.models import EditionQuestion
from core.language import Words
from impact.models import Edition

ANSWER = "contest.answer_questions"


@transaction.atomic
def ask(edition: Edition, by: Person, words: str) -> Question:
    """A question to whoever answers for the edition, or for the one province that it is held in, due in 48 hours."""
    about = Words(edition.name_zh, edition.name_en or edition.name_zh)
    place, path = place_of_edition(edition), f"contest/{edition.slug}/"
    question = questions.ask(by, words, ANSWER, place, about=about, path=path)
    EditionQuestion.objects.create(question=question, edition=edition)
    return question
