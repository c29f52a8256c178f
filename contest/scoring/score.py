"""From inputs to indicators and a total."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contest.scoring.exact import WHOLE_BPS, ZERO, exactly, rounded
from contest.scoring.indicators import REGISTRY
from contest.scoring.inputs import Inputs
from contest.scoring.measures import Field


@dataclass(frozen=True)
class Scored:
    """An entry's indicators by key and its total, each 0 to 100 with four decimals.

    The total is of the unrounded indicators and rounded once: it need not be the sum of the rounded ones.
    """

    entry_id: int
    values: dict[str, Decimal]
    total: Decimal


def score(parameters: Mapping[str, Any], inputs: Sequence[Inputs]) -> dict[int, Scored]:
    """Each entry's score by its id. Where its sheets were too few (`judges` is None) their part is 0: whoever publishes
    looks at that first."""
    return {
        entry_id: total_of(entry_id, values, weights_of(parameters))
        for entry_id, values in values_of(parameters, inputs).items()
    }


def weights_of(parameters: Mapping[str, Any]) -> dict[str, Decimal]:
    """Each indicator's weight in basis points."""
    return {row["key"]: Decimal(row["weight_bps"]) for row in parameters["indicators"]}


def values_of(parameters: Mapping[str, Any], inputs: Sequence[Inputs]) -> dict[int, dict[str, Decimal]]:
    """Each entry's indicators by key, not rounded."""
    field = Field(inputs)
    with exactly():
        return {
            one.entry_id: {
                row["key"]: REGISTRY[row["kind"]].value(row, parameters, one, field)
                for row in parameters["indicators"]
            }
            for one in inputs
        }


def total_of(entry_id: int, values: Mapping[str, Decimal], weights: Mapping[str, Decimal]) -> Scored:
    """What these indicators come to by these weights."""
    with exactly():
        total = sum((weights[key] * value for key, value in values.items()), ZERO) / WHOLE_BPS
    return Scored(entry_id, {key: rounded(value) for key, value in values.items()}, rounded(total))
