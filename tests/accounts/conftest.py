"""This floor's own schema, so that its tests need no floor above."""

import pytest

from core.api import run


@pytest.fixture(autouse=True)
def our_schema(settings, monkeypatch):
    settings.API_SCHEMA = "tests.accounts.world.schema"
    settings.ROOT_URLCONF = "tests.core.urls"
    settings.PERSON_EXPORTERS = settings.PERSON_ERASERS = settings.PERSON_DUTIES = []
    run.the_schema.cache_clear()
    monkeypatch.setattr(run.documents, "_kept", type(run.documents._kept)())
    yield
    run.the_schema.cache_clear()
