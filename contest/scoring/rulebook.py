"""A rulebook's parameters: what they are where nobody chose otherwise, their one spelling in bytes, and its hash."""

import hashlib
import json
from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from contest.scoring.settings import SECTIONS, Choice, Number, Texts

# What an input is measured against. With x0 it follows the scale (log_ref by default): ln(1+x/x0)/ln(1+ref/x0);
# without, it is x/ref. Both are 1 at most. Money is in fen, shares in basis points.
REFERENCES: dict[str, dict[str, int]] = {
    "judges": {"ref": 100},
    "households": {"x0": 5, "ref": 120},
    "household_share_bps": {"ref": 6_000},
    "at_risk_share_bps": {"ref": 3_000},
    "amount_minor": {"x0": 100_000, "ref": 30_000_000},
    "person_times": {"x0": 10, "ref": 6_000},
    "mobilised_minor": {"x0": 100_000, "ref": 20_000_000},
    "organisations": {"x0": 1, "ref": 30},
    "dockings": {"ref": 5},
}
INDICATORS: list[dict[str, Any]] = [
    {
        "key": "welfare",
        "kind": "welfare",
        "weight_bps": 3_000,
        "parts": {
            "judges": 5_000,
            "households": 2_000,
            "household_share_bps": 2_000,
            "at_risk_share_bps": 1_000,
        },
    },
    {"key": "amount", "kind": "amount", "weight_bps": 2_000, "parts": {"amount_minor": 10_000}},
    {"key": "person_times", "kind": "person_times", "weight_bps": 2_000, "parts": {"person_times": 10_000}},
    {
        "key": "mobilisation",
        "kind": "mobilisation",
        "weight_bps": 2_000,
        "parts": {"mobilised_minor": 4_000, "organisations": 3_500, "dockings": 2_500},
    },
    {"key": "popularity", "kind": "popularity", "weight_bps": 1_000},
]
# A part of the committee's mark each, 0 to 100; the anchors say what 0, 50 and 100 look like.
CRITERIA: list[dict[str, Any]] = [
    {
        "key": "benefit",
        "weight_bps": 4_000,
        "name_zh": "带动农户",
        "name_en": "What families gain",
        "anchors_zh": ["看不出农户得到什么", "说清了带动谁、怎样带动", "收益有据可查，能够持续"],
        "anchors_en": [
            "No gain of theirs can be seen",
            "Whom it helps, and how, is plain",
            "Proved, and lasting",
        ],
    },
    {
        "key": "feasible",
        "weight_bps": 3_000,
        "name_zh": "可行与管理",
        "name_en": "Feasibility and care",
        "anchors_zh": ["计划缺失", "计划可行，账目清楚", "计划周密，履约可靠"],
        "anchors_en": ["No plan", "A plan that can work, clear books", "Well planned and reliably kept"],
    },
    {
        "key": "participation",
        "weight_bps": 3_000,
        "name_zh": "参与与示范",
        "name_en": "Taking part, and an example",
        "anchors_zh": ["少有人参与", "多方参与", "广泛参与，可供他处借鉴"],
        "anchors_en": ["Few take part", "Several sides take part", "Many do, and others can follow it"],
    },
]
TIES = ["welfare", "households", "people", "approved_at", "draw"]


def default_parameters() -> dict[str, Any]:
    """All that a rulebook says to the machine (domain 3.6 to 3.10): whole numbers, words and lists of them."""
    made = {name: defaults_of(section) for name, section in SECTIONS.items()}
    made["judging"]["criteria"] = deepcopy(CRITERIA)
    return {
        "scale": "log_ref",
        "indicators": deepcopy(INDICATORS),
        "references": deepcopy(REFERENCES),
        "ties": list(TIES),
        **made,
    }


def defaults_of(section: Any) -> Any:
    """What a section, or one setting of it, is by default."""
    match section:
        case Number() | Choice():
            return section.default
        case Texts():
            return list(section.default)
    return {name: defaults_of(inner) for name, inner in section.items()}


def canonical(parameters: Mapping[str, Any]) -> bytes:
    """The one spelling of these parameters: JSON in UTF-8, keys in order, no spaces, no number that is not whole."""
    _check_whole(parameters)
    return json.dumps(parameters, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sha256_of(parameters: Mapping[str, Any]) -> str:
    """The SHA-256 of that spelling, in hexadecimal; it stands on each result."""
    return hashlib.sha256(canonical(parameters)).hexdigest()


def _check_whole(value: Any) -> None:
    """A fraction is spelled in more than one way: there is none in a rulebook."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            assert isinstance(key, str), key
            _check_whole(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            _check_whole(inner)
    elif value is not None and not isinstance(value, str | int | bool):
        raise TypeError(f"{value!r} has more than one spelling")
