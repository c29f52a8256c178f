"""How far a final result rests on its weights: each entry's places when one of them moves a little."""

from contest.models import Result, ResultRow
from contest.reads.result import rows_of
from contest.scoring.encoded import from_json
from contest.scoring.sensitivity import Interval, intervals


def intervals_of(result: Result) -> list[tuple[ResultRow, Interval]]:
    """Those in competition, the first first, by the inputs, rules and draw of the result itself."""
    rows = {row.entry_id: row for row in rows_of(result) if not row.out}
    found = intervals(
        result.snapshot.rulebook.parameters,
        [from_json(pk, row.inputs) for pk, row in rows.items()],
        {pk: row.entry.approved_at for pk, row in rows.items() if row.entry.approved_at},
        result.seed,
        numbers={pk: row.entry.number for pk, row in rows.items()},
    )
    return [(rows[one.entry_id], one) for one in found]
