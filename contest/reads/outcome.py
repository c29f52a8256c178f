"""What a round comes to, computed: the rows of a result before it is published, and again by whoever checks one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from contest.models import Registration, Result, ResultRow, Snapshot
from contest.reads.result import in_utc
from contest.scoring.advance import advancing
from contest.scoring.encoded import as_json, from_json
from contest.scoring.inputs import Inputs
from contest.scoring.ranking import rank
from contest.scoring.rulebook import sha256_of
from contest.scoring.score import score
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

    @classmethod
    def of(cls, result: Result) -> "Terms":
        """Those of a published result."""
        return cls(
            result.snapshot.rulebook.parameters,
            result.seed,
            result.advances,
            result.most_a_division,
            result.picks,
        )


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

    Whoever is out is in no field that another is measured by, in no tie, and takes no place of those who go on.
    """
    competing = [inputs[entry.pk] for entry in entries if not out[entry.pk][0]]
    scored = score(terms.parameters, competing)
    placed = rank(
        terms.parameters,
        scored,
        competing,
        {entry.pk: entry.approved_at for entry in entries if entry.approved_at},
        terms.seed,
        {entry.pk: entry.number for entry in entries},
    )
    place_of = {place.entry_id: place for place in placed}
    go_on = advancing(
        [place.entry_id for place in placed],
        {entry.pk: entry.team.division_id for entry in entries},
        terms.advances - terms.picks,
        terms.most_a_division,
    )
    rows = []
    for entry in entries:
        row = ResultRow(entry=entry, inputs=as_json(inputs[entry.pk]))
        if place := place_of.get(entry.pk):
            its = scored[entry.pk]
            row.rank, row.decided_by, row.total = place.rank, place.decided_by, its.total
            row.values = {key: str(value) for key, value in its.values.items()}
            row.advances = entry.pk in go_on
        else:
            row.out, row.out_reason = out[entry.pk]
        rows.append(row)
    return sorted(rows, key=lambda row: (row.rank is None, row.rank or 0))


def as_hashed(row: ResultRow) -> dict[str, Any]:
    """A row as it is hashed and held against another."""
    return {
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
            "until": in_utc(result.until),
            "rows": [as_hashed(row) for row in rows],
        }
    )
