"""Rows that are read by the dozen on each page: made without what Django does for forms and signals."""

from collections.abc import Collection
from functools import cache
from typing import Any, Self

from django.db import models
from django.db.models.base import ModelState


class QuickRow(models.Model):
    """A model whose rows come from the database as they are, a third of the time: no signal tells of their making."""

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any]) -> Self:
        """A row; one of which only a part was read is made by Django."""
        columns = _columns(cls)
        if len(values) != len(columns):
            return super().from_db(db, field_names, values)
        made = cls.__new__(cls)
        made.__dict__.update(zip(columns, values, strict=True))
        made._state = state = ModelState()
        state.adding, state.db = False, db
        return made


@cache
def _columns(model: type[models.Model]) -> tuple[str, ...]:
    return tuple(column.attname for column in model._meta.concrete_fields)


def related(row: models.Model, name: str) -> Any:
    """The rows of a to-many relation: those fetched ahead, else by a statement."""
    ahead = row.__dict__.get(rows_key(name))
    return getattr(row, name).all() if ahead is None else ahead


def rows_key(name: str) -> str:
    """The attribute under which rows carry those of a relation that were fetched ahead: a plain list.

    As a relation Django would make a manager and a queryset for each parent, which takes longer than the rows.
    """
    return f"rows_of_{name}"
