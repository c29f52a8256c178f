"""The contest as anyone may see it: the round of today, its totals, and the board."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from math import ceil
from typing import Any

from django.db.models import F, QuerySet
from django.utils.functional import cached_property

from accounts.models import Region
from contest.models import Registration
from contest.reads.channels import Channel, Outside, platforms_of
from contest.reads.stage import reached_in
from core import clock
from core.language import Words, say
from core.money import show
from impact.models import Disclosure, Entry, Round, Standing
from impact.reads.disclosure import EXCLUDED_STEP
from impact.reads.figures import DEFINITIONS, definitions_of

# How what comes from outside platforms is counted, beside what a round's own supports say.
OF_BOTH_CHANNELS = {
    "outside": say(
        "外部平台：对账单经另一人审批的净额；这些钱不进本店的账。",
        "Outside: net on outside platforms, of statements that a second person has approved; this money is in no "
        "account here.",
    ),
    "together": say(
        "合计：本店净额加外部平台净额，两边都有的订单只算一次。",
        "Together: net here and on outside platforms; a sale that is in both is counted once.",
    ),
}
WORDS = {**DEFINITIONS, **OF_BOTH_CHANNELS}
# Teams that count as taking part.
COMPETES = (Registration.State.LIVE, Registration.State.SUSPENDED)


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
    TOGETHER = "together_minor"
    ENTRIES = "entries"


@dataclass
class PublicFigures:
    """What is told of an entry, a division or a whole round (impact.reads.figures says what each is).

    Sums are live. Counts are those of the last disclosure, None where there are fewer than ten.
    """

    entries: int = 0
    net_minor: int = 0
    mobilised_minor: int = 0
    person_times: int | None = None
    people: int | None = None
    organisations: int | None = None
    excluded_minor: int | None = None
    is_final: bool = False
    are_times_exact: bool = False
    are_people_exact: bool = False
    of_entries: list[int] = field(default_factory=list)
    outside: Outside = field(default_factory=Outside, repr=False, compare=False)

    @property
    def outside_minor(self) -> int:
        """Net on all outside platforms, in fen; read when it is first asked for, of a whole board together."""
        return self.outside.net_minor(self.of_entries)

    @property
    def together_minor(self) -> int:
        """Net of both channels, in fen; a sale that is in both is in it once."""
        return self.net_minor + self.outside_minor - self.outside.copies_minor(self.of_entries)

    def add(self, entry: Entry) -> None:
        """Add an entry's sums as they are told: those of one that stands still are of that day. One that has left or is
        disqualified is a team less, and its sums stay."""
        self.of_entries.append(entry.pk)
        self.outside.add(entry)
        standing, disclosure = _of(entry)
        self.entries += state_of(entry) in COMPETES
        if disclosure and disclosure.held_since is not None:
            self.net_minor += disclosure.held_net_minor or 0
            self.mobilised_minor += disclosure.held_mobilised_minor or 0
        elif standing:
            self.net_minor += standing.net_minor
            self.mobilised_minor += standing.called_minor

    def tell(self, disclosure: Disclosure | None) -> None:
        """Tell the counts that were disclosed of this cell; they are no sums of others."""
        if disclosure:
            self.person_times, self.people = disclosure.person_times, disclosure.people
            self.organisations, self.excluded_minor = disclosure.organisations, disclosure.excluded_minor
            self.is_final = disclosure.is_final
            self.are_times_exact = disclosure.are_times_exact
            self.are_people_exact = disclosure.are_people_exact


@dataclass
class Row:
    """A row of the board; `entry` is null where the row is a division. None is the rank of an entry out of competition.
    `value` is the figure by which it is ranked, in fen where it is money, and `platforms` is where it is sold outside."""

    division: Region
    figures: PublicFigures
    entry: Entry | None = None
    rank: int | None = None
    value: int = 0
    board: "Board | None" = field(default=None, repr=False, compare=False)

    @property
    def platforms(self) -> list[Channel]:
        """Each with its address; read for all rows together, when it is first asked for."""
        return self.board.platforms.get(self.entry.pk, []) if self.board and self.entry else []


@dataclass
class Board:
    """All entries or divisions of a round, ranked.

    `number` is that of the fold once the round is frozen: until then it would count the purchases.
    """

    round: Round
    rows: list[Row] = field(default_factory=list)
    row_count: int = 0
    number: int | None = None
    as_of: datetime | None = None
    counted_on: date | None = None
    outside: Outside = field(default_factory=Outside)

    @cached_property
    def platforms(self) -> dict[int, list[Channel]]:
        """The platforms on which entries of its rows sell, by the entry's key; none where the rows are divisions."""
        entries = [row.entry for row in self.rows if row.entry]
        found: dict[int, list[Channel]] = defaultdict(list)
        for one in platforms_of(entries, self.round, self.outside) if entries else ():
            found[one.entry.pk].append(one)
        return found

    @cached_property
    def reached(self) -> dict[int, Words]:
        """Into which stage entries have come, by id, where its round has several."""
        return reached_in(self.round)


def round_called(edition: str | None = None, level: Any = None, region: str | None = None) -> Round | None:
    """A round by its address, the nearest of those that it may mean; nothing said, the round of today."""
    rounds = Round.objects.select_related("edition", "region")
    if edition is not None:
        rounds = rounds.filter(edition__slug=edition)
    if level is not None:
        rounds = rounds.filter(level=level.value)
    if region is not None:
        rounds = rounds.filter(region=region)
    return _nearest(rounds)


def round_now() -> Round | None:
    """The round of today: the one that is open, else settling, else the last that froze, else the next."""
    return _nearest(Round.objects.select_related("edition", "region"))


def _nearest(rounds: QuerySet[Round]) -> Round | None:
    now = clock.now()
    order = (Round.Phase.OPEN, Round.Phase.SETTLING, Round.Phase.FROZEN, Round.Phase.COMING)

    def nearness(found: Round) -> tuple[int, timedelta]:
        phase = found.phase(now)
        return order.index(phase), abs(now - found.opens_at)

    return min(rounds, key=nearness, default=None)


def definitions(round_: Round) -> dict[str, Words]:
    """How each figure of this round is counted."""
    return {**definitions_of(round_), **OF_BOTH_CHANNELS}


def planned(round_: Round, moment: str) -> datetime | None:
    """A moment of its plan; None where it has none, or no plan."""
    found: datetime | None = getattr(getattr(round_, "plan", None), moment, None)
    return found


def days_left(round_: Round) -> int:
    """Days until it closes, begun ones counted; 0 when it has."""
    return max(0, ceil((round_.closes_at - clock.now()) / timedelta(days=1)))


def entries_of(round_: Round) -> QuerySet[Entry]:
    """The approved entries with team, place, standing and what was disclosed."""
    approved = Entry.objects.filter(round=round_, approved_at__isnull=False)
    told = approved.annotate(part=F("registration__state"))
    return told.select_related("team__division", "team__county", "team__leader", "standing", "disclosure")


def totals(round_: Round) -> PublicFigures:
    """The round's figures: sums of its entries', and counts as disclosed of all of it."""
    found = PublicFigures()
    approved = Entry.objects.filter(round=round_, approved_at__isnull=False)
    told = approved.annotate(part=F("registration__state"))
    for entry in told.select_related("standing", "disclosure"):
        found.add(entry)
    found.tell(_disclosed(round_).get(None))
    return found


def board(round_: Round, by: By = By.ENTRY, sort: Sort = Sort.NET) -> Board:
    """The board; divisions without a sale are on it, and equal figures share a rank."""
    entries = list(entries_of(round_))
    told = [(standing, disclosure) for standing, disclosure in map(_of, entries) if standing]
    made = Board(
        round_,
        as_of=max((s.folded_at for s, d in told if s.folded_at and not (d and d.held_since)), default=None),
        counted_on=max((d.day for _, d in told if d), default=None),
    )
    if told and all(d and d.is_final for _, d in told):
        made.number = max(s.number for s, _ in told)
    if by == By.ENTRY:
        made.rows = [row_of(entry, made.outside) for entry in entries]
    else:
        made.rows = _division_rows(entries, _disclosed(round_), made.outside)
    _rank(made.rows, sort)
    for row in made.rows:
        row.board = made
    return made


def _of(entry: Entry) -> tuple[Standing | None, Disclosure | None]:
    return getattr(entry, "standing", None), getattr(entry, "disclosure", None)


def state_of(entry: Entry) -> str:
    """How its team takes part, of an entry of `entries_of`; one without a registration does."""
    return getattr(entry, "part", None) or Registration.State.LIVE


def row_of(entry: Entry, outside: Outside | None = None) -> Row:
    """An entry of `entries_of` as the board tells it, without a rank; what it brought outside is read with that of all
    that share `outside`."""
    figures = PublicFigures(outside=Outside() if outside is None else outside)
    figures.add(entry)
    figures.tell(getattr(entry, "disclosure", None))
    return Row(entry.team.division, figures, entry)


def _division_rows(
    entries: Iterable[Entry], disclosed: dict[str | None, Disclosure], outside: Outside
) -> list[Row]:
    rows: dict[str, Row] = {}
    for entry in entries:
        division = entry.team.division
        row = rows.setdefault(division.pk, Row(division, PublicFigures(outside=outside)))
        row.figures.add(entry)
    for code, row in rows.items():
        row.figures.tell(disclosed.get(code))
    return list(rows.values())


def _rank(rows: list[Row], sort: Sort) -> None:
    """By what is told, and by nothing that is not: equals share a rank, and follow each other by their numbers. Who is out
    of competition stands below, without a rank."""

    for row in rows:
        row.value = getattr(row.figures, sort.value) or 0

    def is_out(row: Row) -> bool:
        return row.entry is not None and state_of(row.entry) != Registration.State.LIVE

    rows.sort(key=lambda row: (is_out(row), -row.value, row.entry.number if row.entry else row.division.pk))
    for place, row in enumerate((row for row in rows if not is_out(row)), start=1):
        before = rows[place - 2] if place > 1 else None
        row.rank = before.rank if before and before.value == row.value else place


def _disclosed(round_: Round) -> dict[str | None, Disclosure]:
    """What was disclosed of each division, and (None) of the whole round."""
    return {row.division_id: row for row in round_.disclosures.filter(entry=None)}


def public_count(count: int | None, is_exact: bool) -> Words:
    """A count as it is told, in words."""
    if count is None:
        return say("不足 10", "fewer than 10")
    if is_exact:
        return say("{n}", "{n}", n=f"{count:,}")
    return say("{n} 以上", "{n} or more", n=f"{count:,}")


def public_excluded(minor: int | None, is_exact: bool) -> Words:
    """What is excluded of a round as it is told, in words."""
    if minor is None:
        return say("不足 10 人", "fewer than 10 people")
    if is_exact:
        return say("{n}", "{n}", n=show(minor))
    if not minor:
        return say("不足 {n}", "less than {n}", n=show(EXCLUDED_STEP))
    return say("{n} 以上", "{n} or more", n=show(minor))
