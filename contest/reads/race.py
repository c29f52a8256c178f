"""How a round's sums have moved, day by day: what was told live on each day, made again from the numbered supports."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db import connection

from contest.models import Registration
from contest.reads.board import entries_of, state_of
from core import clock
from impact.models import Entry, Round

# What an order was worth to its entry after each of its supports: nothing once it is known to be the team's own. The day
# of a difference is that of the round's latest purchase folded by then: so each sum is one that was told live, and a
# refund or a proof of a later day is of that day and not of the purchase's, which would tell that they belong together.
_MOVED = """
    WITH folded AS (
        SELECT s.entry_id, n.number,
               max(s.day) OVER (ORDER BY n.number) AS day,
               CASE WHEN bool_and(s.exclusion = '') OVER of_order THEN sum(s.amount_minor) OVER of_order ELSE 0 END AS worth,
               s.order_uid
        FROM impact_support s JOIN impact_supportnumber n ON n.support_id = s.id
        LEFT JOIN impact_disclosure d ON d.entry_id = s.entry_id
        WHERE s.entry_id = ANY(%(entries)s) AND (d.held_number IS NULL OR n.number <= d.held_number)
        WINDOW of_order AS (PARTITION BY s.entry_id, s.order_uid ORDER BY n.number)
    ), moved AS (
        SELECT entry_id, day, worth - coalesce(lag(worth) OVER (PARTITION BY entry_id, order_uid ORDER BY number), 0) AS by
        FROM folded
    )
    SELECT entry_id, day, sum(by)::bigint FROM moved GROUP BY entry_id, day ORDER BY day
"""


@dataclass
class Line:
    """An entry's net on each of the race's days, in fen; `rank` is by that on the last of them, None out of competition."""

    entry: Entry
    sums: list[int]
    rank: int | None = None

    @property
    def net_minor(self) -> int:
        """On the last of the days."""
        return self.sums[-1] if self.sums else 0


@dataclass
class Race:
    """A round's lines on all its days up to the one that is asked for, the highest then first."""

    days: list[date] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def race(round_: Round, day: date | None = None) -> Race:
    """Up to the end of `day`; a day that is not over yet, or none, is the last that is."""
    entries = list(entries_of(round_))
    if clock.now() < round_.opens_at:
        return Race(lines=[Line(entry, []) for entry in entries])
    first = round_.opens_at.astimezone(clock.SHANGHAI).date()
    last = min(
        round_.freezes_at.astimezone(clock.SHANGHAI).date(), date.fromordinal(clock.today().toordinal() - 1)
    )
    last = max(first, min(day, last)) if day else last
    days = [date.fromordinal(n) for n in range(first.toordinal(), last.toordinal() + 1)]
    moved = _moved([entry.pk for entry in entries])
    lines = [Line(entry, _sums(moved[entry.pk], days)) for entry in entries]
    lines.sort(key=lambda line: (_is_out(line), -line.net_minor, line.entry.number))
    _rank(lines)
    return Race(days, lines)


def _moved(entries: list[int]) -> dict[int, dict[date, int]]:
    found: dict[int, dict[date, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_MOVED, {"entries": entries})
        for entry, day, minor in cursor.fetchall():
            found[entry][day] = int(minor)
    return found


def _sums(moved: dict[date, int], days: list[date]) -> list[int]:
    sums, now = [], 0
    for day in days:
        now += moved.get(day, 0)
        sums.append(now)
    return sums


def _is_out(line: Line) -> bool:
    return state_of(line.entry) != Registration.State.LIVE


def _rank(lines: list[Line]) -> None:
    competing = [line for line in lines if not _is_out(line)]
    for place, line in enumerate(competing, start=1):
        before = competing[place - 2] if place > 1 else None
        line.rank = before.rank if before and before.net_minor == line.net_minor else place
