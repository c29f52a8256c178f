"""What outside platforms' sales add to what our own supports say of each entry.

Two channels cannot be joined: a person of one may be a person of the other. So amounts and person-times add up, while of
people, and of an area's supporters, no more are known than the larger channel's.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from accounts.models import Organisation, Person
from catalog.models import TeamMember
from contest.reads.counted import Caps, Counted
from contest.reads.outside import OutsideSale
from impact.models import Entry

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


def add_outside(found: dict[int, Counted], sales: Iterable[OutsideSale], caps: Caps, home: str) -> None:
    """Add these sales to what was counted of their entries.

    A payer's amount is capped like a person's; sales without a payer like as many persons as there were supports, and
    they are nobody's person-times.
    """
    channels: dict[tuple[int, str], _Channel] = defaultdict(_Channel)
    for sale in sales:
        if not sale.is_shadow:
            channels[sale.entry_id, sale.platform].add(sale, home)
    callers = _callers({entry: channel.called for (entry, _), channel in channels.items() if channel.called})
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
            _call(entry, callers.get((entry_id, code)), minor)


def _call(entry: Counted, caller: Organisation | Person | None, minor: int) -> None:
    if isinstance(caller, Organisation):
        key = f"organisation:{caller.pk}"
        entry.bodies[caller.pk] = entry.bodies.get(caller.pk, 0) + minor
    elif caller is not None:
        key = f"person:{caller.pk}"
    else:
        return
    entry.callers[key] = entry.callers.get(key, 0) + minor


def _callers(codes_of: dict[int, dict[Code, int]]) -> dict[tuple[int, Code], Organisation | Person]:
    """Whose codes of this shop those are; a code of a team's own people calls for nobody there."""
    codes = {code for called in codes_of.values() for code in called}
    if not codes:
        return {}
    people = {p.mobiliser_code: p for p in Person.objects.filter(mobiliser_code__in=codes)}
    bodies = Organisation.objects.filter(mobiliser_code__in=codes, verified_at__isnull=False)
    known: dict[Code, Organisation | Person] = {**people, **{o.mobiliser_code: o for o in bodies}}
    teams = dict(Entry.objects.filter(pk__in=codes_of).values_list("pk", "team_id"))
    own = set(
        TeamMember.objects.filter(team__in=teams.values(), person__in=people.values()).values_list(
            "team_id", "person_id"
        )
    )
    return {
        (entry, code): caller
        for entry, called in codes_of.items()
        for code in called
        if (caller := known.get(code))
        and not (isinstance(caller, Person) and (teams[entry], caller.pk) in own)
    }
