"""Why an entry stands before another in a published result."""

from dataclasses import dataclass
from decimal import Decimal

from contest.models import ResultRow
from contest.reads.entry import entry_seen
from contest.reads.explained import explained, published_row
from contest.reads.outcome import has_panel
from contest.scoring.comparing import Parted, parted
from contest.scoring.encoded import from_json
from contest.scoring.explain import Explained
from contest.scoring.ranking import BEFORE, FARTHER, PANEL, rank
from contest.scoring.score import Scored


@dataclass(frozen=True)
class Compared:
    """Two rows of one result, the better place first. `difference` is of their published totals; `decided_by` is the first
    of the rules by which the two differ: "score", one of the ties, or in a round of several stages how far they came."""

    better: ResultRow
    worse: ResultRow
    better_worked: Explained
    worse_worked: Explained
    parts: list[Parted]
    difference: Decimal
    decided_by: str


def compared(
    edition: str, numbers: tuple[str, str], level: str | None, version: int | None
) -> Compared | None:
    """The two entries of these numbers; None where one of them has no place in the result, or both are the same."""
    entries = [entry_seen(edition, number, level) for number in numbers]
    rows = [published_row(entry, version) for entry in entries if entry]
    found = sorted((row for row in rows if row), key=lambda row: row.rank or 0)
    if len(found) != 2 or found[0].result_id != found[1].result_id or found[0].pk == found[1].pk:
        return None
    better, worse = found
    first, second = explained(better), explained(worse)
    return Compared(
        better,
        worse,
        first,
        second,
        parted(first, second),
        (better.total or Decimal(0)) - (worse.total or Decimal(0)),
        _rule_between(better, worse),
    )


def _rule_between(better: ResultRow, worse: ResultRow) -> str:
    """The rules of the result, asked of these two alone, of what is published of them."""
    if better.passed != worse.passed:
        return FARTHER
    if has_panel(better.result.stages) and better.mark is not None and worse.mark is not None:
        return PANEL if better.mark != worse.mark else BEFORE
    rows = {row.entry_id: row for row in (better, worse)}
    scored = {
        pk: Scored(pk, {key: Decimal(value) for key, value in row.values.items()}, row.total or Decimal(0))
        for pk, row in rows.items()
    }
    placed = rank(
        better.result.snapshot.rulebook.parameters,
        scored,
        [from_json(pk, row.inputs) for pk, row in rows.items()],
        {pk: row.entry.approved_at for pk, row in rows.items() if row.entry.approved_at},
        better.result.seed,
        {pk: row.entry.number for pk, row in rows.items()},
    )
    return placed[0].decided_by
