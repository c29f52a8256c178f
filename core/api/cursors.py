"""Keyset cursors: where a row stands in its order, so that a page stays right while rows come and go."""

import base64
import binascii
import json
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldError, ValidationError
from django.db.models import Q, QuerySet

from core.refusals import Invalid

_WRITE = {
    bool: ("b", lambda v: v),
    int: ("i", lambda v: v),
    str: ("s", lambda v: v),
    float: ("f", repr),
    datetime: ("t", datetime.isoformat),
    date: ("d", date.isoformat),
    Decimal: ("n", str),
    UUID: ("u", str),
}
_READ = {
    "b": bool,
    "i": lambda v: _bounded(int(v)),
    "s": lambda v: _clean(str(v)),
    "f": float,
    "t": datetime.fromisoformat,
    "d": date.fromisoformat,
    "n": Decimal,
    "u": UUID,
}


def _bounded(value: int) -> int:
    if abs(value) >= 2**63:
        raise ValueError
    return value


def _clean(value: str) -> str:
    value.encode()
    if "\0" in value:
        raise ValueError
    return value


def write(name: str, row: Any, order: Sequence[str]) -> str:
    """The place of this row in the order called `name`."""
    values = []
    for term in order:
        value = row
        for step in term.lstrip("-").split("__"):
            value = getattr(value, step)
        kind = str if isinstance(value, str) else type(value)
        tag, wrote = _WRITE[kind]
        values.append([tag, wrote(value)])
    raw = json.dumps([name, values], separators=(",", ":"), ensure_ascii=False)
    return base64.urlsafe_b64encode(raw.encode()).rstrip(b"=").decode()


def read(cursor: str, name: str, order: Sequence[str], field: str) -> list[Any]:
    """The values inside a cursor of this order; refused when it is not one of ours."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        found, values = json.loads(raw)
        if found != name or len(values) != len(order):
            raise ValueError
        return [_READ[tag](value) for tag, value in values]
    except (binascii.Error, ValueError, KeyError, TypeError, InvalidOperation, RecursionError):
        raise Invalid(field=field) from None


def beyond(queryset: QuerySet, order: Sequence[str], values: Sequence[Any], field: str) -> QuerySet:
    """The rows that stand after these values in the order."""
    first, start = order[0], values[0]
    # The plain bound on the first term is what lets an index be used; the rest is exact.
    bound = Q(**{f"{first.lstrip('-')}__{'lte' if first.startswith('-') else 'gte'}": start})
    exact = Q()
    equal = Q()
    for term, value in zip(order, values, strict=True):
        path, side = term.lstrip("-"), "lt" if term.startswith("-") else "gt"
        exact |= equal & Q(**{f"{path}__{side}": value})
        equal &= Q(**{path: value})
    try:
        return queryset.filter(bound & exact)
    except (ValueError, TypeError, ValidationError, FieldError, OverflowError):
        raise Invalid(field=field) from None


def reverse(order: Sequence[str]) -> tuple[str, ...]:
    """The same order from the other end."""
    return tuple(term[1:] if term.startswith("-") else f"-{term}" for term in order)
