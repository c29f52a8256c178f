"""Whether parameters are a rulebook: every field in its bounds, every sum whole, every name known."""

import re
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from contest.scoring.exact import WHOLE_BPS
from contest.scoring.fields import clean, fields_of, in_order, path_of, tie_rules
from contest.scoring.indicators import REGISTRY
from contest.scoring.measures import FURTHER, MEASURES
from contest.scoring.ranking import DRAW
from contest.scoring.rulebook import default_parameters
from core.language import Words, say
from core.refusals import Invalid, every

KEY = re.compile("[a-z][a-z0-9_]{0,19}")
MOST_INDICATORS = 12
TEXT = "text"  # the hashes of the words beside the parameters


def validated(parameters: Any) -> dict[str, Any]:
    """The parameters as they came, where they are a rulebook's. INVALID otherwise, on the path of each field that is wrong;
    of sums on the first weight of the sum."""
    _check_shape(parameters)
    every(
        {
            "indicators": lambda: _check_indicators(parameters),
            "references": lambda: _check_references(parameters),
            "ties": lambda: _check_ties(parameters),
        }
    )
    checks: dict[str, Callable[[], Any]] = {
        f.path: partial(_check, f, parameters) for f in fields_of(parameters)
    }
    every({**checks, **_sums(parameters)})
    return dict(parameters)


def _no(words: Words, *path: str) -> Invalid:
    return Invalid(words, field=("values", path_of(path)))


def _check_shape(parameters: Any) -> None:
    """The sections of a rulebook and no others, with the keys that each has."""
    usual = default_parameters()
    given = parameters if isinstance(parameters, Mapping) else {}
    for name in {*usual, *given} - {TEXT}:
        _same_keys(usual.get(name), given.get(name), (name,))


def _same_keys(usual: Any, given: Any, path: tuple[str, ...]) -> None:
    if usual is None:
        raise _no(say("规则里没有这一项。", "A rulebook has no such part."), *path)
    if given is None or isinstance(usual, dict) != isinstance(given, dict) or type(usual) is not type(given):
        raise _no(say("缺少这一项，或写法不对。", "This part is missing, or is none."), *path)
    if isinstance(usual, dict) and path[0] != "references":
        for key in {*usual, *given}:
            _same_keys(usual.get(key), given.get(key), (*path, key))


def _check_indicators(parameters: Mapping[str, Any]) -> None:
    rows = parameters["indicators"]
    if not 1 <= len(rows) <= MOST_INDICATORS:
        raise _no(
            say("指标有 1 到 {n} 项。", "There are 1 to {n} indicators.", n=MOST_INDICATORS), "indicators"
        )
    keys = [row.get("key") for row in rows]
    kinds = [row.get("kind") for row in rows if row.get("kind") != "further"]
    for row in rows:
        key = str(row.get("key"))
        if not KEY.fullmatch(key) or keys.count(key) > 1:
            raise _no(
                say("名字须唯一，只用小写字母。", "Its key must be its own, in small letters."),
                "indicators",
                key,
            )
        if row.get("kind") not in REGISTRY or kinds.count(row["kind"]) > 1:
            raise _no(say("没有这样的指标。", "There is no such indicator."), "indicators", key, "kind")
        _check_parts(row, parameters)


def _check_parts(row: Mapping[str, Any], parameters: Mapping[str, Any]) -> None:
    at = ("indicators", row["key"])
    if row["kind"] == "popularity":
        if "parts" in row:
            raise _no(say("普及率另有规则。", "Popularity has rules of its own."), *at, "parts")
        return
    if not row.get("parts"):
        raise _no(say("须由至少一项数据构成。", "It is made of one input at least."), *at, "parts")
    for name in row["parts"]:
        is_known = name in MEASURES or (
            name.startswith(FURTHER) and KEY.fullmatch(name.removeprefix(FURTHER))
        )
        if not is_known or name not in parameters["references"]:
            raise _no(
                say("没有这项数据，或没有它的基准。", "No such input, or no reference for it."), *at, name
            )
    if row["kind"] == "further" and not (row.get("name_zh") and row.get("name_en")):
        raise _no(say("请用两种语言写名称。", "Please name it in both languages."), *at, "name_zh")
    if row.get("scale", "log_ref") not in ("log_ref", "linear_max", "percentile"):
        raise _no(say("请选择一项。", "Please choose one."), *at, "scale")


def _check_references(parameters: Mapping[str, Any]) -> None:
    for name, reference in parameters["references"].items():
        if not isinstance(reference, dict) or not {"ref"} <= set(reference) <= {"ref", "x0"}:
            raise _no(say("基准写法不对。", "This is no reference."), "references", name)


def _check_ties(parameters: Mapping[str, Any]) -> None:
    """Each once, and the draw last: it leaves nothing equal."""
    ties = parameters["ties"]
    if not ties or ties[-1] != DRAW or len(set(map(str, ties))) != len(ties):
        words = say("每条只用一次，最后一条是抽签。", "Each rule once, and the draw last.")
        raise _no(words, "ties", str(max(0, len(ties) - 1)))
    for n, rule in enumerate(ties):
        if rule not in tie_rules(parameters):
            raise _no(say("请选择一项。", "Please choose one."), "ties", str(n))


def _check(field: Any, parameters: Mapping[str, Any]) -> None:
    at = ("values", field.path)
    try:
        value = field.read(parameters)
    except (KeyError, IndexError, TypeError):
        raise Invalid(say("请填写这一项。", "Please fill this in."), field=at) from None
    if clean(field.setting, value, at) != value:
        raise Invalid(say("请填写整数。", "Please give a whole number."), field=at)


def _sums(parameters: Mapping[str, Any]) -> dict[str, Callable[[], None]]:
    """Weights that are parts of a whole."""
    rows, popularity = parameters["indicators"], parameters["popularity"]
    wholes = {
        path_of(("indicators", rows[0]["key"], "weight_bps")): [row.get("weight_bps") for row in rows],
        path_of(("judging", "criteria", parameters["judging"]["criteria"][0]["key"], "weight_bps")): [
            row.get("weight_bps") for row in parameters["judging"]["criteria"]
        ],
        "popularity.engagementBps": [popularity["engagement_bps"], popularity["spread_bps"]],
        **{
            path_of(("indicators", row["key"], in_order(row["parts"])[0]), "bps"): list(row["parts"].values())
            for row in rows
            if row.get("parts")
        },
    }
    return {f"sum of {path}": partial(_check_sum, path, its) for path, its in wholes.items()}


def _check_sum(path: str, parts: list[Any]) -> None:
    total = sum(part for part in parts if isinstance(part, int))
    if total != WHOLE_BPS:
        words = say(
            "合计须为 100%，现在是 {x}%。", "Together they must be 100%; they are {x}%.", x=f"{total / 100:g}"
        )
        raise Invalid(words, field=("values", path))
