"""One shop on servers of its own for all of these tests; when a test is over, `verify` is clean."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests import live
from tests.figures import FULL
from tests.full.house import OwnServers, Stubborn


@pytest.fixture(scope="session")
def broken_shop(request: Any, django_db_setup: None, django_db_blocker: Any) -> Iterator[Stubborn]:
    """The shop; its servers and its database are nobody else's. In `make test` it is the one of all others, whose processes
    may be ended, and not its servers."""
    if not FULL:
        yield request.getfixturevalue("opened")
        return
    with tempfile.TemporaryDirectory(prefix="sheaf-full-") as folder, ExitStack() as stack:
        place = Path(folder)
        place.chmod(0o755)  # PostgreSQL runs as nobody where we are root
        on = OwnServers(place / "servers")
        stack.callback(on.postgres.stop)
        shop = live.LiveShop(place, f"full_{os.getpid()}", on=on)
        shop.open(stack)
        with django_db_blocker.unblock():
            yield Stubborn(shop)


@pytest.fixture
def house(broken_shop: Stubborn) -> Iterator[Stubborn]:
    """The shop; when the test is over, every invariant holds."""
    broken_shop.another_minute()
    yield broken_shop
    broken_shop.till.notices("deliver")
    broken_shop.till.trouble("none")
    broken_shop.verify()
