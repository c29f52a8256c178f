"""The whole demo in a database of its own, loaded once for the tests that ask for it."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.db import connections, transaction

from core import clock
from core.counting import counts
from local import house
from local.stripe.server import Stand
from tests import live, servers
from tests.providers import stripe_at
from tests.shop import tour


@dataclass
class Demo:
    """A loaded demo: its database, its provider, and how long it took."""

    database: str
    stripe: str
    seconds: float
    pages: list[Any] = field(default_factory=list)  # as the tour has seen them


@pytest.fixture(scope="session")
def loaded_demo() -> Iterator[Demo]:
    """`manage.py demo`, as `make run` calls it, on an empty database and an empty provider."""
    name = servers.servers().new_database(f"test_demo_{_process()}")
    with Stand() as stand:
        env = servers.servers().environment(name) | {"STRIPE_API_BASE": stand.url, "DEMO": "small"}
        began = time.monotonic()
        try:
            house.manage(env, "demo", "--size", "small")
        except SystemExit as why:
            pytest.fail(str(why), pytrace=False)
        yield Demo(name, stand.url, time.monotonic() - began)


@pytest.fixture
def demo(loaded_demo: Demo, settings: Any, django_db_blocker: Any) -> Iterator[Demo]:
    """Within a test the demo's database is ours; what the test does there is undone."""
    settings.DEMO = "small"
    stripe_at(settings, loaded_demo.stripe)
    settings.SITE_URL = "http://testserver"
    around = transaction.atomic()
    around._from_testcase = True  # as Django's own TestCase says: it is no transaction of the shop's
    with django_db_blocker.unblock(), connected_to(loaded_demo.database), around:
        yield loaded_demo
        transaction.set_rollback(True)


@pytest.fixture
def walked(demo: Demo) -> list[tour.Seen]:
    """The pages, walked through once."""
    if not demo.pages:
        demo.pages = tour.walk()
    return demo.pages


@pytest.fixture(scope="session")
def open_demo(loaded_demo: Demo) -> Iterator[live.LiveShop]:
    """A running shop on a copy of the demo, as `make run` opens it."""
    with tempfile.TemporaryDirectory(prefix="sheaf-demo-") as folder, ExitStack() as stack:
        shop = live.LiveShop(Path(folder), f"live_demo_{_process()}", loaded_demo.database, DEMO="small")
        shop.open(stack)
        shop.manage("demo", "--size", "small")  # loaded already: it tells the provider what it knows
        yield shop


@pytest.fixture
def counted(tmp_path: Path) -> Iterator[Any]:
    """This process counts, into a file of its own."""
    before = dict(vars(counts))
    counts.open(tmp_path / "counts")
    yield counts
    vars(counts).clear()
    vars(counts).update(before)


@contextmanager
def connected_to(database: str) -> Iterator[None]:
    """Within it, models and clock are those of another database."""
    connection = connections["default"]
    before = connection.settings_dict
    connection.close()
    connection.settings_dict = before | {"NAME": database}
    clock.forget()
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict = before
        clock.forget()


@pytest.fixture
def signs_of_our_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The broker is all tests' own: no test beside this one leaves or takes away a sign of worker or beat."""
    from shop import pulse

    monkeypatch.setattr(pulse, "PREFIX", f"sheaf:pulse:{_process()}")


def _process() -> str:
    return f"{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"
