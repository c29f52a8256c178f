"""This floor's own schema, so that its tests need no floor above."""

import pytest

from core.api import run
from tests import documents


@pytest.fixture(autouse=True)
def our_schema(settings, monkeypatch):
    settings.API_SCHEMA = "tests.accounts.world.schema"
    settings.ROOT_URLCONF = "tests.core.urls"
    for name in ("EXPORTERS", "ERASERS", "DUTIES", "UNSETTLED", "REACHABLE", "MOVERS", "MERGERS", "APART"):
        setattr(settings, f"PERSON_{name}", [])
    run.the_schema.cache_clear()
    documents.forgotten(monkeypatch)
    yield
    run.the_schema.cache_clear()
