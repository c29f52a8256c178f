"""What the calendar does to papers: their team is told before they run out, and what may not be sold without one leaves the
shelf on the day after its last (decision 0076)."""

from django.db import transaction

from catalog.actions import listing
from catalog.events import PaperRunsOut
from catalog.models import Certificate, Product
from catalog.reads import papers
from core import language, outbox
from core.language import say
from core.refusals import Conflict


def warn() -> int:
    """Tell each team once thirty days before a paper's last, and once seven before; how many were told of."""
    count = 0
    # The nearer first: what has fewer than seven days left when it is first seen is told of once.
    for days in sorted(papers.WARNED_AT):
        for paper in papers.unwarned(days):
            with transaction.atomic():
                mine = Certificate.objects.filter(pk=paper.pk, warned_days=paper.warned_days)
                # Of two beats that see it at one moment, one finds the row as it was.
                if mine.update(warned_days=days):
                    outbox.record(PaperRunsOut(paper.pk, days))
                    count += 1
    return count


def take_off() -> int:
    """Hold what stands on the shelf without a paper that it needs; its team is told why. How many."""
    count = 0
    for product in papers.with_lapsed():
        with transaction.atomic():
            row = Product.objects.select_for_update(of=("self",), no_key=True).get(pk=product.pk)
            gone = papers.lapsed(row, seen_alone=True)
            if not (gone and row.is_published):
                continue
            try:
                listing.suspend(row, None, reason_of(gone))
            except Conflict:  # it left the shelf meanwhile
                continue
            count += 1
    return count


def reason_of(gone: list[Certificate]) -> str:
    """Which papers have run out, in both languages: who reads it is not known yet."""
    return " ".join("；".join(_said(one, code) for one in gone)[:180] for code in language.LANGUAGES)


def _said(paper: Certificate, code: str) -> str:
    return say(
        "{kind}（{number}）{day} 到期，自动下架。加上新的，运营人员看过再上架。",
        "{kind} {number} ran out on {day}: taken off the shelf. Add the new one; an operator puts it back.",
        kind=Certificate.Kind(paper.kind).words,
        number=paper.number,
        day=paper.expires_on.isoformat(),
    ).in_language(code)


def turn() -> int:
    """For beat."""
    return warn() + take_off()
