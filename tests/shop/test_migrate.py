"""A shop of before opens under this code: its database is migrated, everything in it holds, and no fen has moved."""

import csv
from pathlib import Path

import psycopg
import pytest

from local import house
from local.postgres import APP
from tests import servers

# Backups by `manage.py backup` under the keys of tests/servers.py: the demo with 150 orders and four groups, at e3991d1.
# Beside each what every household had then, in fen, earmarked and owed: by the accounts of that time.
BACKUPS = sorted(path.parent for path in (Path(__file__).parent.parent / "data").glob("before_*/backup.json"))

APART = "and every household has:"
VERIFIED = f"""
from django.core.management import call_command
call_command("verify")
print("{APART}")
"""
HOUSEHOLDS = """
from impact.models import Household
from impact.reads.positions import of_households
named = dict(Household.objects.values_list("pk", "uid"))
for pk, (earmarked, owed) in of_households(named).items():
    if earmarked or owed:
        print(f"{named[pk]},{earmarked},{owed}")
"""

pytestmark = pytest.mark.django_db(transaction=True)


def manage(database: str, data: Path, *args: str) -> str:
    return house.manage(servers.servers().environment(database) | {"DATA_DIR": str(data)}, *args)


# Whoever ran the shop by her column goes on by an appointment, and nobody else has one.
CARRIED_OVER = """
    SELECT count(*) FILTER (WHERE p.is_staff) > 0,
           bool_and((p.is_staff = (a.roles @> '{operator}')) AND (p.is_superuser = (a.roles @> '{owner}')))
    FROM accounts_person p CROSS JOIN LATERAL (
        SELECT coalesce(array_agg(role::text), '{}') AS roles FROM accounts_appointment
        WHERE person_id = p.id AND ends_at IS NULL AND region_id IS NULL AND starts_at <= now()
    ) a
"""


@pytest.mark.parametrize("backup", BACKUPS, ids=lambda path: path.name)
def test_a_database_of_before_is_migrated_and_everything_in_it_holds(backup, tmp_path):
    name = f"{servers.own_database()}_before"
    servers.servers().mine.append(name)
    try:
        manage(servers.own_database(), tmp_path, "restore", str(backup), "--into", name, "--stopped")
        # One process asks both.
        told = manage(name, tmp_path, "shell", "--no-imports", "-v", "0", "-c", VERIFIED + HOUSEHOLDS)
        verified, _, households = told.partition(APART)
        assert "Everything holds" in verified
        with psycopg.connect(servers.servers().servers.postgres.url(APP, name)) as connection:
            paid = "SELECT count(*) FROM orders_payment WHERE state = 'succeeded'"
            assert connection.execute(paid).fetchone() > (100,)  # the rules were asked about something
            assert connection.execute(CARRIED_OVER).fetchone() == (True, True)
        had = list(csv.reader((backup / "households.csv").read_text().splitlines()))[1:]
        assert len(had) > 100 and sorted(households.split()) == sorted(",".join(row) for row in had)
    finally:
        servers.servers().drop(name)
