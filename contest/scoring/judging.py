"""The committee's mark of one entry, from its opened sheets."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from statistics import median
from typing import Any

from contest.scoring.exact import WHOLE_BPS, exactly


def mean_of(sheets: Sequence[Mapping[str, Decimal]], parameters: Mapping[str, Any]) -> Decimal | None:
    """Of 0 to 100; each sheet is a mark of 0 to 100 a criterion. None where fewer than three count.

    Each criterion by itself, then weighted: from five sheets on its highest and its lowest mark are left out and the rest
    averaged; of three and four it is the median. It is not rounded: it enters a score with all its 34 digits.

    >>> rules = {"judging": {"least": 3, "trim_from": 5, "criteria": [{"key": "all", "weight_bps": 10_000}]}}
    >>> mean_of([{"all": Decimal(mark)} for mark in (80, 82, 84, 90, 95)], rules)
    Decimal('85.33333333333333333333333333333333')
    """
    rules = parameters["judging"]
    if len(sheets) < rules["least"]:
        return None
    with exactly():
        marks = {c["key"]: _of([s[c["key"]] for s in sheets], rules["trim_from"]) for c in rules["criteria"]}
        weighted = sum((c["weight_bps"] * marks[c["key"]] for c in rules["criteria"]), Decimal(0))
        return weighted / WHOLE_BPS


def _of(marks: Sequence[Decimal], trim_from: int) -> Decimal:
    if len(marks) < trim_from:
        return Decimal(median(marks))
    kept = sorted(marks)[1:-1]
    return sum(kept, Decimal(0)) / len(kept)
