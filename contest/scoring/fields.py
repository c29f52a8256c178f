"""A rulebook's parameters as fields that a person fills in: each with its words, unit and bounds, and checked one by one.

A field's path names it in forms and refusals: `caps.personMinor`, `indicators.welfare.weightBps`. Its end says the unit
of money (`Minor`, fen) and shares (`Bps`).
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from typing import Any

from contest.scoring.indicators import words_of_row
from contest.scoring.measures import MEASURES, unit_of, words_of_measure
from contest.scoring.ranking import APPROVED, DRAW, words_of_rule
from contest.scoring.settings import (
    INTEGRITY,
    SCALE,
    SECTION_WORDS,
    SECTIONS,
    Choice,
    Number,
    Setting,
    Text,
    Texts,
)
from core.language import Words, say
from core.refusals import Invalid, every
from core.texts import has_ink, visible


@dataclass(frozen=True)
class RuleField:
    """One field; `where` leads to it in the parameters, `group` is what it stands under on a page."""

    where: tuple[str | int, ...]
    section: str
    group: Words
    setting: Setting

    @property
    def path(self) -> str:
        """Its name in forms and refusals."""
        return path_of(self.where, self.setting.unit if isinstance(self.setting, Number) else "")

    def read(self, parameters: Mapping[str, Any]) -> Any:
        """What it is now."""
        found: Any = parameters
        for key in self.where:
            found = _row(found, key)
        return found


def path_of(where: tuple[str | int, ...], unit: str = "") -> str:
    """The name of what lies there."""
    keys = ".".join(str(key) for key in where if key != "parts")
    path = keys if "." in keys else f"rules.{keys}"
    if unit in ("minor", "bps") and not path.endswith(f"_{unit}"):
        path = f"{path}_{unit}"
    first, *rest = path.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in rest)


def in_order(names: Iterable[str]) -> list[str]:
    """Inputs as this house lists them, whatever order a table keeps them in; those from elsewhere last."""
    usual = list(MEASURES)
    return sorted(names, key=lambda name: (usual.index(name) if name in MEASURES else len(usual), name))


def _row(found: Any, key: str | int) -> Any:
    """Indicators and criteria stand in lists, and are named by their keys."""
    if isinstance(found, list) and isinstance(key, str):
        return next(row for row in found if row["key"] == key)
    return found[key]


def fields_of(parameters: Mapping[str, Any]) -> list[RuleField]:
    """Every field of these parameters, in the order in which a page shows them."""
    found = [
        RuleField(("scale",), "indicators", SECTION_WORDS["rules"], SCALE),
        *_of_indicators(parameters),
        *_of_references(parameters),
        *_of_ties(parameters),
        *_of_sections(parameters),
    ]
    parts = list(SECTION_WORDS)
    return sorted(found, key=lambda field: parts.index(field.section))


def _of_indicators(parameters: Mapping[str, Any]) -> Iterator[RuleField]:
    weights = say("各项指标的权重（合计 100%）", "Weights of the indicators, 100% together")
    for row in parameters["indicators"]:
        weight = Number(0, words_of_row(row), "bps", 0, 10_000)
        yield RuleField(("indicators", row["key"], "weight_bps"), "indicators", weights, weight)
    for row in parameters["indicators"]:
        parts = say("{x}由哪几项构成（合计 100%）", "What {x} is made of, 100% together", x=words_of_row(row))
        for name in in_order(row.get("parts", {})) if len(row.get("parts", {})) > 1 else ():
            part = Number(0, words_of_measure(name, parameters), "bps", 0, 10_000)
            yield RuleField(("indicators", row["key"], "parts", name), "indicators", parts, part)


def _of_references(parameters: Mapping[str, Any]) -> Iterator[RuleField]:
    kinds = {
        "x0": say("{x}：起点 x₀", "{x}: starting point x₀"),
        "ref": say("{x}：满分基准", "{x}: full marks at"),
    }
    group = say("基准", "References")
    for name in in_order(parameters["references"]):
        reference, words = parameters["references"][name], words_of_measure(name, parameters)
        for key in (k for k in kinds if k in reference):
            told = say(kinds[key].zh, kinds[key].en, x=words)
            yield RuleField(("references", name, key), "references", group, Number(1, told, unit_of(name), 1))


def _of_ties(parameters: Mapping[str, Any]) -> Iterator[RuleField]:
    group = SECTION_WORDS["ties"]
    options = {rule: words_of_rule(rule, parameters) for rule in tie_rules(parameters)}
    for n in range(len(parameters["ties"])):
        words = say("第 {n} 条", "Rule {n}", n=n + 1)
        yield RuleField(("ties", n), "ties", group, Choice(DRAW, words, options))


def tie_rules(parameters: Mapping[str, Any]) -> list[str]:
    """By what equal totals may be parted."""
    return [*(row["key"] for row in parameters["indicators"]), *MEASURES, APPROVED, DRAW]


def _of_sections(parameters: Mapping[str, Any]) -> Iterator[RuleField]:
    for name, section in SECTIONS.items():
        if not isinstance(section, dict):
            yield RuleField((name,), "caps", SECTION_WORDS["rules"], section)
            continue
        for key, setting in section.items():
            if isinstance(setting, dict):
                for inner, one in setting.items():
                    yield RuleField((name, key, inner), name, INTEGRITY[key], one)
            else:
                yield RuleField((name, key), name, SECTION_WORDS[name], setting)
    weights = say("评分表各项（合计 100%）", "The rubric, 100% together")
    for row in parameters["judging"]["criteria"]:
        at = ("judging", "criteria", row["key"])
        called = say("{x}：权重", "{x}: weight", x=Words(row["name_zh"], row["name_en"]))
        yield RuleField((*at, "weight_bps"), "judging", weights, Number(0, called, "bps", 0, 10_000))
        yield RuleField((*at, "name_zh"), "judging", weights, Text(say("名称", "Name in Chinese"), 40))
        yield RuleField(
            (*at, "name_en"), "judging", weights, Text(say("名称（英文）", "Name in English"), 80)
        )
        for mark, points in enumerate((0, 50, 100)):
            zh = Text(say("{p} 分是什么样", "What {p} looks like, in Chinese", p=points), 120)
            en = Text(say("{p} 分是什么样（英文）", "What {p} looks like", p=points), 200)
            yield RuleField((*at, "anchors_zh", mark), "judging", weights, zh)
            yield RuleField((*at, "anchors_en", mark), "judging", weights, en)


def changed(parameters: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters with these fields as written (texts or whole numbers by path). INVALID on the field's own path for
    what it cannot be, or for a field that there is not."""
    made = deepcopy(dict(parameters))
    known = {field.path: field for field in fields_of(parameters)}

    def check(path: str) -> Any:
        if path not in known:
            raise Invalid(
                say("规则里没有这一项。", "The rulebook has no such field."), field=("values", path)
            )
        return clean(known[path].setting, values[path], ("values", path))

    for path, value in every({path: partial(check, path) for path in values}).items():
        *way, last = known[path].where
        inner: Any = made
        for key in way:
            inner = _row(inner, key)
        inner[last] = value
    return made


def clean(setting: Setting, value: Any, field: tuple[str, ...]) -> Any:
    """The value as this setting has it: a text as a whole number where it is one."""
    match setting:
        case Number():
            return _whole(setting, value, field)
        case Choice():
            if value not in setting.options:
                raise Invalid(say("请选择一项。", "Please choose one."), field=field)
            return value
        case Texts():
            listed = value if isinstance(value, list | tuple) else str(value).replace("，", ",").split(",")
            words = [text for one in listed if (text := " ".join(visible(str(one)).split()))]
            if len(words) > setting.most or any(len(one) > 40 for one in words):
                raise Invalid(
                    say(
                        "最多 {n} 个词，每个最多 40 个字。",
                        "At most {n} words of 40 characters.",
                        n=setting.most,
                    ),
                    field=field,
                )
            return words
        case Text():
            text = " ".join(visible(str(value)).split())
            if not has_ink(text) or len(text) > setting.most:
                raise Invalid(
                    say(
                        "请填写，最多 {n} 个字。",
                        "Please write something, {n} characters at most.",
                        n=setting.most,
                    ),
                    field=field,
                )
            return text
    raise AssertionError(setting)


def _whole(setting: Number, value: Any, field: tuple[str, ...]) -> int:
    number = value
    if isinstance(value, str):
        # Longer ones are none of ours, and take long to read.
        number = int(value) if value.strip().lstrip("-").isdecimal() and len(value) < 20 else None
    if isinstance(number, bool) or not isinstance(number, int):
        raise Invalid(say("请填写整数。", "Please give a whole number."), field=field)
    if not setting.least <= number <= setting.most:
        a, b = bounds(setting)
        raise Invalid(
            say("请填写 {a} 到 {b} 之间的数。", "Please give a number from {a} to {b}.", a=a, b=b),
            field=field,
        )
    return number


def bounds(setting: Number) -> tuple[str, str]:
    """The least and the most as a form says them: yuan and percent."""
    of = {"minor": 100, "bps": 100}.get(setting.unit, 1)
    return f"{setting.least / of:g}", f"{setting.most / of:.15g}"
