"""Keyset cursors: where a row stands in its order, so that a page stays right while rows come and go.

To whoever holds one it is a word without meaning (core/opaque.py). Of what kind its values are is said by the
columns of the order, never by the cursor.
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import models
from django.db.models import Q, QuerySet

from core import opaque
from core.refusals import Invalid

_WRITE = {datetime: datetime.isoformat, date: date.isoformat, Decimal: str, UUID: str}
# As what the values of a column stand inside a cursor.
_HELD: tuple[tuple[type[models.Field], type], ...] = (
    (models.BooleanField, bool),
    (models.IntegerField, int),
    (models.CharField, str),
    (models.TextField, str),
    (models.DateField, str),
    (models.DecimalField, str),
    (models.UUIDField, str),
)


def place(name: str, model: type[models.Model], order: Sequence[str]) -> list[str]:
    """What a cursor belongs to: these rows in this order; nowhere else it can be read."""
    return [model._meta.concrete_model._meta.label, name, *order]


def write(name: str, row: Any, order: Sequence[str]) -> str:
    """The place of this row in the order called `name`."""
    values = []
    for term in order:
        value = row
        for step in term.lstrip("-").split("__"):
            value = getattr(value, step)
        values.append(_WRITE.get(type(value), lambda plain: plain)(value))
    return opaque.encode(place(name, type(row), order), values)


def read(cursor: str, name: str, rows: QuerySet, order: Sequence[str], field: str) -> list[Any]:
    """The values inside a cursor of these rows in this order; refused when it is not one of ours."""
    values = opaque.decode(place(name, rows.model, order), cursor)
    if not isinstance(values, list) or len(values) != len(order):
        raise Invalid(field=field)
    try:
        columns = [_column(rows, term.lstrip("-")) for term in order]
        return [_value(column, value) for column, value in zip(columns, values, strict=True)]
    except (ValueError, ValidationError):
        raise Invalid(field=field) from None


def _column(rows: QuerySet, path: str) -> models.Field:
    """The column or annotation by which these rows are ordered."""
    if path in rows.query.annotations:
        return rows.query.annotations[path].output_field
    model: Any = rows.model
    *steps, last = path.split("__")
    try:
        for step in steps:
            model = model._meta.get_field(step).related_model
        return model._meta.get_field(last)
    except FieldDoesNotExist:
        raise ValueError(path) from None


def _value(column: models.Field, value: Any) -> Any:
    kind = next(kind for known, kind in _HELD if isinstance(column, known))
    if type(value) is not kind:
        raise ValueError
    found = column.to_python(value)
    if found is None:
        raise ValueError
    return found


def beyond(queryset: QuerySet, order: Sequence[str], values: Sequence[Any]) -> QuerySet:
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
    return queryset.filter(bound & exact)


def reverse(order: Sequence[str]) -> tuple[str, ...]:
    """The same order from the other end."""
    return tuple(term[1:] if term.startswith("-") else f"-{term}" for term in order)
