"""Work that takes long is done by one worker at a time; one that dies lets go."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection


@contextmanager
def alone(kind: int, pk: int) -> Iterator[bool]:
    """Whether nobody else works at this row: held by the connection, so that whoever dies lets go. `kind` is any number that
    no other kind of work has."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [kind, pk])
        is_mine = bool(cursor.fetchone()[0])
    try:
        yield is_mine
    finally:
        if is_mine:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [kind, pk])
