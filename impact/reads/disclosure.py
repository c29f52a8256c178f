"""What the public is told of the contest's counts, and of how many households stand behind a team.

Sums of money are told live. Counts of people, person-times and organisations, and what is excluded, are told as of
the last boundary (04:00 in Shanghai): in tens and never under ten while a round may still move, exactly once it is
frozen, and then too only where ten persons stand behind them; organisations exactly then, however few, and until then
a ten of them that was told stays. What is excluded is told of a whole round alone, in thousands of yuan until the
freeze: of one entry it is one named person's.

A division's or the round's count is not to give one entry's back by subtraction. Entries under ten are in it only
where two of them or more are, with ten persons together; otherwise it counts the others alone. From the freeze on it
is exact where no entry of it is under ten, else in tens.

An entry whose households fell under ten is counted up to the boundary from which it stands still.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from core import clock
from impact.models import Round
from impact.reads.figures import BODIES, BOUGHT, LEAST_OF_AN_ORGANISATION
from impact.reads.household import FEWEST

STEP = 10
EXCLUDED_STEP = 100_000  # fen
HOUR = timedelta(hours=4)  # counts move when few are buying


def boundary_of(now: datetime) -> date:
    """The day of the last boundary by the trade's clock."""
    return (now.astimezone(clock.SHANGHAI) - HOUR).date()


def today() -> date:
    """The day of the last boundary."""
    return boundary_of(clock.now())


def boundary_at(day: date) -> datetime:
    """The moment of a day's boundary."""
    return datetime.combine(day, datetime.min.time(), clock.SHANGHAI) + HOUR


@dataclass(frozen=True)
class Counts:
    """What is told of a cell; None is fewer than ten, and what is not exact is "so many or more"."""

    person_times: int | None = None
    people: int | None = None
    organisations: int | None = None
    excluded_minor: int | None = None
    are_times_exact: bool = False
    are_people_exact: bool = False


Disclosed = tuple[int | None, bool]  # what is told, and whether it is exact


@dataclass
class _Place:
    """A division, or all of a round, as its entries make it up."""

    times_of_disclosed: int = 0
    times_of_few: int = 0
    entries_with_few_times: int = 0
    entries_with_few_people: int = 0


# An entry (its disclosure is there before it is counted) stands still at `held_number`.
_BOUGHT = f"""
    bought AS (
        {BOUGHT} JOIN impact_disclosure d ON d.entry_id = s.entry_id
        WHERE d.round_id = %(round)s AND n.number <= least(%(number)s, d.held_number)
        GROUP BY s.entry_id, s.order_uid
    ), placed AS (
        SELECT bought.*, t.division_id FROM bought JOIN impact_entry e ON e.id = bought.entry_id
        JOIN catalog_team t ON t.id = e.team_id
    )
"""
_PERSONS = f"""
    {_BOUGHT}, persons AS (
        SELECT entry_id, division_id, person_key, least(count(DISTINCT day), %(days)s) AS times
        FROM placed WHERE counts AND net > 0 AND is_known GROUP BY entry_id, division_id, person_key
    )
"""
_OF_ENTRIES = f"""
    WITH {_PERSONS} SELECT entry_id, division_id, sum(times)::bigint, count(*) FROM persons GROUP BY entry_id, division_id
"""
_PEOPLE = f"""
    WITH {_PERSONS}, sized AS (
        SELECT *, count(*) OVER (PARTITION BY entry_id) >= {FEWEST} AS is_told FROM persons
    )
    SELECT division_id, is_told, count(DISTINCT person_key) FROM sized
    GROUP BY GROUPING SETS ((division_id, is_told), (is_told), (division_id), ())
"""
_ORGANISATIONS = f"""
    WITH {_BOUGHT}, bodies AS (
        SELECT entry_id, division_id, body FROM placed {BODIES}
        WHERE counts AND net > 0 AND body IS NOT NULL
        GROUP BY entry_id, division_id, body
        HAVING sum(net) >= {LEAST_OF_AN_ORGANISATION}
    )
    SELECT entry_id, division_id, count(*) FROM bodies GROUP BY entry_id, division_id
"""
_EXCLUDED = f"""
    WITH {_BOUGHT} SELECT coalesce(sum(net), 0)::bigint, count(DISTINCT person_key) FROM placed
    WHERE NOT counts AND net > 0
"""
# The same whatever was given back since: as many as there can ever have been.
_ORGANISATIONS_EVER = f"""
    WITH bodies AS (
        SELECT s.entry_id, t.division_id, body FROM impact_support s
        JOIN impact_supportnumber n ON n.support_id = s.id JOIN impact_entry e ON e.id = s.entry_id
        JOIN catalog_team t ON t.id = e.team_id {BODIES}
        WHERE e.round_id = %(round)s AND n.number <= %(number)s AND s.amount_minor > 0 AND body IS NOT NULL
        GROUP BY s.entry_id, t.division_id, body HAVING sum(s.amount_minor) >= {LEAST_OF_AN_ORGANISATION}
    )
    SELECT entry_id, division_id, count(*) FROM bodies GROUP BY entry_id, division_id
"""
Cell = tuple[int | None, str | None]  # (entry, None), (None, division) or (None, None): the round


def counts_of(round_: Round, number: int, is_final: bool) -> dict[Cell, Counts]:
    """What is told of each cell of a round in which somebody bought, counted from its supports up to a number."""
    bounds = {"round": round_.pk, "number": number, "days": round_.days_a_person}
    of_entries = list(_rows(_OF_ENTRIES, bounds))
    people = {(division, is_disclosed): n for division, is_disclosed, n in _rows(_PEOPLE, bounds)}
    bodies = _bodies(_ORGANISATIONS, bounds)

    places: dict[str | None, _Place] = {None: _Place()}
    times_disclosed: dict[Cell, Disclosed] = {}
    people_disclosed: dict[Cell, Disclosed] = {}
    for entry, division, times, persons in of_entries:
        times_disclosed[entry, None], people_disclosed[entry, None] = (
            _disclosed(times, is_final),
            _disclosed(persons, is_final),
        )
        for place in (places[None], places.setdefault(division, _Place())):
            _add(place, times, persons)
    for division, place in places.items():
        times_disclosed[None, division] = _disclosed_of_place(
            place.times_of_disclosed, place.times_of_few, place.entries_with_few_times, is_final
        )
        people_disclosed[None, division] = _disclosed_of_place(
            people.get((division, True), 0),
            people.get((division, False), 0),
            place.entries_with_few_people,
            is_final,
            people.get((division, None), 0),
        )
    excluded = _excluded(bounds, is_final)
    found: dict[Cell, Counts] = {}
    for cell in {*times_disclosed, *bodies, *(_cells(round_) if is_final else ())}:
        (times, are_times_exact), (persons, are_people_exact) = (
            cells.get(cell, (None, False)) for cells in (times_disclosed, people_disclosed)
        )
        organisations = bodies.get(cell, 0)
        # Of a place that may still move it is what its entries are told to have: public_bodies.
        is_counted = is_final or cell[0] is not None
        found[cell] = Counts(
            times,
            persons,
            organisations if is_final else _disclosed(organisations, False)[0] if is_counted else None,
            excluded if cell == (None, None) else None,
            are_times_exact,
            are_people_exact,
        )
    return found


def public_bodies(of_entries: Mapping[tuple[int, str], int | None]) -> dict[Cell, int]:
    """Of a division, and of the round, that may still move: the sum of what its entries, by (entry, division), are told to
    have. A ten of its own would be one more that a single purchase by somebody's code turns."""
    found: dict[Cell, int] = {}
    for (_, division), n in of_entries.items():
        for place in (division, None):
            found[None, place] = found.get((None, place), 0) + (n or 0)
    return {cell: n for cell, n in found.items() if n}


def bodies_ever(round_: Round, number: int) -> dict[Cell, int]:
    """As `_bodies`, of all that were ever enough: a ten that was told of a round stays until its freeze."""
    return _bodies(_ORGANISATIONS_EVER, {"round": round_.pk, "number": number})


def _bodies(sql: str, bounds: dict[str, int]) -> dict[Cell, int]:
    """Of an entry its different organisations; of a division and the round their sum.

    Counted once over several entries, an organisation that is known to support one (anybody may buy by its code)
    would tell of another whether it is the one that stands behind it.
    """
    found: dict[Cell, int] = {}
    for entry, division, n in _rows(sql, bounds):
        found[entry, None] = n
        for place in (division, None):
            found[None, place] = found.get((None, place), 0) + n
    return found


def _cells(round_: Round) -> Iterable[Cell]:
    # Frozen, a cell without an organisation says so: "0" and not "fewer than ten".
    return round_.disclosures.values_list("entry_id", "division_id")


def _excluded(bounds: dict[str, int], is_final: bool) -> int | None:
    ((excluded, persons),) = _rows(_EXCLUDED, bounds)
    if persons < FEWEST:
        return None
    return excluded if is_final else excluded // EXCLUDED_STEP * EXCLUDED_STEP


def _rows(sql: str, bounds: dict[str, int]) -> Iterable[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(sql, bounds)
        return cursor.fetchall()


def _add(place: _Place, times: int, persons: int) -> None:
    if times < FEWEST:
        place.times_of_few += times
        place.entries_with_few_times += 1
    else:
        place.times_of_disclosed += times
    place.entries_with_few_people += persons < FEWEST


def _disclosed(count: int, is_exact: bool) -> Disclosed:
    if count < FEWEST:
        return None, False
    return (count, True) if is_exact else (count // STEP * STEP, False)


def _disclosed_of_place(
    enough: int, few: int, entries: int, is_final: bool, both: int | None = None
) -> Disclosed:
    """`enough` are in entries of ten and more, `few` in `entries` under ten; `both` together, where that is no sum."""
    if not entries:
        return _disclosed(enough, is_final)
    if entries >= 2 and few >= FEWEST:
        enough = enough + few if both is None else both
    return _disclosed(enough, False)
