"""Questions about an edition: asked by whoever is signed in, and what everybody may read."""

from typing import Any

import graphene
from django.db.models import QuerySet

from accounts.api.question import FaqType, QuestionType
from accounts.models import Faq
from contest.actions import question as questions
from contest.reads import edition as editions
from contest.reads import question as reads
from core.api.access import PUBLIC, SIGNED_IN
from core.api.act import Act
from core.api.connections import connection_field
from core.api.facts import guarded

SLUG = "The edition's slug."


def _faq(root: Any, info: Any, edition: str, search: str = "") -> QuerySet[Faq]:
    return reads.faq_of(edition, search or "")


class EditionQuestionAsk(Act):
    """Ask about an edition's rules, registration or training; answered within 48 hours."""

    class Meta:
        access = SIGNED_IN
        rate = (10, 60)

    class Input:
        edition = graphene.String(required=True, description=SLUG)
        words = graphene.String(required=True, description="At most 1,000 characters.")

    question = graphene.Field(QuestionType, description="The question.")

    @classmethod
    def act(cls, request: Any, edition: str, words: str) -> Any:
        """The question; NOT_FOUND for an edition that does not exist, NOT_ALLOWED before her mailbox is proved."""
        return {"question": questions.ask(editions.edition_called(edition), request.user, words)}


class Query:
    edition_faq = guarded(
        connection_field(
            FaqType,
            _faq,
            order=("-published_at", "-id"),
            description="Published questions about an edition, the newest first.",
            edition=graphene.Argument(graphene.String, required=True, description=SLUG),
            search=graphene.Argument(graphene.String, description="Words in question or answer."),
        ),
        PUBLIC,
    )


class Mutation:
    edition_question_ask = EditionQuestionAsk.Field()
