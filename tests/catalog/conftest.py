"""This floor's own schema and reactions, so that its tests need no floor above."""

import pytest

from core import outbox
from core.api import run
from tests.catalog.asker import Asker
from tests.catalog.world import a_category, a_person, a_team


@pytest.fixture(autouse=True)
def our_floor(settings, monkeypatch):
    settings.API_SCHEMA = "tests.catalog.asker.schema"
    settings.ROOT_URLCONF = "tests.accounts.urls"
    settings.REACTIONS = "tests.catalog.asker.REACTIONS"
    settings.LISTING_CONDITIONS = []
    settings.API_ANSWER_CACHE = False  # what a test changes behind the actions' backs is seen at once
    run.the_schema.cache_clear()
    outbox._named.cache_clear()
    monkeypatch.setattr(run.documents, "_kept", type(run.documents._kept)())
    yield
    run.the_schema.cache_clear()
    outbox._named.cache_clear()


@pytest.fixture
def manager():
    """Somebody who manages a team."""
    return a_person(email="manager@example.com", language="en")


@pytest.fixture
def team(manager):
    """The team she manages."""
    return a_team(manager=manager)


@pytest.fixture
def desk(manager, team):
    """She, asking at her desk."""
    a_category()
    return Asker(manager)
