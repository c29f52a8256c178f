"""Those who come to the door, and how often the house looks for changes."""

import pytest
from django.core.signals import request_started
from django.db import close_old_connections

from core.fast import changes
from tests.core.callers import Caller


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
