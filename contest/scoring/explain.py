"""A score worked out step by step, so that anyone comes to the same digits with a calculator."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contest.scoring.exact import WHOLE_BPS, ZERO, exactly, rounded
from contest.scoring.indicators import REGISTRY, Term, about_row, value_of_terms, words_of_row
from contest.scoring.inputs import Inputs
from contest.scoring.measures import Field, words_of_measure
from contest.scoring.settings import OF_THE_FIELD
from core.language import Words, say

SHOWN = 10  # decimals of a step: more than enough for four in the end


@dataclass(frozen=True)
class Step:
    """One part of an indicator: the figure as it was read, the formula with its numbers, and what that comes to (0 to 1)."""

    words: Words
    value: str
    weight_bps: int
    formula: str
    fraction: Decimal
    is_missing: bool = False


@dataclass(frozen=True)
class Line:
    """One indicator of an entry: what it measures, its steps, their sum, and its value of 0 to 100 with four decimals."""

    key: str
    symbol: str
    words: Words
    about: Words
    weight_bps: int
    steps: tuple[Step, ...]
    formula: str
    exact: Decimal
    value: Decimal


@dataclass(frozen=True)
class Explained:
    """A whole score: `total` is of the unrounded indicators (`exact`) and rounded once, as `formula` writes it."""

    lines: tuple[Line, ...]
    formula: str
    total: Decimal


def explain(
    parameters: Mapping[str, Any], inputs: Inputs, everyone: Sequence[Inputs] | None = None
) -> Explained:
    """One entry's score in steps. `everyone` are all entries of the round, where the rules compare them (linear_max,
    percentile, like_share)."""
    field = Field(everyone if everyone is not None else [inputs])
    with exactly():
        lines = tuple(_line(row, parameters, inputs, field) for row in parameters["indicators"])
        total = sum((line.weight_bps * line.exact for line in lines), ZERO) / WHOLE_BPS
    sums = " + ".join(f"{_share(line.weight_bps)} × {shown(line.exact)}" for line in lines)
    return Explained(lines, f"{sums} = {shown(total)} → {rounded(total)}", rounded(total))


def _line(row: Mapping[str, Any], parameters: Mapping[str, Any], inputs: Inputs, field: Field) -> Line:
    one = REGISTRY[row["kind"]]
    terms = one.terms(row, parameters, inputs, field)
    exact = value_of_terms(terms)
    steps = tuple(
        Step(
            words_of_measure(term.name, parameters),
            term.value,
            term.weight_bps,
            f"{term.formula} = {shown(term.fraction)}",
            term.fraction,
            is_missing=term.name == "judges" and inputs.judges is None,
        )
        for term in terms
    )
    formula = f"100 × ({_sum(terms)}) = {shown(exact)} → {rounded(exact)}"
    return Line(
        row["key"],
        one.symbol,
        words_of_row(row),
        about_row(row),
        row["weight_bps"],
        steps,
        formula,
        exact,
        rounded(exact),
    )


def _sum(terms: Sequence[Term]) -> str:
    if len(terms) == 1 and terms[0].weight_bps == WHOLE_BPS:
        return shown(terms[0].fraction)
    return " + ".join(f"{_share(term.weight_bps)} × {shown(term.fraction)}" for term in terms)


def _share(bps: int) -> str:
    return f"{bps / WHOLE_BPS:.4f}".rstrip("0").rstrip(".")


def shown(value: Decimal) -> str:
    """A number in a step, to ten decimals, without noughts at its end."""
    with exactly():
        text = f"{value:.{SHOWN}f}"
    return text.rstrip("0").rstrip(".")


def notes(parameters: Mapping[str, Any]) -> list[Words]:
    """What a reader has to know of these rules before she computes."""
    found = [
        say(
            "全部以 34 位十进制计算；公布的数只在最后舍入一次，取四位小数（四舍六入五成双）。",
            "All is computed in decimals of 34 digits; what is told is rounded once at the end, half to even, to four"
            " decimals.",
        ),
        say(
            "背后不足十人的人数按 0 计；农户数取整到十，农户份额取整到五个百分点；单位数如实计。",
            "A count of persons with fewer than ten behind it enters as 0; households enter in tens, their shares in steps"
            " of five points; organisations exactly.",
        ),
    ]
    scales = {parameters["scale"], *(row.get("scale", "") for row in parameters["indicators"])}
    if OF_THE_FIELD & {*scales, parameters["popularity"]["mode"]}:
        found.append(
            say(
                "这套规则把参赛队互相比较：一队的数变了，别队的分也会变。",
                "These rules compare the entries: what one of them does can move the score of another.",
            )
        )
    return found
