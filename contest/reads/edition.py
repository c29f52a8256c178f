"""Editions as everybody may know them: those that have a round."""

from django.db.models import QuerySet

from core.refusals import first_or_refuse
from impact.models import Edition


def public_editions() -> QuerySet[Edition]:
    """The newest first; one without a round is not told of yet."""
    return Edition.objects.filter(rounds__isnull=False).distinct().order_by("-ordinal", "-pk")


def edition_called(slug: str, field: str = "edition") -> Edition:
    """The edition of this slug."""
    found: Edition = first_or_refuse(public_editions().filter(slug=slug), field)
    return found
