"""Questions about an order, and to the shop; those at a team's desk."""

from typing import Any

import graphene

from accounts.api.question import QuestionType
from core.api.access import SIGNED_IN
from core.api.act import Act
from orders.actions import question as questions
from orders.api.payment import BY_LINK, NUMBER, open_order

WORDS = "At most 1,000 characters."


class OrderQuestionAsk(Act):
    """Ask about one's order: one of its teams, or the shop; answered within 48 hours."""

    class Meta:
        access = SIGNED_IN
        rate = (10, 60)

    class Input:
        number = graphene.String(required=True, description=NUMBER)
        token = graphene.String(description=BY_LINK)
        team = graphene.String(
            description="The slug of a team that sends some of it; without it the shop is asked."
        )
        words = graphene.String(required=True, description=WORDS)

    question = graphene.Field(QuestionType, description="The question.")

    @classmethod
    def act(
        cls, request: Any, number: str, words: str, token: str | None = None, team: str | None = None
    ) -> Any:
        """The question; NOT_FOUND for an order that is not open to her, NOT_ALLOWED before she is proved."""
        order = open_order(request, number, token)
        return {"question": questions.ask(order, request.user, words, team or "")}


class ShopQuestionAsk(Act):
    """Ask the shop about buying here; answered within 48 hours."""

    class Meta:
        access = SIGNED_IN
        rate = (10, 60)

    class Input:
        words = graphene.String(required=True, description=WORDS)

    question = graphene.Field(QuestionType, description="The question.")

    @classmethod
    def act(cls, request: Any, words: str) -> Any:
        """The question; NOT_ALLOWED before she is proved."""
        return {"question": questions.ask_shop(request.user, words)}


class Mutation:
    order_question_ask = OrderQuestionAsk.Field()
    shop_question_ask = ShopQuestionAsk.Field()
