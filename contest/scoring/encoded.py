"""Inputs as they are kept, and read again: the same to the last digit on each machine."""

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from contest.scoring.inputs import Inputs


def as_json(inputs: Inputs) -> dict[str, Any]:
    """An entry's inputs without its id: whole numbers, and the judges' mean as text with all its digits."""
    encoded = asdict(inputs)
    del encoded["entry_id"]
    judges = encoded["judges"]
    return {**encoded, "judges": None if judges is None else str(judges)}


def from_json(entry_id: int, encoded: Mapping[str, Any]) -> Inputs:
    """The inputs that were encoded so."""
    judges = encoded["judges"]
    return Inputs(entry_id, **{**encoded, "judges": None if judges is None else Decimal(judges)})
