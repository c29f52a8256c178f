"""The stand-in for Stripe, asked through the official SDK over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from local.stripe.server import Stand
from tests.local.stripe_world import SECRET, Ear, World


@pytest.fixture(scope="module")
def shared() -> Iterator[World]:
    ear = Ear()
    with Stand(webhook_url=ear.url, webhook_secret=SECRET) as stand:
        yield World(stand.url, ear)
    ear.close()


@pytest.fixture
def world(shared: World) -> World:
    """An empty account whose notices are heard."""
    shared.ear.answers.clear()
    shared.control.trouble("none")
    assert shared.control.wait()
    shared.control.reset()
    shared.ear.heard.clear()
    shared.ear.refused = 0
    return shared
