"""What outside platforms' sales add to what our own supports say of each entry.

Two channels cannot be joined: a person of one may be a person of the other. So amounts and person-times add up, while of
people, and of an area's supporters, no more are known than the larger channel's.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime

from accounts.models import Organisation
from contest.reads.counted import Caps, Counted
from contest.reads.outside import OutsideSale

Payer = str
Code = str


@dataclass
class _Channel:
    """What one platform sold for one entry. Of sales whose payer it does not name only their sum and number are known."""

    paid: dict[Payer, int] = field(default_factory=lambda: defaultdict(int))
    days: dict[Payer, set[date]] = field(default_factory=lambda: defaultdict(set))
    areas: dict[str, set[Payer]] = field(default_factory=lambda: defaultdict(set))
    called: dict[Code, int] = field(default_factory=lambda: defaultdict(int))
    unnamed_minor: int = 0
    unnamed: int = 0

    def add(self, sale: OutsideSale, home: str) -> None:
        if sale.referrer:
            self.called[sale.referrer.strip().upper()] += sale.net_minor
        if not sale.payer_key:
            self.unnamed_minor += sale.net_minor
            self.unnamed += sale.supports
            return
        self.paid[sale.payer_key] += sale.net_minor
        if sale.net_minor > 0:
            self.days[sale.payer_key].add(sale.day)
            # A platform tells the province alone: of the home province no area is known by that.
            if sale.province and sale.province[:2] != home:
                self.areas[f"{sale.province[:2]}0000"].add(sale.payer_key)


def add_outside(
    found: dict[int, Counted], sales: Iterable[OutsideSale], caps: Caps, home: str, until: datetime
) -> None:
    """Add these sales to what was counted of their entries.

    A payer's amount is capped like a person's; sales without a payer like as many persons as there were supports, and
    they are nobody's person-times.
    """
    channels: dict[tuple[int, str], _Channel] = defaultdict(_Channel)
    for sale in sales:
        if not sale.is_shadow:
            channels[sale.entry_id, sale.platform].add(sale, home)
    callers = _organisations({code for channel in channels.values() for code in channel.called}, until)
    for (entry_id, _), channel in channels.items():
        entry = found.setdefault(entry_id, Counted())
        entry.net_minor += sum(channel.paid.values()) + channel.unnamed_minor
        entry.amount_minor += sum(min(minor, caps.individual_minor) for minor in channel.paid.values())
        entry.amount_minor += min(channel.unnamed_minor, channel.unnamed * caps.individual_minor)
        entry.days += sum(min(len(days), caps.days_a_person) for days in channel.days.values())
        entry.people_most += len(channel.days) + channel.unnamed
        entry.people = max(entry.people, len(channel.days))
        for area, payers in channel.areas.items():
            entry.areas[area] = max(entry.areas.get(area, 0), len(payers))
        for code, minor in channel.called.items():
            if body := callers.get(code):
                entry.bodies[body] = entry.bodies.get(body, 0) + minor
                key = f"organisation:{body}"
                entry.callers[key] = entry.callers.get(key, 0) + minor


def _organisations(codes: set[Code], until: datetime) -> dict[Code, int]:
    """Whose codes of this shop those are. A person's is nobody's there: whether she bought by it herself cannot be known
    of a payer without a name, and it goes with her account."""
    rows = Organisation.objects.filter(mobiliser_code__in=codes, verified_at__lte=until) if codes else ()
    return {row.mobiliser_code: row.pk for row in rows}
