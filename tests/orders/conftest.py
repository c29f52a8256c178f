"""This floor's own schema and reactions, and what is bought there."""

from collections.abc import Callable, Iterator

import pytest

from core import outbox, rates
from core.api import run
from orders.reads import shipping
from tests import documents
from tests.orders.paid import Paid
from tests.orders.world import Buyer, a_lot
from tests.together.world import Together


@pytest.fixture(autouse=True)
def our_floor(settings, monkeypatch):
    settings.API_SCHEMA = "tests.orders.world.schema"
    settings.ROOT_URLCONF = "tests.orders.urls"
    settings.REACTIONS = "tests.orders.world.REACTIONS"
    run.the_schema.cache_clear()
    outbox._named.cache_clear()
    documents.forgotten(monkeypatch)
    shipping.forget()
    yield
    run.the_schema.cache_clear()
    outbox._named.cache_clear()


@pytest.fixture
def paid(till, a_stand) -> Paid:
    return Paid(till, a_stand)


@pytest.fixture
def no_rates(monkeypatch) -> None:
    """The limits of rate would refuse most of what one address asks here; what is tested is what comes after them."""
    for allow in ("allow", "allow_each", "allow_roughly"):
        monkeypatch.setattr(rates, allow, lambda *_, **__: True)


@pytest.fixture
def whole_shop(settings, our_floor) -> Iterator[None]:
    """The house as it is: its schema, addresses and reactions, the ledger's and the board's among them."""
    settings.API_SCHEMA = "shop.schema.schema"
    settings.ROOT_URLCONF = "shop.urls"
    settings.REACTIONS = "shop.reactions.REACTIONS"
    run.the_schema.cache_clear()
    outbox._named.cache_clear()
    yield


@pytest.fixture
def together(till, a_stand) -> Callable[..., Together]:
    """Groups that are paid at this till."""
    return lambda **terms: Together(till, a_stand, **terms)


@pytest.fixture
def bought(till):
    """A guest with an order of two units and an open page to pay it at."""
    buyer, lot = Buyer(), a_lot(units=5)
    order = buyer.place(lot, quantity=2)
    page = buyer.begin(order)
    return buyer, lot, order, page


@pytest.fixture
def closer():
    """An operator who closes places."""
    from tests.orders.closed import Closer

    return Closer()
