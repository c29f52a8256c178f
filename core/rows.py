"""Rows of one table written together, each with values of its own."""

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Model


def write(rows: Sequence[Model], names: Sequence[str], *, unless: tuple[str, Any] | None = None) -> int:
    """Write these columns of these rows in one statement; how many rows took them. A row whose column says
    `unless` stays as it is.

    Django's bulk_update does the same by a CASE for each row and column: at 200 rows it takes a third of the
    time of a batch of purchases.
    """
    if not rows:
        return 0
    meta = type(rows[0])._meta
    fields: list[Any] = [meta.pk, *(meta.get_field(name) for name in names)]
    columns = [field.column for field in fields]
    # Without its length a text is refused where it is too long; a cast would cut it off.
    arrays = ", ".join(f"%s::{str(field.db_type(connection)).partition('(')[0]}[]" for field in fields)
    sets = ", ".join(f"{column} = d.{column}" for column in columns[1:])
    statement = f"""UPDATE {meta.db_table} r SET {sets}
        FROM unnest({arrays}) AS d({", ".join(columns)}) WHERE r.{columns[0]} = d.{columns[0]}"""
    values: list[Any] = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows] for field in fields
    ]
    if unless is not None:
        only: Any = meta.get_field(unless[0])
        statement += f" AND r.{only.column} <> %s"
        values.append(unless[1])
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
