"""How a round's sums have moved, day by day: what was told live on each day, as the fold has kept it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import connection
from django.utils.functional import cached_property

from contest.models import Registration
from contest.reads.board import entries_of, state_of
from core import clock
from impact.models import Entry, Round, StandingDay

# An entry at a time, from its last day backwards: how long a round has run costs nothing.
_LAST = """
    SELECT d.entry_id, d.net_minor, d.number FROM unnest(%(entries)s::bigint[]) AS e (id) CROSS JOIN LATERAL (
        SELECT * FROM impact_standingday WHERE entry_id = e.id AND day <= %(day)s ORDER BY day DESC LIMIT 1) AS d
"""


@dataclass
class Line:
    """An entry's net on the last of the race's days, in fen; `rank` is by that, None out of competition."""

    entry: Entry
    net_minor: int = 0
    rank: int | None = None
    race: "Race | None" = field(default=None, repr=False)

    @property
    def sums(self) -> list[int]:
        """Its net at the end of each of the days, in fen."""
        return self.race.sums_of[self.entry.pk] if self.race else []


@dataclass
class Race:
    """A round's lines on all its days up to the one that is asked for, the highest then first."""

    days: list[date] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)

    @cached_property
    def sums_of(self) -> dict[int, list[int]]:
        """Of each line that is left here, by its entry's id: read for all of them when one is asked for."""
        entries = {line.entry.pk: line.entry for line in self.lines}
        found: dict[int, dict[date, int]] = defaultdict(dict)
        kept = StandingDay.objects.filter(entry__in=entries, day__lte=max(self.days, default=date.min))
        for pk, day, net, number in kept.values_list("entry", "day", "net_minor", "number"):
            found[pk][day] = _public_net(entries[pk], net, number)
        return {pk: _carried(found[pk], self.days) for pk in entries}


def race(round_: Round, day: date | None = None) -> Race:
    """Up to the end of `day`; a day that is not over yet, or none, is the last that is."""
    entries = {entry.pk: entry for entry in entries_of(round_)}
    if clock.now() < round_.opens_at:
        return Race(lines=[Line(entry) for entry in entries.values()])
    first = round_.opens_at.astimezone(clock.SHANGHAI).date()
    last = min(
        round_.freezes_at.astimezone(clock.SHANGHAI).date(), date.fromordinal(clock.today().toordinal() - 1)
    )
    last = max(first, min(day, last)) if day else last
    days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    nets = _nets(entries, days[-1]) if days else {}
    lines = [Line(entry, nets.get(pk, 0)) for pk, entry in entries.items()]
    lines.sort(key=lambda line: (_is_out(line), -line.net_minor, line.entry.number))
    _rank(lines)
    made = Race(days, lines)
    for line in lines:
        line.race = made
    return made


def _nets(entries: dict[int, Entry], day: date) -> dict[int, int]:
    with connection.cursor() as cursor:
        cursor.execute(_LAST, {"entries": list(entries), "day": day})
        return {pk: _public_net(entries[pk], net, number) for pk, net, number in cursor.fetchall()}


def _public_net(entry: Entry, net_minor: int, number: int) -> int:
    """An entry that stands still is told as it was then, on that day and after it."""
    disclosure = getattr(entry, "disclosure", None)
    if disclosure is None or disclosure.held_number is None or number <= disclosure.held_number:
        return net_minor
    return int(disclosure.held_net_minor or 0)


def _carried(nets: dict[date, int], days: Sequence[date]) -> list[int]:
    """A day on which nothing moved is as the one before."""
    sums, now = [], 0
    for day in days:
        now = nets.get(day, now)
        sums.append(now)
    return sums


def _is_out(line: Line) -> bool:
    return state_of(line.entry) != Registration.State.LIVE


def _rank(lines: list[Line]) -> None:
    competing = [line for line in lines if not _is_out(line)]
    for place, line in enumerate(competing, start=1):
        before = competing[place - 2] if place > 1 else None
        line.rank = before.rank if before and before.net_minor == line.net_minor else place
