"""What everybody may read of questions about a product, and those that wait at a team's desk."""

from typing import Any

from django.db.models import QuerySet

from accounts.models import Faq, Question
from accounts.questions import published, questions_for
from catalog.models import Team


def faq_of(product_slug: str) -> QuerySet[Faq]:
    """Published questions about a product, the newest first."""
    return published().filter(question__of_product__product__slug=product_slug)


def at_desk(team: Team, person: Any) -> QuerySet[Question]:
    """Those to this team that are hers to answer."""
    return questions_for(person).filter(subject=team.uid)
