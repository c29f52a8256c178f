"""A result as it is read: its figures with their names, the rule that decided, and what left since the freeze."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Sum

from contest.models import Adjustment, Result, ResultRow
from contest.reads.result import shown_rows
from contest.scoring.indicators import words_of_row
from contest.scoring.measures import FURTHER, MEASURES, words_of_measure
from contest.scoring.ranking import words_of_rule
from core.language import Words, say
from core.refusals import Invalid
from impact.models import Entry, Round


@dataclass(frozen=True)
class Figure:
    """An indicator or input: `value` exactly, in its `unit`."""

    key: str
    name: Words
    value: str
    unit: str


@dataclass(frozen=True)
class Adjusted:
    """What left one entry's purchases since the freeze, of one kind, in fen."""

    entry: Entry
    kind: str
    amount_minor: int


def ranked_by(result: Result, key: str | None = None) -> list[ResultRow]:
    """Its rows as they stand, or by one of its indicators; INVALID for what is none. Who is out comes last, by number."""
    rows = shown_rows(result)
    if not key:
        return rows
    if key not in {one["key"] for one in result.snapshot.rulebook.parameters["indicators"]}:
        raise Invalid(say("没有这个指标。", "There is no such indicator."), field="by")
    return sorted(rows, key=lambda row: (bool(row.out), -Decimal(row.values.get(key, 0))))


def values_shown(row: ResultRow) -> list[Figure]:
    """Its indicators in the rulebook's order; none of an entry that is out."""
    parameters = _parameters(row)
    keys = [one["key"] for one in parameters["indicators"] if one["key"] in row.values]
    return [Figure(key, indicator_named(parameters, key), row.values[key], "points") for key in keys]


def inputs_shown(row: ResultRow) -> list[Figure]:
    """What they were computed from, as it was frozen; none of an entry that is out."""
    if row.out:
        return []
    shown = [
        Figure(key, measure.words, str(row.inputs[key]), measure.unit)
        for key, measure in MEASURES.items()
        if row.inputs.get(key) is not None
    ]
    further: dict[str, Any] = row.inputs.get("further", {})
    return shown + [
        Figure(f"{FURTHER}{key}", words_of_measure(f"{FURTHER}{key}", _parameters(row)), str(value), "count")
        for key, value in sorted(further.items())
    ]


def decided(row: ResultRow) -> str | None:
    """The rule that parted it from its neighbours, in words; None of an entry that is out."""
    if row.out:
        return None
    return str(words_of_rule(row.decided_by, _parameters(row)))


def indicator_named(parameters: dict[str, Any], key: str) -> Words:
    """What a rulebook calls one of its indicators: its own name for it, or that of its kind."""
    return words_of_row(next(one for one in parameters["indicators"] if one["key"] == key))


def adjusted(round_: Round, entry: Entry | None = None) -> Iterable[Adjusted]:
    """By entry and kind, of all or of one, in the order of the entries' numbers: never a single refund."""
    rows = Adjustment.objects.filter(entry__round=round_)
    sums = (
        (rows if entry is None else rows.filter(entry=entry))
        .order_by("entry__number", "kind")
        .values_list("entry", "kind")
        .annotate(minor=Sum("amount_minor"))
    )
    entries = Entry.objects.filter(pk__in=[pk for pk, _, _ in sums]).select_related("team").in_bulk()
    return [Adjusted(entries[pk], kind, minor) for pk, kind, minor in sums]


def _parameters(row: ResultRow) -> dict[str, Any]:
    parameters: dict[str, Any] = row.result.snapshot.rulebook.parameters
    return parameters
