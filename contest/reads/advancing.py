"""Who goes on from a round: by rank, or picked by its committee; and what has become of each in the next."""

from dataclasses import dataclass

from django.db.models import Q

from contest.models import Registration, Result
from contest.reads.result import published
from impact.models import Entry, Round


@dataclass(frozen=True)
class GoingOn:
    """An entry that a result sends on: at its `rank`, with the committee's `words` where it was picked; `way` is its
    team's into the next round, None until the result is final."""

    entry: Entry
    rank: int | None
    words: str = ""
    way: Registration | None = None


def going_on(result: Result) -> list[GoingOn]:
    """The best of the result, by rank, then those whom the committee picked."""
    rows = result.rows.select_related("entry__team").order_by("rank")
    ways = Registration.objects.filter(advanced_from__round=result.round_id).select_related("entry")
    way_of = {way.advanced_from_id: way for way in ways}
    ranked = {row.entry_id: row for row in rows}
    best = [GoingOn(row.entry, row.rank, way=way_of.get(row.entry_id)) for row in rows if row.advances]
    picked = [
        GoingOn(ranked[one.entry_id].entry, ranked[one.entry_id].rank, one.words, way_of.get(one.entry_id))
        for one in result.picked.all()
    ]
    return best + picked


def from_round(round_: Round) -> list[GoingOn]:
    """Those of the result that stands; none before one is published."""
    result = published(round_)
    return going_on(result) if result else []


def before_and_after(entry: Entry) -> tuple[Entry | None, Entry | None]:
    """The entry with which its team came here from another round, and the one with which it went on; None where there is
    none, or it takes no part there."""
    ways = Registration.objects.filter(Q(entry=entry) | Q(advanced_from=entry))
    came, went = None, None
    for there, before in ways.values_list("entry", "advanced_from"):
        came, went = (came, there) if before == entry.pk else (before, went)
    found = Entry.objects.filter(pk__in=[pk for pk in (came, went) if pk], approved_at__isnull=False)
    entries = {one.pk: one for one in found.select_related("round__edition")} if came or went else {}
    return entries.get(came or 0), entries.get(went or 0)
