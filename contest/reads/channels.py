"""What an entry has gathered here and on outside platforms, apart and together, as anyone may see it."""

from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from uuid import UUID

from django.db.models import Sum

from contest.models import ImportBatch, OutsideSource, OutsideTally, ProjectMapping
from contest.reads.effective import counted
from core import clock
from impact.models import Entry, Round, Support
from impact.reads.disclosure import boundary_at

FEWEST = 10
GRADES = list(ImportBatch.Grade.values)
_SUMS = """source_id, coalesce(sum(net_minor), 0), coalesce(sum(orders), 0), array_agg(DISTINCT grade),
           array_agg(DISTINCT twin) FILTER (WHERE canonical = 'outside' AND twin IS NOT NULL)"""


@dataclass(frozen=True)
class Channel:
    """An outside platform's part. Money in fen; `supports` in tens until the freeze, None under ten; `grade` is that of the
    weakest evidence in it, None where nothing counts yet; `url` leads there with this shop named as the referrer."""

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
    held = boundary_at(disclosure.held_since) if disclosure and disclosure.held_since else None
    here = (disclosure.held_net_minor or 0) if disclosure and held else standing.net_minor if standing else 0
    is_final = entry.round.phase(clock.now()) == Round.Phase.FROZEN
    mapped = ProjectMapping.objects.filter(entry=entry, approved_at__isnull=False, withdrawn_at=None)
    mapped = mapped.select_related("source").order_by("source__platform")
    sums = _sums(
        entry, held, any(mapping.canonical == ProjectMapping.Canonical.OUTSIDE for mapping in mapped)
    )
    made = []
    for mapping in mapped:
        net, supports, grades, _ = sums.get(mapping.source_id, (0, 0, [], None))
        made.append(
            Channel(
                mapping.source,
                int(net),
                public_supports(int(supports), is_final),
                ImportBatch.Grade(max(grades, key=GRADES.index)) if grades else None,
                outbound(mapping.url, entry),
            )
        )
    outside = sum(int(net) for net, *_ in sums.values())
    copies = [UUID(str(order)) for *_, orders in sums.values() for order in orders or ()]
    return Channels(here, outside, here + outside - _net_here(entry, copies, held), made)


def _sums(entry: Entry, held: datetime | None, has_copies: bool) -> dict[int, tuple]:
    """By platform, as `_SUMS`: from what was summed when it last changed, and from all sales only where that does not say
    it, of a past day and of copies that count there."""
    if held or has_copies:
        found = counted(
            entry.round, held or clock.now(), _SUMS, entries=[entry.pk], tail="GROUP BY source_id"
        )
        return {source: tuple(rest) for source, *rest in found}
    return {
        tally.source_id: (tally.net_minor, tally.supports, [tally.grade], None)
        for tally in OutsideTally.objects.filter(entry=entry)
    }


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


def _net_here(entry: Entry, copies: list[UUID], until: datetime | None) -> int:
    """What counts here of orders that are copies of a platform's sales."""
    if not copies:
        return 0
    rows = Support.objects.filter(entry=entry, order_uid__in=copies, exclusion="")
    rows = rows.filter(at__lte=until) if until else rows
    return int(rows.aggregate(net=Sum("amount_minor"))["net"] or 0)
