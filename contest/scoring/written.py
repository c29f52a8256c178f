"""Inputs as they are written down, and read again: the same to the last digit on each machine."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from contest.scoring.inputs import Inputs


def as_json(inputs: Inputs) -> dict[str, Any]:
    """An entry's inputs without its id: whole numbers, and the judges' mean as text with all its digits."""
    written = asdict(inputs)
    del written["entry_id"]
    judges = written["judges"]
    return {**written, "judges": None if judges is None else str(judges)}


def from_json(entry_id: int, written: Mapping[str, Any]) -> Inputs:
    """The inputs that were written so."""
    judges = written["judges"]
    return Inputs(entry_id, **{**written, "judges": None if judges is None else Decimal(judges)})
