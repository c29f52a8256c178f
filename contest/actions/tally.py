"""What platforms have brought each entry, summed anew whenever a statement, a mapping, a pair or its entry's leaving changes it."""

from django.utils import timezone

from catalog.models import Team
from contest.models import ImportBatch, OutsideSource, OutsideTally
from contest.reads.effective import counted, counted_until, effective
from core import clock
from impact.models import Round

GRADES = list(ImportBatch.Grade.values)
_SUMS = """entry_id, coalesce(sum(net_minor), 0), coalesce(sum(orders), 0),
           coalesce(sum(likes) FILTER (WHERE NOT is_shadow), 0), count(*), array_agg(DISTINCT grade),
           array_agg(DISTINCT twin) FILTER (WHERE canonical = 'outside' AND twin IS NOT NULL)"""


def locked(source: OutsideSource) -> OutsideSource:
    """The platform, held until the transaction ends: what counts of it changes once at a time."""
    return OutsideSource.objects.select_for_update().get(pk=source.pk)


def locked_of(round_: Round, team: Team) -> list[OutsideSource]:
    """The platforms that have a project of this team in the round, each held as above; before its entry is."""
    bringing = OutsideSource.objects.filter(mappings__round=round_, mappings__entry__team=team).values("pk")
    return list(OutsideSource.objects.select_for_update().filter(pk__in=bringing).order_by("pk"))


def retally(round_: Round, source: OutsideSource) -> None:
    """Sum a platform's sales in a round, and say which of its statements still hold something; the platform is locked."""
    found = counted(round_, counted_until(round_), _SUMS, source=source.pk, tail="GROUP BY entry_id")
    OutsideTally.objects.filter(entry__round=round_, source=source).delete()
    OutsideTally.objects.bulk_create(
        OutsideTally(
            entry_id=entry,
            source=source,
            net_minor=net,
            supports=supports,
            likes=likes,
            sales=sales,
            grade=max(grades, key=GRADES.index),
            copies=copies or [],
            made_at=timezone.now(),
        )
        for entry, net, supports, likes, sales, grades, copies in found
    )
    _supersede(round_, source)


def _supersede(round_: Round, source: OutsideSource) -> None:
    """One of which no row is the latest of its sale was superseded; where a later one was rolled back, it counts again.
    The last full statement counts by what it is without, too."""
    state = ImportBatch.State
    holding = {row[0] for row in effective(round_, clock.now(), "DISTINCT batch_id", source=source.pk)}
    standing = ImportBatch.objects.filter(
        round=round_, source=source, state__in=(state.APPLIED, state.SUPERSEDED)
    )
    full = standing.filter(scope=ImportBatch.Scope.FULL).order_by("stated_on", "applied_at", "pk").last()
    for batch in standing:
        goal = state.APPLIED if batch.pk in holding or batch == full else state.SUPERSEDED
        if batch.state != goal:
            batch.move_to(goal)
