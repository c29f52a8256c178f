"""An entry's published score in steps, from the inputs and the rules that stand in its result."""

from contest.models import ResultRow
from contest.reads import result as results
from contest.scoring.encoded import from_json
from contest.scoring.explain import Explained, explain
from impact.models import Entry


def published_row(entry: Entry, version: int | None = None) -> ResultRow | None:
    """Its row in the result that stands, or in the version that is asked for; None before the provisional result, and
    for one that is out of competition."""
    found = (
        results.published(entry.round)
        if version is None
        else results.versions(entry.round).filter(version=version).first()
    )
    if found is None:
        return None
    rows = found.rows.filter(entry=entry, out="")
    return rows.select_related("result__snapshot__rulebook__edition", "entry__team").first()


def better_neighbour(row: ResultRow) -> str | None:
    """The number of the entry that stands next before it; None of the first."""
    before = ResultRow.objects.filter(result=row.result_id, rank__lt=row.rank).order_by("-rank")
    return before.values_list("entry__number", flat=True).first()


def explained(row: ResultRow) -> Explained:
    """Its arithmetic to the digit; where the rules compare entries, over all that were in competition."""
    everyone = [
        from_json(pk, inputs) for pk, inputs in row.result.rows.filter(out="").values_list("entry", "inputs")
    ]
    own = from_json(row.entry_id, row.inputs)
    return explain(row.result.snapshot.rulebook.parameters, own, everyone)
