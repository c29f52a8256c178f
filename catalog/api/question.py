"""Questions about a product: asked of its team, and what everybody may read."""

from typing import Any

import graphene
from django.db.models import QuerySet

from accounts.api.question import FaqType, QuestionType
from accounts.models import Faq
from catalog.actions import question as questions
from catalog.reads import question as reads
from catalog.reads.products import product_for
from core.api.access import PUBLIC, SIGNED_IN
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import cache_tags, guarded

SLUG = "The product's slug."


class ProductQuestionAsk(Act):
    """Ask a team about a product of its; answered within 48 hours."""

    class Meta:
        access = SIGNED_IN
        rate = (10, 60)

    class Input:
        product = graphene.String(required=True, description=SLUG)
        words = graphene.String(required=True, description="At most 1,000 characters.")

    question = graphene.Field(QuestionType, description="The question.")

    @classmethod
    def act(cls, request: Any, product: str, words: str) -> Any:
        """The question; NOT_FOUND for a product that is not on the shelf, NOT_ALLOWED before she is proved."""
        return {"question": questions.ask(product_for(request.user, product), request.user, words)}


def _faq(root: Any, info: Any, product: str) -> QuerySet[Faq]:
    return reads.faq_of(product)


class Query:
    product_faq = cache_tags(
        guarded(
            connection_field(
                FaqType,
                _faq,
                order=("-published_at", "-id"),
                description="Published questions about a product, the newest first.",
                same_for=lambda: None,
                compared=("product",),
                product=graphene.Argument(graphene.String, required=True, description=SLUG),
            ),
            PUBLIC,
        ),
        "faqs:{product}",
        "products:{product}",
    )


class Mutation:
    product_question_ask = ProductQuestionAsk.Field()
