"""Nothing rests on SERIALIZABLE: every deed runs at READ COMMITTED, held by constraints, conditions and locks."""

import re

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction

from local.machine import ROOT
from scripts.floors import BESIDE, standing
from tests.figures import FULL, figure, full

pytestmark = [pytest.mark.proof, pytest.mark.django_db(transaction=FULL)]

# Who reads a whole shop while it goes on selling needs one moment of it, and writes nothing.
READS_ONE_MOMENT = "shop/management/commands/verify.py"
STAND_IN = "local/stripe/store.py"  # the provider's, in SQLite


def test_everything_runs_at_read_committed(request):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        here = cursor.fetchone()[0]
    assert here == "read committed" and "isolation_level" not in settings.DATABASES["default"]["OPTIONS"]
    asks = re.compile(r"serializable|isolation[ _]level|repeatable read", re.IGNORECASE)
    found = {
        str(path.relative_to(ROOT))
        for floor in [*standing(), BESIDE]
        for path in (ROOT / floor).rglob("*.py")
        if asks.search(path.read_text())
    }
    assert found == {READS_ONE_MOMENT, STAND_IN}
    if FULL:
        in_a_running_shop(request.getfixturevalue("house"))
    figure(
        "isolation/level",
        f"READ COMMITTED in tests{full(' and in the running shop', '')}; no code of the shop asks for another, but verify's"
        " read-only snapshot",
    )


def in_a_running_shop(house):
    """As its role, in its database, whatever was set for either of them."""
    with psycopg.connect(house.shop.env["DATABASE_URL"]) as live:
        assert live.execute("SHOW transaction_isolation").fetchone() == ("read committed",)
        assert live.execute("SELECT count(*) FROM pg_db_role_setting").fetchone() == (0,)
