"""Ask about an order, or about buying here."""

from django.db import transaction

from accounts.actions import question as questions
from accounts.models import Person, Question
from accounts.places import Place
from catalog.actions.question import ask_team
from catalog.models import Team
from catalog.reads.teams import addressed
from core.language import Words, say
from core.refusals import Invalid
from orders.models import Order, OrderQuestion

ANSWER = "orders.answer_questions"


@transaction.atomic
def ask(order: Order, by: Person, words: str, team: str = "") -> Question:
    """A question about an order to the team of this slug, of which there is something in it, or to the shop."""
    about = say("订单 {n}", "Order {n}", n=order.number)
    if team:
        its = Team.objects.filter(addressed(team), pk__in=order.lines.values("team")).first()
        if its is None:
            raise Invalid(
                say("这个订单里没有这支团队的东西。", "Nothing in this order is of that team."), field="team"
            )
        question = ask_team(its, by, words, about)
    else:
        question = ask_shop(by, words, about)
    OrderQuestion.objects.create(question=question, order=order)
    return question


@transaction.atomic
def ask_shop(by: Person, words: str, about: Words | None = None) -> Question:
    """A question to whoever runs the shop, due in 48 hours."""
    return questions.ask(by, words, ANSWER, Place(), about=about)
