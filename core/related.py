"""The rows of a to-many relation, wherever they were fetched."""

from typing import Any

from django.db.models import Model


def related(row: Model, name: str) -> Any:
    """The rows of a to-many relation: those that were prefetched, else by a statement."""
    fetched = row.__dict__.get(rows_key(name))
    return getattr(row, name).all() if fetched is None else fetched


def rows_key(name: str) -> str:
    """The attribute under which rows carry those of a relation that were prefetched: a plain list.

    As a relation Django would make a manager and a queryset for each parent, which takes longer than the rows.
    """
    return f"rows_of_{name}"
