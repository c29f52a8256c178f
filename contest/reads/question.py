"""What everybody may read of the questions about an edition."""

from django.db.models import QuerySet

from accounts.models import Faq
from accounts.questions import published, with_words


def faq_of(edition_slug: str, search: str = "") -> QuerySet[Faq]:
    """Published questions about an edition with these words, the newest first."""
    rows = published().filter(question__of_edition__edition__slug=edition_slug)
    return with_words(rows, search)
