"""The house's own schema and reactions in place of the shop's."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core import clock
from core.api import run
from tests.core import world


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
