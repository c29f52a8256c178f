"""I6: what is told of counts is what its supports say; an entry under ten stands still."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import timedelta

from core import clock
from core.verify import Offence, rows_of
from impact.models import Disclosure, Entry, Household, Round, SupportNumber
from impact.reads.disclosure import (
    HOUR,
    STEP,
    Cell,
    Counts,
    bodies_ever,
    boundary_at,
    counts_of,
    public_bodies,
    today,
)
from impact.reads.figures import figures_of
from impact.reads.household import FEWEST

# So long after a boundary what is due by it may still be under way.
GRACE = timedelta(minutes=10)
# At the last boundary, or when what is told was made after it. A team is asked for ten when it enters.
_FEW = f"""
    SELECT e.id, e.number FROM impact_entry e
    JOIN impact_round r ON r.id = e.round_id LEFT JOIN impact_disclosure d ON d.entry_id = e.id
    CROSS JOIN LATERAL (SELECT greatest(%(boundary)s::timestamptz, d.made_at) AS at) AS told
    WHERE e.approved_at <= told.at AND r.opens_at <= %(now)s AND r.freezes_at > %(now)s AND d.held_since IS NULL
      AND (SELECT count(*) FROM impact_household h
           WHERE h.team_id = e.team_id AND coalesce(h.verified_at, told.at) <= told.at
             AND (h.state = '{Household.State.VERIFIED}'
                  OR h.verified_at IS NOT NULL AND h.withdrawn_at > told.at)) < {FEWEST}
"""

# Whose words follow no fall, and whose households are as they were at the boundary: the tens of them.
_HOUSEHOLDS = f"""
    SELECT d.team_id, 'says ' || d.tens || ', there are ' || behind.n
    FROM impact_disclosedhouseholds d CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE state = '{Household.State.VERIFIED}') AS n,
               max(greatest(verified_at, withdrawn_at)) AS changed_at
        FROM impact_household WHERE team_id = d.team_id
    ) AS behind
    WHERE d.fewer_since IS NULL AND behind.n / {STEP} * {STEP} <> d.tens AND d.day <= %(today)s
      AND NOT coalesce(behind.changed_at >= (d.day + %(at)s::interval) AT TIME ZONE 'Asia/Shanghai' - %(ahead)s::interval,
                       false)
"""


def verify() -> Iterator[Offence]:
    """Each disclosure against the supports it counts, and each entry against its households."""
    last = SupportNumber.objects.order_by("-number").values_list("number", flat=True).first() or 0
    for round_ in Round.objects.filter(disclosures__isnull=False).distinct().order_by("pk"):
        yield from _of_round(round_, list(round_.disclosures.order_by("pk")), last)
    yield from _under_ten()
    asked = {"today": today(), "at": HOUR, "ahead": clock.offset()}
    for pk, words in rows_of(_HOUSEHOLDS, asked):
        yield Offence("I6", "DisclosedHouseholds", pk, f"households are not told as they are ({words})")


def _of_round(round_: Round, rows: list[Disclosure], last: int) -> Iterator[Offence]:
    whole = next((row for row in rows if row.entry_id is None and row.division_id is None), rows[0])
    counts = counts_of(round_, whole.number, whole.is_final)
    ever = {} if whole.is_final else bodies_ever(round_, whole.number)
    sums = {} if whole.is_final else _bodies_of_places(rows)
    for row in rows:
        made = (row.day, row.number, row.is_final)
        if made != (whole.day, whole.number, whole.is_final) or row.number > last:
            yield Offence(
                "I6", "Disclosure", row.pk, f"is of {made}, its round of {whole.day}, {whole.number}"
            )
        cell = row.entry_id, row.division_id
        true = counts.get(cell, Counts())
        if not whole.is_final and row.entry_id is None:
            true = replace(true, organisations=sums.get(cell))
        # While it runs, a ten that an entry was told to have stays.
        elif (row.organisations or 0) in range(true.organisations or 0, ever.get(cell, 0) + 1, STEP):
            true = replace(true, organisations=row.organisations)
        said = Counts(**{name: getattr(row, name) for name in Counts.__dataclass_fields__})
        if said != true:
            yield Offence("I6", "Disclosure", row.pk, f"says {said}, its supports say {true}")
    yield from _cells(round_, rows, whole)
    yield from _held(rows)


def _bodies_of_places(rows: Iterable[Disclosure]) -> dict[Cell, int]:
    told = {row.entry_id: row.organisations for row in rows if row.entry_id}
    entries = Entry.objects.filter(pk__in=told).values_list("pk", "team__division_id")
    return public_bodies({(pk, division): told[pk] for pk, division in entries})


def _cells(round_: Round, rows: list[Disclosure], whole: Disclosure) -> Iterator[Offence]:
    """There is a row for the round, each entry that was approved by then, and each of their divisions."""
    entries = Entry.objects.filter(round=round_, approved_at__lte=whole.made_at)
    due: set[tuple[int | None, str | None]] = {(None, None)}
    for pk, division in entries.values_list("pk", "team__division_id"):
        due |= {(pk, None), (None, division)}
    for cell in due - {(row.entry_id, row.division_id) for row in rows}:
        yield Offence("I6", "Disclosure", round_.pk, f"nothing is told of (entry, division) {cell}")


def _held(rows: Iterable[Disclosure]) -> Iterator[Offence]:
    for row in rows:
        if row.held_number is None:
            still = (row.held_since, row.held_net_minor, row.held_mobilised_minor)
            if still != (None, None, None):
                yield Offence("I6", "Disclosure", row.pk, "stands still without saying where")
            continue
        found = figures_of([row.entry_id] if row.entry_id else [], row.held_number).get(row.entry_id or 0)
        true = (found.net_minor, found.called_minor) if found else (0, 0)
        said = (row.held_net_minor, row.held_mobilised_minor)
        if said != true or row.held_number > row.number or row.held_since is None:
            yield Offence("I6", "Disclosure", row.pk, f"stands still at {said}, its supports say {true}")


def _under_ten() -> Iterator[Offence]:
    """Entries that had under ten households at a boundary, and whose figures still follow each purchase."""
    now = clock.now()
    boundary = boundary_at(today())
    if now - boundary < GRACE:
        boundary -= timedelta(days=1)
    # Households come and leave by the wall clock.
    for pk, number in rows_of(_FEW, {"now": now, "boundary": boundary - clock.offset()}):
        yield Offence("I6", "Entry", pk, f"an entry under ten that moves (no. {number})", waits=True)
