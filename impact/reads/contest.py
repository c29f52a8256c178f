"""The contest as anyone may see it: the round of today, its totals, and the board."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from math import ceil

from django.db.models import QuerySet

from accounts.models import Region
from core import clock
from core.language import Words, say
from impact.models import Entry, Round, Standing, Turnout

PHASE_WORDS: dict[str, Words] = {
    Round.Phase.COMING: say("即将开始", "Opens soon"),
    Round.Phase.OPEN: say("进行中", "Open"),
    Round.Phase.SETTLING: say("已截止，结算退款中", "Closed, refunds are settling"),
    Round.Phase.FROZEN: say("成绩已冻结", "Frozen"),
}
LEVEL_WORDS: dict[str, Words] = {
    Round.Level.PROVINCIAL: say("省级赛", "Provincial round"),
    Round.Level.NATIONAL: say("全国赛", "National round"),
}


class By(StrEnum):
    """What a row of the board is."""

    ENTRY = "entry"
    DIVISION = "division"


class Sort(StrEnum):
    """By which figure the board is ranked, the highest first."""

    NET = "net_minor"
    PERSON_TIMES = "person_times"
    PEOPLE = "people"
    ORGANISATIONS = "organisations"
    MOBILISED = "mobilised_minor"


@dataclass
class Figures:
    """Figures of an entry, a division or a whole round (impact.reads.figures says what each is)."""

    entries: int = 0
    net_minor: int = 0
    person_times: int = 0
    people: int = 0
    organisations: int = 0
    mobilised_minor: int = 0
    excluded_minor: int = 0

    def add(self, standing: Standing | None) -> None:
        """Add an entry's; people and organisations are not sums, the fold keeps them (Turnout)."""
        self.entries += 1
        if standing:
            self.net_minor += standing.net_minor
            self.person_times += standing.person_times
            self.mobilised_minor += standing.mobilised_minor
            self.excluded_minor += standing.excluded_minor


@dataclass
class Row:
    """A row of the board; `entry` is null where the row is a division."""

    division: Region
    figures: Figures
    entry: Entry | None = None
    rank: int = 0


@dataclass
class Board:
    """All entries or divisions of a round, ranked, as of a number of the fold."""

    round: Round
    rows: list[Row] = field(default_factory=list)
    number: int = 0
    as_of: datetime | None = None


def round_now() -> Round | None:
    """The round of today: the one that is open, else settling, else the last that froze, else the next."""
    now = clock.now()
    order = (Round.Phase.OPEN, Round.Phase.SETTLING, Round.Phase.FROZEN, Round.Phase.COMING)

    def nearness(found: Round) -> tuple[int, timedelta]:
        phase = found.phase(now)
        return order.index(phase), abs(now - found.opens_at)

    return min(Round.objects.select_related("edition", "region"), key=nearness, default=None)


def days_left(round_: Round) -> int:
    """Days until it closes, begun ones counted; 0 when it has."""
    return max(0, ceil((round_.closes_at - clock.now()) / timedelta(days=1)))


def entries_of(round_: Round) -> QuerySet[Entry]:
    """The approved entries with team, place and standing."""
    approved = Entry.objects.filter(round=round_, approved_at__isnull=False)
    return approved.select_related("team__division", "team__county", "team__leader", "standing")


def totals(round_: Round) -> Figures:
    """The round's figures: sums of its entries', and each person and organisation counted once."""
    found = Figures()
    for standing in Standing.objects.filter(entry__round=round_, entry__approved_at__isnull=False):
        found.add(standing)
    if turnout := _turnouts(round_).get(None):
        found.people, found.organisations = turnout.people, turnout.organisations
    return found


def board(round_: Round, by: By = By.ENTRY, sort: Sort = Sort.NET) -> Board:
    """The board; divisions without a sale are on it, and equal figures share a rank."""
    entries = list(entries_of(round_))
    standings = [s for entry in entries if (s := getattr(entry, "standing", None))]
    made = Board(
        round_,
        number=max((s.number for s in standings), default=0),
        as_of=max((s.folded_at for s in standings if s.folded_at), default=None),
    )
    if by == By.ENTRY:
        made.rows = [_entry_row(entry) for entry in entries]
    else:
        made.rows = _division_rows(entries, _turnouts(round_))
    _rank(made.rows, sort)
    return made


def _entry_row(entry: Entry) -> Row:
    figures = Figures()
    figures.add(standing := getattr(entry, "standing", None))
    if standing:
        figures.people, figures.organisations = standing.people, standing.organisations
    return Row(entry.team.division, figures, entry)


def _division_rows(entries: Iterable[Entry], turnouts: dict[str | None, Turnout]) -> list[Row]:
    rows: dict[str, Row] = {}
    for entry in entries:
        division = entry.team.division
        row = rows.setdefault(division.pk, Row(division, Figures()))
        row.figures.add(getattr(entry, "standing", None))
    for code, row in rows.items():
        if turnout := turnouts.get(code):
            row.figures.people, row.figures.organisations = turnout.people, turnout.organisations
    return list(rows.values())


def _rank(rows: list[Row], sort: Sort) -> None:
    def figure(row: Row) -> int:
        return getattr(row.figures, sort.value)

    rows.sort(key=lambda row: (-figure(row), row.entry.number if row.entry else row.division.pk))
    for place, row in enumerate(rows, start=1):
        before = rows[place - 2] if place > 1 else None
        row.rank = before.rank if before and figure(before) == figure(row) else place


def _turnouts(round_: Round) -> dict[str | None, Turnout]:
    """Different people and organisations of each division, and (None) of the whole round."""
    return {turnout.division_id: turnout for turnout in round_.turnouts.all()}
