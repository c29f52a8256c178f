"""What entries have gathered here and on outside platforms, apart and together, as anyone may see it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.utils.functional import cached_property

from contest.models import ImportBatch, OutsideSource, OutsideTally, ProjectMapping
from contest.reads.effective import counted, counted_until
from core import clock
from impact.models import Entry, Round, Support
from impact.reads.disclosure import boundary_at

FEWEST = 10
GRADES = list(ImportBatch.Grade.values)
_SUMS = """entry_id, source_id, coalesce(sum(net_minor), 0), coalesce(sum(orders), 0), array_agg(DISTINCT grade),
           array_agg(DISTINCT twin) FILTER (WHERE canonical = 'outside' AND twin IS NOT NULL)"""


class Brought(NamedTuple):
    """What one platform has brought one entry; `copies` are orders of this shop that are sales of the platform's and count
    there, and `grade` is that of the weakest evidence."""

    net_minor: int
    supports: int
    grade: str
    copies: frozenset[UUID]


class Outside:
    """What platforms have brought the entries that were added, read together when it is first asked for.

    It is as their tallies say; of an entry that stands still, as of that day.
    """

    def __init__(self, *entries: Entry) -> None:
        self._entries: dict[int, Entry] = {}
        for entry in entries:
            self.add(entry)

    def add(self, entry: Entry) -> None:
        """One more; before the first question."""
        self._entries[entry.pk] = entry

    def of(self, entry: int) -> dict[int, Brought]:
        """By the platform's key."""
        return self._found.get(entry, {})

    def net_minor(self, entries: Iterable[int]) -> int:
        """On all platforms, in fen."""
        return sum(one.net_minor for entry in entries for one in self.of(entry).values())

    def copies_minor(self, entries: Iterable[int]) -> int:
        """What counts here of orders that are copies of a platform's sales: in the sum of both it is once."""
        return sum(self._copies.get(entry, 0) for entry in entries)

    @cached_property
    def _found(self) -> dict[int, dict[int, Brought]]:
        found: dict[int, dict[int, Brought]] = defaultdict(dict)
        moments = {pk: held for pk, entry in self._entries.items() if (held := _held_since(entry))}
        for tally in OutsideTally.objects.filter(entry__in=list(self._entries)):
            if tally.copies is None:
                moments.setdefault(tally.entry_id, counted_until(self._entries[tally.entry_id].round))
            else:
                made = Brought(tally.net_minor, tally.supports, tally.grade, frozenset(tally.copies))
                found[tally.entry_id][tally.source_id] = made
        for pk, until in moments.items():
            found[pk] = _as_of(self._entries[pk], until)
        return found

    @cached_property
    def _copies(self) -> dict[int, int]:
        pairs = {
            (pk, order) for pk, found in self._found.items() for one in found.values() for order in one.copies
        }
        if not pairs:
            return {}
        rows = Support.objects.filter(
            entry__in={pk for pk, _ in pairs}, order_uid__in={order for _, order in pairs}, exclusion=""
        )
        sums: dict[int, int] = defaultdict(int)
        for pk, order, at, minor in rows.values_list("entry", "order_uid", "at", "amount_minor"):
            held = _held_since(self._entries[pk])
            if (pk, order) in pairs and (held is None or at <= held):
                sums[pk] += minor
        return sums


def _held_since(entry: Entry) -> datetime | None:
    """The moment as of which an entry stands still; None where it does not."""
    disclosure = getattr(entry, "disclosure", None)
    return boundary_at(disclosure.held_since) if disclosure and disclosure.held_since else None


def _as_of(entry: Entry, until: datetime) -> dict[int, Brought]:
    rows = counted(entry.round, until, _SUMS, entries=[entry.pk], tail="GROUP BY entry_id, source_id")
    return {
        source: Brought(int(net), int(supports), max(grades, key=GRADES.index), _uids(copies))
        for _, source, net, supports, grades, copies in rows
    }


def _uids(copies: list[UUID | str] | None) -> frozenset[UUID]:
    return frozenset(UUID(str(one)) for one in copies or ())


@dataclass(frozen=True)
class Channel:
    """An outside platform's part in an entry. Money in fen; `supports` in tens until the freeze, None under ten; `grade` is
    that of the weakest evidence in it, None where nothing counts yet; `url` leads there with this shop named as the
    referrer."""

    entry: Entry
    source: OutsideSource
    net_minor: int = 0
    supports: int | None = None
    grade: ImportBatch.Grade | None = None
    url: str = ""


@dataclass(frozen=True)
class Channels:
    """An entry's net here, on all platforms, and together; what is in both channels is in the sum once."""

    here_minor: int
    outside_minor: int
    together_minor: int
    channels: list[Channel] = field(default_factory=list)


def channels(entry: Entry) -> Channels:
    """Both channels of an approved entry; those of one that stands still are as of that day."""
    standing, disclosure = getattr(entry, "standing", None), getattr(entry, "disclosure", None)
    held = _held_since(entry)
    here = (disclosure.held_net_minor or 0) if disclosure and held else standing.net_minor if standing else 0
    outside = Outside(entry)
    net = outside.net_minor([entry.pk])
    return Channels(
        here, net, here + net - outside.copies_minor([entry.pk]), platforms_of([entry], entry.round, outside)
    )


def platforms_of(entries: Iterable[Entry], round_: Round, outside: Outside) -> list[Channel]:
    """Each platform on which one of these entries of the round sells, by entry in their order."""
    by_key = {entry.pk: entry for entry in entries}
    mapped = ProjectMapping.objects.filter(
        entry__in=list(by_key), approved_at__isnull=False, withdrawn_at=None
    ).select_related("source")
    place = {pk: n for n, pk in enumerate(by_key)}
    is_final = round_.phase(clock.now()) == Round.Phase.FROZEN
    made = []
    for one in sorted(mapped, key=lambda row: (place[row.entry_id or 0], row.source.platform)):
        entry = by_key[one.entry_id or 0]
        brought = outside.of(entry.pk).get(one.source_id)
        url = outbound(one.url, entry)
        if brought is None:
            made.append(Channel(entry, one.source, url=url))
        else:
            supports = public_supports(brought.supports, is_final)
            grade = ImportBatch.Grade(brought.grade)
            made.append(Channel(entry, one.source, brought.net_minor, supports, grade, url))
    return made


def public_supports(count: int, is_final: bool) -> int | None:
    """As it is told: None under ten, in tens while the round is open."""
    if count < FEWEST:
        return None
    return count if is_final else count // 10 * 10


def outbound(url: str, entry: Entry) -> str:
    """The platform's address with this shop and the entry named as where one comes from; empty where there is none."""
    if not url:
        return ""
    parts = urlsplit(url)
    query = [
        *parse_qsl(parts.query, keep_blank_values=True),
        ("utm_source", "sheaf"),
        ("utm_campaign", entry.number),
    ]
    return urlunsplit(parts._replace(query=urlencode(query)))
