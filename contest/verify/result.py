"""INV-12 to INV-15: each snapshot and each published result, computed again from what it was computed from."""

from collections.abc import Iterator
from dataclasses import replace

from contest.models import Result, ResultRow, Snapshot
from contest.reads import outcome
from contest.reads.corrected import corrected_inputs
from contest.reads.inputs import inputs_of
from contest.reads.judging import marks_of, means_of
from contest.reads.outcome import Terms, has_panel, needs_judges
from contest.reads.result import sealed as sealed_snapshot
from contest.scoring.encoded import as_json, from_json
from contest.scoring.inputs import Inputs
from contest.scoring.rulebook import sha256_of
from core.verify import Offence, Rule, broken

RULES = [
    Rule(
        "INV-13",
        "Support",
        "what moved for a frozen round is neither in its snapshot nor beside it",
        """SELECT s.id, e.number FROM contest_snapshot p JOIN impact_entry e ON e.round_id = p.round_id
           JOIN impact_support s ON s.entry_id = e.id AND s.transaction_id IS NOT NULL
           LEFT JOIN impact_supportnumber n ON n.support_id = s.id
           WHERE p.voided_at IS NULL AND coalesce(n.number, p.number + 1) > p.number AND NOT EXISTS (
               SELECT FROM contest_adjustment a WHERE a.entry_id = e.id AND a.transaction_id = s.transaction_id)""",
    ),
    Rule(
        "INV-13",
        "Adjustment",
        "an adjustment is in the figures too",
        """SELECT a.id, e.number FROM contest_adjustment a JOIN impact_entry e ON e.id = a.entry_id
           JOIN contest_snapshot p ON p.round_id = e.round_id AND p.voided_at IS NULL
           JOIN impact_support s ON s.entry_id = e.id AND s.transaction_id = a.transaction_id
           JOIN impact_supportnumber n ON n.support_id = s.id AND n.number <= p.number""",
    ),
    Rule(
        "INV-13",
        "Registration",
        "a team was sent on by a result that did not send it",
        """SELECT r.id, e.number FROM contest_registration r JOIN impact_entry e ON e.id = r.advanced_from_id
           WHERE r.state IN ('invited', 'applied', 'checked', 'live') AND NOT EXISTS (
               SELECT FROM contest_result v WHERE v.round_id = e.round_id AND v.state = 'final' AND (
                   EXISTS (SELECT FROM contest_resultrow w WHERE w.result_id = v.id AND w.entry_id = e.id AND w.advances)
                   OR EXISTS (SELECT FROM contest_pick k WHERE k.result_id = v.id AND k.entry_id = e.id)))""",
    ),
]


def verify() -> Iterator[Offence]:
    """Each snapshot against the facts, each result against its snapshot, and the hashes of both."""
    yield from broken(RULES)
    for snapshot in Snapshot.objects.filter(voided_at=None).select_related("round", "rulebook"):
        yield from _of_snapshot(snapshot)
    rows = Result.objects.select_related("round__edition", "snapshot__rulebook", "snapshot__round")
    for result in rows.order_by("round", "version"):
        yield from _of_result(result)


def _of_snapshot(snapshot: Snapshot) -> Iterator[Offence]:
    now = sha256_of(snapshot.rulebook.parameters)
    if not snapshot.rulebook_sha256 == snapshot.rulebook.sha256 == now:
        yield Offence("INV-14", "Snapshot", snapshot.pk, "its rulebook was changed after it was frozen")
    rows = list(snapshot.rows.select_related("entry"))
    again = inputs_of(snapshot.round, snapshot.number, snapshot.until)
    for row in rows:
        found = as_json(replace(again[row.entry_id], judges=None))
        if found != row.inputs:
            yield Offence(
                "INV-12", "SnapshotRow", row.pk, f"{row.entry.number}: {_differing(row.inputs, found)}"
            )
        if sha256_of(row.inputs) != row.sha256:
            yield Offence("INV-13", "SnapshotRow", row.pk, f"{row.entry.number}: its hash is another")
    if sealed_snapshot(snapshot, {row.entry.number: row.sha256 for row in rows}) != snapshot.sha256:
        yield Offence("INV-13", "Snapshot", snapshot.pk, "its hash is another")


def _of_result(result: Result) -> Iterator[Offence]:
    rows = list(result.rows.select_related("entry__team"))
    name = f"v{result.version}"
    if outcome.sealed(result, rows) != result.sha256:
        yield Offence("INV-13", "Result", result.pk, f"{name}: its hash is another")
    inputs = {row.entry_id: from_json(row.entry_id, row.inputs) for row in rows}
    yield from _of_inputs(result, rows, inputs)
    again = outcome.rows_for(
        sorted((row.entry for row in rows), key=lambda entry: entry.number),
        inputs,
        {row.entry_id: (row.out, row.out_reason) for row in rows},
        Terms.of(result, {row.entry_id: row.mark for row in rows if row.mark is not None}),
    )
    found = {row.entry_id: outcome.as_hashed(row) for row in again}
    for row in rows:
        said, computed = outcome.as_hashed(row), found[row.entry_id]
        if said != computed:
            words = f"{name}, {row.entry.number}: {_differing(said, computed)}"
            yield Offence("INV-12", "ResultRow", row.pk, words)


def _of_inputs(result: Result, rows: list[ResultRow], inputs: dict[int, Inputs]) -> Iterator[Offence]:
    """A version's inputs are the snapshot's, or of a later one those that were known when it was published; the judges' part
    is asked of the version that stands."""
    known = (
        outcome.frozen_inputs(result.snapshot)
        if result.version == 1
        else corrected_inputs(result.snapshot, result.until)
    )
    for row in rows:
        found = as_json(replace(known[row.entry_id], judges=None))
        said = as_json(replace(inputs[row.entry_id], judges=None))
        if said != found:
            words = f"v{result.version}, {row.entry.number}: {_differing(said, found)}"
            yield Offence("INV-12", "ResultRow", row.pk, words)
    if result.state == Result.State.SUPERSEDED:
        return
    if has_panel(result.stages):
        yield from _of_marks(result, rows)
    elif needs_judges(result.snapshot.rulebook.parameters):
        yield from _of_judges(result, rows, inputs)


def _of_marks(result: Result, rows: list[ResultRow]) -> Iterator[Offence]:
    """What stands beside an entry that came before the panel is what its sheets come to."""
    marks, through = marks_of(result.round), len(result.stages or ())
    for row in rows:
        before_it = row.passed is not None and row.passed >= through - 1
        if before_it and row.mark != marks.get(row.entry_id):
            words = f"v{result.version}, {row.entry.number}: the sheets that count give another mark"
            yield Offence("INV-15", "ResultRow", row.pk, words)


def _of_judges(result: Result, rows: list[ResultRow], inputs: dict[int, Inputs]) -> Iterator[Offence]:
    means = means_of(result.round)
    for row in rows:
        if not row.out and inputs[row.entry_id].judges != means.get(row.entry_id):
            words = f"v{result.version}, {row.entry.number}: the sheets that count give another mean"
            yield Offence("INV-15", "ResultRow", row.pk, words)


def _differing(said: dict, found: dict) -> str:
    return ", ".join(
        f"{name} is {said[name]}, computed {found[name]}" for name in said if said[name] != found[name]
    )
