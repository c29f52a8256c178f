"""Ask a team about what it sells."""

from django.db import transaction

from accounts.actions import question as questions
from accounts.models import Person, Question
from catalog.actions.desk import place_of
from catalog.models import Product, ProductQuestion, Team
from core.language import Words

ANSWER = "catalog.answer_questions"


@transaction.atomic
def ask(product: Product, by: Person, words: str) -> Question:
    """A question about a product to its team's desk, due in 48 hours."""
    about = Words(product.name_zh, product.name_en or product.name_zh)
    question = ask_team(product.team, by, words, about, f"p/{product.slug}/")
    ProductQuestion.objects.create(question=question, product=product)
    return question


def ask_team(team: Team, by: Person, words: str, about: Words, path: str = "") -> Question:
    """A question to a team's desk; call it in the transaction that writes what it is about."""
    return questions.ask(by, words, ANSWER, place_of(team), about=about, path=path)
