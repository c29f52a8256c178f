"""What every test may ask for: a database of its own, drained deliveries, a live shop, a browser."""

import functools
import gc
import itertools
import os
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache, caches
from django.test.testcases import TransactionTestCase

from tests import database, figures, servers, turns

_tests = itertools.count()
# As tests/servers.py leaves it in the template.
_LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
OPEN_SHOP = {"name_zh": "禾束", "name_en": "Sheaf", "set_up_closed_at": _LONG_AGO, "opened_at": _LONG_AGO}
# A test at full size (1,000 trials of a race, say) may take so long.
FULL_SECONDS = 1500


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """A copy of the migrated template; tests then work in it as the app's role."""
    servers.servers().new_database(servers.own_database())
    database.note_reference_tables()


def _reset(_: TransactionTestCase) -> None:
    database.empty()


# Django would flush as the app's role, which has no right to.
TransactionTestCase._fixture_teardown = _reset  # type: ignore[method-assign]
# And it would close the connection that database.empty() has kept.
TransactionTestCase._should_reload_connections = lambda _: False  # type: ignore[method-assign]


@pytest.fixture(autouse=True)
def whoever_is_signed_in_has_given_her_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """`client.force_login(person)` stands for all that a sign-in asks; for the password alone: `tests.factor.by_password`."""
    from django.test import Client

    from tests import factor

    monkeypatch.setattr(Client, "force_login", factor.by_code)


@pytest.fixture(autouse=True)
def a_cache_of_its_own() -> None:
    """No test finds what another one left in the cache."""
    prefix = f"{servers.own_database()}:{next(_tests)}"
    cache.key_prefix = prefix
    caches.settings["default"]["KEY_PREFIX"] = prefix  # for the threads that a test starts


@pytest.fixture(autouse=True)
def a_clock_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test goes by the trade's clock as another one moved it, and none asks again because it was slow."""
    from core import clock

    monkeypatch.setattr(clock, "_SECONDS", 3600.0)
    clock.forget()


@pytest.fixture(autouse=True)
def nobody_spoken_to_before() -> None:
    """No test speaks the language that another one left."""
    from core import language

    language.activate("zh")


@pytest.fixture(autouse=True)
def the_shop_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads the shop's row anew, unless it changed it: all find the open one of the template."""
    from accounts import shop

    monkeypatch.setattr(shop, "_SECONDS", 3600.0)
    monkeypatch.setattr(shop, "_seen", shop._Seen(shop.Shop(**OPEN_SHOP), time.monotonic(), 10**9, ""))
    monkeypatch.setattr(shop, "_is_open", True)


@pytest.fixture(autouse=True)
def no_place_closed_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test knows of places that another one closed, and none asks again because it was slow."""
    from orders.reads import closure

    monkeypatch.setattr(closure, "_SECONDS", 3600.0)
    closure.forget()


@pytest.fixture(autouse=True)
def no_answer_from_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test is given an answer that another one was; and each looks for changes at every request. A day by which
    rates are counted begins with each: none of their windows ends amid a test."""
    from core import rates
    from core.fast import changes
    from core.fast.responses import responses

    monkeypatch.setattr(changes, "OFTEN", -1.0)
    began = time.time()
    midnight = began - began % 86_400
    monkeypatch.setattr(rates, "time", SimpleNamespace(time=lambda: midnight + time.time() - began))
    rates.forget()
    changes.feed.forget()
    responses.forget()


@pytest.fixture(autouse=True)
def no_suggestion_from_before(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test is suggested what another one sold, and none reads anew because it was slow."""
    from catalog.search import suggestions

    monkeypatch.setattr(suggestions, "KEPT_SECONDS", 3600.0)
    suggestions.forget()


@pytest.fixture(autouse=True)
def other_names_as_they_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test knows of synonyms that another one kept, and none reads them because it was slow."""
    from catalog.search import synonyms

    monkeypatch.setattr(synonyms, "_SECONDS", 3600.0)
    monkeypatch.setattr(synonyms, "_seen", (time.monotonic(), _first_synonyms()))


@functools.cache
def _first_synonyms() -> Any:
    """What the migration puts down, read from its file."""
    from importlib import import_module

    from catalog.models import Synonym
    from catalog.search import synonyms

    rows = import_module("catalog.migrations.0015_synonyms").rows()
    return synonyms.made(
        Synonym(names=names, others=others, is_one_way=bool(others)) for names, others in rows
    )


@pytest.fixture(autouse=True)
def no_account_from_before() -> None:
    """No test takes an account of the ledger for one of another database's."""
    from impact.actions import ledger

    ledger.forget()


@pytest.fixture
def wall_clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Let so many seconds pass for whoever is asked to wait (core/patience.py); it stands still otherwise."""
    import time

    from core import patience

    at = [time.time()]
    monkeypatch.setattr(patience, "now", lambda: at[0])

    def pass_(seconds: float) -> None:
        at[0] += seconds

    return pass_


@pytest.fixture
def run_deliveries() -> Callable[[], int]:
    """Hand over, here and now, all that waits in the outbox, and what follows from it."""
    from core.deliveries import drain

    return drain


@pytest.fixture
def owner(db: None) -> Iterator[Any]:
    """A connection to the test's database as its owner, outside the test's transaction."""
    with database.as_owner() as connection:
        yield connection


@pytest.fixture(scope="session")
def live_shop() -> Iterator[Any]:
    """A whole running shop on a database of its own: `.url`, `.manage(...)`, `with .database(): ...`."""
    from tests import live

    with live.live_shop() as shop:
        yield shop


@pytest.fixture(scope="session")
def opened(live_shop: Any, django_db_setup: None, django_db_blocker: Any) -> Iterator[Any]:
    """The running shop with the shows' world in it (a tests.full.house.Stubborn); its database is not the one that pytest
    guards."""
    from tests.full.house import Stubborn

    with django_db_blocker.unblock():
        yield Stubborn(live_shop)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium (playwright): `browser.new_context(viewport=…, locale=…)`."""
    from tests import browsers

    with browsers.browser() as opened:
        yield opened


@pytest.fixture(scope="session")
def search_node() -> Iterator[Any]:
    """A real Elasticsearch node, skipped by name where none was fetched: `.url`, `.kill()`, `.start()`."""
    from tests import elastic

    node = elastic.Node()
    try:
        yield node.start()
    finally:
        node.remove()


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Any:
    """What is collected stays for the whole run: to look through it for garbage took a quarter of the collecting, and
    a seventh of each test's time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.freeze()
        gc.set_threshold(20_000)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Any:
    """What they need says what they are; and when all others have chosen and sorted, they take their turns."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
        if figures.FULL and item.get_closest_marker("proof"):
            item.add_marker(pytest.mark.timeout(FULL_SECONDS), append=False)
    yield
    items[:] = turns.arranged(items)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> turns.Turns | None:
    """Tests are dealt out as tests/turns.py says, unless a run asks for another way."""
    return turns.Turns(config, log) if config.getvalue("dist") == "loadfile" else None


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """A report of figures says how long each test took and how it ended."""
    if "PYTEST_XDIST_WORKER" in os.environ:
        return  # the one who collects from all tells it
    if report.when == "call" or report.outcome != "passed":
        # What broke stands at a traceback's end, unless a story of many steps follows it.
        crash = getattr(report.longrepr, "reprcrash", None)
        why = f"{crash.message[:2000]}\n" if report.failed and crash else ""
        why += report.longreprtext[-4000:] if report.failed else ""
        figures.outcome(report.nodeid, report.outcome, report.duration, why)


@pytest.fixture(scope="session")
def a_stand() -> Iterator[Any]:
    """The provider's stand-in in this process (a local.stripe.server.Stand).

    It sends its notices nowhere: a test that wants one posts it, or opens a live_shop.
    """
    from local.stripe.server import Stand

    with Stand() as stand:
        yield stand


@pytest.fixture
def till(a_stand: Any, settings: Any) -> Iterator[Any]:
    """The provider for one test, by its controls (a local.stripe.control.Control); settings point to it."""
    from local.stripe.control import Control
    from orders import provider
    from tests.providers import stripe_at

    stripe_at(settings, a_stand.url)
    control = Control(a_stand.url)
    control.reset()
    yield control
    control.trouble("none")
    provider._made.cache_clear()


@pytest.fixture
def the_whole_shop(settings: Any) -> None:
    """Nothing is kept of other floors' worlds; and nobody is held up, but where that is the question."""
    from core import outbox
    from core.api import run
    from orders.reads import shipping

    run.the_schema.cache_clear()
    outbox._named.cache_clear()
    shipping.forget()
    free = {"rate_address": 10**9, "rate_person": 10**9, "guests_an_address": 10**6}
    settings.API_LIMITS = {**settings.API_LIMITS, **free}
