"""Tell who supports an edition, by type: made when the counts of its rounds are, and from the same supports."""

from dataclasses import asdict
from datetime import date

from contest.models import DisclosedSupporters
from contest.reads import supporters
from impact.models import Disclosure, Edition


def disclose_supporters() -> int:
    """Of each edition whose counts were told anew since; returns of how many."""
    told = Disclosure.objects.filter(entry=None, division=None)
    editions = Edition.objects.filter(rounds__disclosures__in=told).distinct().order_by("pk")
    return sum(_tell(edition) for edition in editions)


def _tell(edition: Edition) -> bool:
    rows = list(Disclosure.objects.filter(round__edition=edition, entry=None, division=None))
    state: tuple[date, int, bool] = (
        max(row.day for row in rows),
        max(row.number for row in rows),
        all(row.is_final for row in rows),
    )
    last = (
        DisclosedSupporters.objects.filter(edition=edition).values_list("day", "number", "is_final").first()
    )
    if last == state:
        return False
    day, number, is_final = state
    rounds = edition.rounds.filter(pk__in=[row.round_id for row in rows])
    found = supporters.disclosed(supporters.by_type(rounds, number, is_public=True), is_final)
    DisclosedSupporters.objects.update_or_create(
        edition=edition,
        defaults={"day": day, "number": number, "is_final": is_final, "rows": [asdict(row) for row in found]},
    )
    return True
