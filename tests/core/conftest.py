"""The house's own schema and reactions in place of the shop's."""

import pytest
from django.core.signals import request_started
from django.db import close_old_connections, connection
from django.test.utils import CaptureQueriesContext

from core import changes, clock
from core.api import run
from tests.core import world
from tests.core.callers import Caller


@pytest.fixture(autouse=True)
def our_world(settings):
    settings.API_SCHEMA = "tests.core.world.schema"
    settings.REACTIONS = "tests.core.world.REACTIONS"
    settings.ROOT_URLCONF = "tests.core.urls"
    run.the_schema.cache_clear()
    vars(run.documents).update(vars(run.Documents()))
    world.HEARD.clear()
    clock.forget()
    yield
    vars(run.documents).update(vars(run.Documents()))
    run.the_schema.cache_clear()
    clock.forget()


@pytest.fixture
def connection_statements():
    """Count the statements of a block."""
    return lambda: CaptureQueriesContext(connection)


@pytest.fixture
def client():
    """Somebody at the door; the house does not close the connection that the test works on."""
    request_started.disconnect(close_old_connections)
    yield Caller()
    request_started.connect(close_old_connections)


@pytest.fixture
def seldom(monkeypatch):
    """Between two looks some time passes, as in a running shop."""
    monkeypatch.setattr(changes, "OFTEN", 3600.0)
