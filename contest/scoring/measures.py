"""What an indicator may read of an entry, and how a figure becomes a part between 0 and 1."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import cached_property

from contest.scoring.exact import ONE, ZERO
from contest.scoring.inputs import Inputs
from core.language import Words, say

FURTHER = "further."


@dataclass(frozen=True)
class Measure:
    """An input: what it is called, in which unit it is kept (minor, bps, points, count)."""

    words: Words
    unit: str = "count"


MEASURES = {
    "judges": Measure(say("评委会评分", "The committee's mark"), "points"),
    "households": Measure(say("有收益的农户", "Households with income")),
    "household_share_bps": Measure(say("农户所得占净额", "Households' part of the net"), "bps"),
    "at_risk_share_bps": Measure(say("其中重点帮扶农户", "Of that, to households at risk"), "bps"),
    "amount_minor": Measure(say("计分金额", "Amount that counts"), "minor"),
    "net_minor": Measure(say("净额（未设上限）", "Net amount, without caps"), "minor"),
    "person_times": Measure(say("人次", "Person-times")),
    "mobilised_minor": Measure(say("动员金额", "Amount mobilised"), "minor"),
    "organisations": Measure(say("参与单位", "Organisations")),
    "dockings": Measure(say("已交付的对接", "Dockings delivered")),
    "engaged": Measure(say("已验证的参与者", "Verified people who engaged")),
    "viewers": Measure(say("已验证的浏览者", "Verified viewers")),
    "areas": Measure(say("覆盖地区", "Areas reached")),
    "people": Measure(say("支持者人数", "People")),
}


def value_of(inputs: Inputs, name: str) -> Decimal:
    """An entry's figure by its name; `further.x` is what came under x from elsewhere. Nothing counts below 0."""
    if name.startswith(FURTHER):
        return max(ZERO, Decimal(inputs.further.get(name.removeprefix(FURTHER), 0)))
    return max(ZERO, Decimal(getattr(inputs, name) or 0))


class Field:
    """All entries of a round, for the rules that compare them; each figure is looked up once."""

    def __init__(self, inputs: Sequence[Inputs]):
        self._inputs = inputs
        self._sorted: dict[str, list[Decimal]] = {}

    def values(self, name: str) -> list[Decimal]:
        """Every entry's figure of this name, the smallest first."""
        if name not in self._sorted:
            self._sorted[name] = sorted(value_of(one, name) for one in self._inputs)
        return self._sorted[name]

    @cached_property
    def engaged(self) -> Decimal:
        """How many engaged in all entries together."""
        return sum(self.values("engaged"), ZERO)


@dataclass(frozen=True)
class Part:
    """So much of an input: 0 to 1, with the formula that says how it came about."""

    fraction: Decimal
    formula: str


def capped(x: Decimal, ref: int, shown: Callable[[Decimal], str]) -> Part:
    """The figure of its reference, 1 at most."""
    return Part(min(ONE, x / ref), f"min(1, {shown(x)} ÷ {shown(Decimal(ref))})")


def log_ref(x: Decimal, reference: Mapping[str, int], shown: Callable[[Decimal], str]) -> Part:
    """Grows ever more slowly and is 1 at the reference, whatever the others do."""
    x0, ref = reference["x0"], reference["ref"]
    fraction = min(ONE, (1 + x / x0).ln() / (1 + Decimal(ref) / x0).ln())
    start = shown(Decimal(x0))
    formula = f"min(1, ln(1 + {shown(x)} ÷ {start}) ÷ ln(1 + {shown(Decimal(ref))} ÷ {start}))"
    return Part(fraction, formula)


def linear_max(x: Decimal, values: Sequence[Decimal], shown: Callable[[Decimal], str]) -> Part:
    """The figure of the highest one in the round."""
    highest = max((*values, x))
    return Part(x / highest if highest else ZERO, f"{shown(x)} ÷ {shown(highest)}")


def percentile(x: Decimal, values: Sequence[Decimal]) -> Part:
    """How many of the others are below; whoever is equal counts half."""
    below = sum(1 for value in values if value < x)
    equal = max(0, sum(1 for value in values if value == x) - 1)
    others = len(values) - 1
    fraction = (below + Decimal(equal) / 2) / others if others > 0 else (ONE if x else ZERO)
    return Part(fraction, f"({below} + {equal} ÷ 2) ÷ {max(others, 1)}")


def part_of(name: str, x: Decimal, scale: str, reference: Mapping[str, int], field: Field) -> Part:
    """The figure as a part of 1, by the scale; a reference without a starting point is a plain share of it."""
    shown = shown_as(unit_of(name))
    if "x0" not in reference:
        return capped(x, reference["ref"], shown)
    if scale == "linear_max":
        return linear_max(x, field.values(name), shown)
    if scale == "percentile":
        return percentile(x, field.values(name))
    return log_ref(x, reference, shown)


def unit_of(name: str) -> str:
    """In which unit a figure is kept; what came from elsewhere is counted."""
    return "count" if name.startswith(FURTHER) else MEASURES[name].unit


def words_of_measure(name: str, parameters: Mapping[str, Any]) -> Words:
    """What a figure is called; one from elsewhere as the indicator that reads it."""
    if name in MEASURES:
        return MEASURES[name].words
    for row in parameters["indicators"]:
        if name in row.get("parts", {}) and row.get("name_zh"):
            return Words(row["name_zh"], row["name_en"])
    return Words(name.removeprefix(FURTHER), name.removeprefix(FURTHER))


def shown_as(unit: str) -> Callable[[Decimal], str]:
    """How a figure is written in a formula: fen as yuan, basis points as a share of 1, else as it is."""
    by: dict[str, Any] = {"minor": 100, "bps": 10_000}

    def shown(x: Decimal) -> str:
        plain = x / by.get(unit, 1)
        # Exact, without an exponent and without noughts at its end.
        text = f"{plain:f}"
        return text.rstrip("0").rstrip(".") if "." in text else text

    return shown
