"""An entry as anyone may see it: whose it is, in which round, and its figures as they are told."""

from django.db.models import QuerySet

from contest.reads.edition import public_editions
from core import clock
from impact.models import Entry


def entry_seen(edition: str, number: str, level: str | None = None) -> Entry | None:
    """The entry of this number in the edition: of the level that is asked for, else of its latest round that has begun.

    One that takes no part is none.
    """
    rows = Entry.objects.filter(round__edition__slug=edition, number=number, approved_at__isnull=False)
    if level is not None:
        rows = rows.filter(round__level=level)
    rows = rows.select_related(
        "round__edition", "round__region", "team__division", "team__county", "standing", "disclosure"
    )
    found = list(rows.order_by("-round__opens_at", "pk"))
    now = clock.now()
    return next((entry for entry in found if entry.round.opens_at <= now), found[-1] if found else None)


def entries_seen() -> QuerySet:
    """(edition's slug, number) of each entry that has a page."""
    rows = Entry.objects.filter(round__edition__in=public_editions(), approved_at__isnull=False)
    pairs = rows.values_list("round__edition__slug", "number")
    return pairs.order_by("round__edition__slug", "number").distinct()
