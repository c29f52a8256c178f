"""A moment that comes from the database is read fast, and as Django reads it."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DataError, connection
from django.db.backends.postgresql.psycopg_any import BaseTzLoader
from psycopg.pq import Format

from tests.figures import a_seed

TIMESTAMPTZ = 1184


class DjangosOwn(BaseTzLoader):
    timezone = UTC


def fetched(moment: str) -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT %s::text::timestamptz", [moment])
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_moments_are_read_as_django_reads_them():
    connection.ensure_connection()
    loader = connection.connection.adapters.get_loader(TIMESTAMPTZ, Format.TEXT)
    ours, djangos = loader(TIMESTAMPTZ, None), DjangosOwn(TIMESTAMPTZ, None)
    assert loader.__module__ == "core.internals"
    rng = random.Random(a_seed())
    for _ in range(300):
        moment = datetime(1, 1, 1, tzinfo=UTC) + timedelta(days=rng.randrange(3_652_058))
        moment += timedelta(
            microseconds=rng.choice((0, 10, 500_000, rng.randrange(10**6))), hours=rng.randrange(24)
        )
        text = str(moment).removesuffix(":00").encode()
        assert ours.load(text) == djangos.load(text) == moment
        assert ours.load(memoryview(text)).tzinfo is UTC
        assert fetched(moment.isoformat()) == moment


@pytest.mark.django_db
@pytest.mark.parametrize(
    "moment", ["infinity", "-infinity", "10000-01-01 00:00+00", "0044-03-15 12:00+00 BC"]
)
def test_what_python_has_no_moment_for_is_refused(moment):
    with pytest.raises(DataError):
        fetched(moment)
