"""Groups in the whole house: its schema, addresses and reactions, the ledger's and the board's among them."""

from collections.abc import Callable

import pytest

from core import rates
from orders.reads import shipping
from tests import documents
from tests.together.world import Together


@pytest.fixture(autouse=True)
def nothing_from_before(monkeypatch) -> None:
    """Neither another test's documents are known, nor its shipping rates."""
    documents.forgotten(monkeypatch)
    shipping.forget()


@pytest.fixture
def no_rates(monkeypatch) -> None:
    """The limits of rate would refuse most of what one address asks here; what is tested is what comes after them."""
    for allow in ("allow", "allow_each", "allow_roughly"):
        monkeypatch.setattr(rates, allow, lambda *_, **__: True)


@pytest.fixture
def together(till, a_stand) -> Callable[..., Together]:
    """Groups that are paid at this till."""
    return lambda **terms: Together(till, a_stand, **terms)
