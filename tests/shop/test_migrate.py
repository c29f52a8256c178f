"""A shop of before opens under this code: its database is migrated, everything in it holds, and no fen has moved."""

from pathlib import Path

import psycopg
import pytest

from local import house
from local.postgres import APP
from tests import servers

# Backups by `manage.py backup` under the keys of tests/servers.py: the demo with 150 orders and four groups, at e3991d1.
BACKUPS = sorted(path.parent for path in (Path(__file__).parent.parent / "data").glob("before_*/backup.json"))

pytestmark = pytest.mark.django_db(transaction=True)


def manage(database: str, data: Path, *args: str) -> str:
    return house.manage(servers.servers().environment(database) | {"DATA_DIR": str(data)}, *args)


@pytest.mark.parametrize("backup", BACKUPS, ids=lambda path: path.name)
def test_a_database_of_before_is_migrated_and_everything_in_it_holds(backup, tmp_path):
    name = f"{servers.own_database()}_before"
    servers.servers().mine.append(name)
    try:
        manage(servers.own_database(), tmp_path, "restore", str(backup), "--into", name, "--stopped")
        assert "Everything holds" in manage(name, tmp_path, "verify")
        with psycopg.connect(servers.servers().servers.postgres.url(APP, name)) as connection:
            paid = "SELECT count(*) FROM orders_payment WHERE state = 'succeeded'"
            assert connection.execute(paid).fetchone() > (100,)  # the rules were asked about something
    finally:
        servers.servers().drop(name)
