"""What a round comes to, computed: the rows of a result before it is published, and again by whoever checks one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from contest.models import Registration, Result, ResultRow, Snapshot
from contest.reads.result import in_utc
from contest.reads.stage import PANEL, staged
from contest.scoring.advance import advancing
from contest.scoring.encoded import as_json, from_json
from contest.scoring.inputs import Inputs
from contest.scoring.ranking import Placed, rank
from contest.scoring.rulebook import sha256_of
from contest.scoring.score import Scored, score
from contest.scoring.stages import Staged, Stood
from impact.models import Entry, Round

Out = ResultRow.Out
_OUT: dict[str, Out] = {
    Registration.State.WITHDRAWN: Out.WITHDRAWN,
    Registration.State.SUSPENDED: Out.SUSPENDED,
    Registration.State.DISQUALIFIED: Out.DISQUALIFIED,
}


@dataclass(frozen=True)
class Terms:
    """By what a ranking is made of inputs: the rulebook's parameters, the draw's seed, and who goes on."""

    parameters: Mapping[str, Any]
    seed: str
    advances: int = 0
    most_a_division: int | None = None
    picks: int = 0
    staged: Staged | None = None

    @classmethod
    def of(cls, result: Result, marks: Mapping[int, Decimal] | None = None) -> "Terms":
        """Those of a result; `marks` are its panel's, by entry, where its round has one."""
        return cls(
            result.snapshot.rulebook.parameters,
            result.seed,
            result.advances,
            result.most_a_division,
            result.picks,
            staged(result, marks or {}),
        )


def has_panel(stages: Sequence[Mapping[str, Any]] | None) -> bool:
    """Whether these are the stages of a round in which a panel picks: then what judges give is no part of a score."""
    return bool(stages) and stages[-1]["kind"] == PANEL  # type: ignore[index]


def needs_judges(parameters: Mapping[str, Any]) -> bool:
    """Whether the judges' mean has any weight in these rules."""
    return any(row["weight_bps"] and row.get("parts", {}).get("judges") for row in parameters["indicators"])


def entries_of(round_: Round) -> list[Entry]:
    """Those that a result has a row of: whoever was let in, by number."""
    entries = Entry.objects.filter(round=round_, approved_at__isnull=False)
    return list(entries.select_related("team", "registration").order_by("number"))


def out_of(entry: Entry) -> tuple[str, str]:
    """Why an entry is out of competition now, and the words for it; ("", "") for one that is in it."""
    registration: Registration | None = getattr(entry, "registration", None)
    if registration is None or registration.state not in _OUT:
        return "", ""
    return str(_OUT[registration.state].value), registration.reason


def frozen_inputs(snapshot: Snapshot) -> dict[int, Inputs]:
    """What the snapshot says, by entry."""
    return {row.entry_id: from_json(row.entry_id, row.inputs) for row in snapshot.rows.all()}


def judged(inputs: Mapping[int, Inputs], means: Mapping[int, Any]) -> dict[int, Inputs]:
    """The same with what the committee gave."""
    return {pk: replace(one, judges=means.get(pk)) for pk, one in inputs.items()}


def rows_for(
    entries: Sequence[Entry], inputs: Mapping[int, Inputs], out: Mapping[int, tuple[str, str]], terms: Terms
) -> list[ResultRow]:
    """A row an entry, not saved: those in competition by rank, then the others by number, who have none.

    Whoever is out is in no field that another is measured by, in no tie, and takes no place of those who go on; these are
    of those alone whom each stage has picked.
    """
    competing = [inputs[entry.pk] for entry in entries if not out[entry.pk][0]]
    scored = score(terms.parameters, competing)
    stood, marks = _stood(entries, competing, scored, terms)
    place_of = {one.place.entry_id: one for one in stood}
    through = terms.staged.count if terms.staged else 0
    go_on = advancing(
        [one.place.entry_id for one in stood if one.passed == through],
        {entry.pk: entry.team.division_id for entry in entries},
        terms.advances - terms.picks,
        terms.most_a_division,
    )
    rows = []
    for entry in entries:
        row = ResultRow(entry=entry, inputs=as_json(inputs[entry.pk]))
        if one := place_of.get(entry.pk):
            its = scored[entry.pk]
            row.rank, row.decided_by, row.total = one.place.rank, one.place.decided_by, its.total
            row.values = {key: str(value) for key, value in its.values.items()}
            row.advances = entry.pk in go_on
            row.passed, row.mark = one.passed if terms.staged else None, marks.get(entry.pk)
        else:
            row.out, row.out_reason = out[entry.pk]
        rows.append(row)
    return sorted(rows, key=lambda row: (row.rank is None, row.rank or 0))


def _stood(
    entries: Sequence[Entry], competing: Sequence[Inputs], scored: Mapping[int, Scored], terms: Terms
) -> tuple[list[Stood], dict[int, Decimal]]:
    """Everybody in competition, the first first; and, in a round of several stages, what the last one gave whom it saw."""

    def ranked(parameters: Mapping[str, Any], its: Mapping[int, Scored]) -> list[Placed]:
        approved_at = {entry.pk: entry.approved_at for entry in entries if entry.approved_at}
        numbers = {entry.pk: entry.number for entry in entries}
        return rank(parameters, its, competing, approved_at, terms.seed, numbers)

    placed, stages = ranked(terms.parameters, scored), terms.staged
    if stages is None:
        return [Stood(place, 0) for place in placed], {}
    at_last = score(stages.parameters, competing) if stages.parameters else scored
    stood = stages.places(placed, ranked(stages.parameters or terms.parameters, at_last))
    marks = stages.marks if stages.marks is not None else {pk: one.total for pk, one in at_last.items()}
    seen = {one.place.entry_id for one in stood if one.passed >= len(stages.lists)}
    return stood, {pk: mark for pk, mark in marks.items() if pk in seen}


def as_hashed(row: ResultRow) -> dict[str, Any]:
    """A row as it is hashed and held against another."""
    far = (
        {}
        if row.passed is None
        else {"passed": row.passed, "mark": None if row.mark is None else str(row.mark)}
    )
    return {
        **far,
        "entry": row.entry.number,
        "rank": row.rank,
        "total": None if row.total is None else str(row.total),
        "values": row.values,
        "inputs": row.inputs,
        "decided_by": row.decided_by,
        "advances": row.advances,
        "out": row.out,
        "out_reason": row.out_reason,
    }


def sealed(result: Result, rows: Sequence[ResultRow]) -> str:
    """The SHA-256 of a result: of its head and rows in canonical JSON."""
    return sha256_of(
        {
            "round": f"{result.round.edition.slug}/{result.round.level}/{result.round.region_id or ''}",
            "version": result.version,
            "snapshot": result.snapshot.sha256,
            "rulebook": result.snapshot.rulebook_sha256,
            "seed": result.seed,
            "reason": result.reason,
            "advances": result.advances,
            "most_a_division": result.most_a_division,
            "picks": result.picks,
            **({"stages": result.stages} if result.stages else {}),
            "until": in_utc(result.until),
            "rows": [as_hashed(row) for row in rows],
        }
    )
