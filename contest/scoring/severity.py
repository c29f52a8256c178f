"""Strict judges and mild ones brought onto one scale, where a rulebook asks for it: off by default (domain 3.6)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from contest.scoring.exact import exactly

Marks = Mapping[str, Decimal]
MOST = Decimal(100)


def is_refused(counts: Sequence[int], parameters: Mapping[str, Any]) -> bool:
    """Whether the rulebook asks for it and some judge has too few sheets to tell how strict she is."""
    rules = parameters["judging"]
    return rules.get("severity", "off") != "off" and min(counts, default=0) < rules["severity_least"]


def adjusted(
    sheets: Mapping[int, Mapping[int, Marks]], parameters: Mapping[str, Any]
) -> Mapping[int, Mapping[int, Marks]]:
    """Each judge's marks (judge → entry → marks) as those of a judge of average severity, criterion by criterion: as far
    from the mean of all, in deviations of all, as they lie from her own mean in her own; 0 to 100.

    As they are where the rulebook asks for nothing, or where it is refused. One who marks all alike says nothing of any.
    """
    rules = parameters["judging"]
    if rules.get("severity", "off") == "off" or is_refused(
        [len(hers) for hers in sheets.values()], parameters
    ):
        return sheets
    keys = [criterion["key"] for criterion in rules["criteria"]]
    with exactly():
        of_all = {key: _spread([m[key] for hers in sheets.values() for m in hers.values()]) for key in keys}
        return {
            judge: {
                entry: {
                    key: _moved(marks[key], _spread([m[key] for m in hers.values()]), of_all[key])
                    for key in keys
                }
                for entry, marks in hers.items()
            }
            for judge, hers in sheets.items()
        }


def _spread(marks: Sequence[Decimal]) -> tuple[Decimal, Decimal]:
    """Mean and standard deviation."""
    mean = sum(marks, Decimal(0)) / len(marks)
    return mean, (sum(((m - mean) ** 2 for m in marks), Decimal(0)) / len(marks)).sqrt()


def _moved(mark: Decimal, own: tuple[Decimal, Decimal], of_all: tuple[Decimal, Decimal]) -> Decimal:
    if not own[1]:
        return of_all[0]
    return min(MOST, max(Decimal(0), of_all[0] + (mark - own[0]) / own[1] * of_all[1]))
