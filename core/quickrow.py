"""Rows that are read by the dozen on each page: made without what Django does for forms and signals."""

from collections.abc import Collection
from typing import Any, Self

from django.db import models
from django.db.models.base import ModelState


class QuickRow(models.Model):
    """A model whose rows come from the database as they are, a third of the time: no signal tells of their making."""

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, db: str | None, field_names: Collection[str], values: Collection[Any]) -> Self:
        """A row; a column that was not read with it is read when it is asked for, as with Django's own."""
        made = cls.__new__(cls)
        state = ModelState()
        state.adding, state.db = False, db
        made.__dict__.update(zip(field_names, values, strict=True), _state=state)
        return made


def related(row: models.Model, name: str) -> Any:
    """The rows of a to-many relation: those fetched ahead, else by a statement."""
    ahead = row.__dict__.get(rows_key(name))
    return getattr(row, name).all() if ahead is None else ahead


def rows_key(name: str) -> str:
    """The attribute under which rows carry those of a relation that were fetched ahead: a plain list.

    As a relation Django would make a manager and a queryset for each parent, which takes longer than the rows.
    """
    return f"rows_of_{name}"
