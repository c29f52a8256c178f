"""The trade's clock, and an entry of a contest with the lot that it sells."""

import pytest

from catalog.models import Lot, Team
from core import clock
from tests.impact.disclosed import at_noon, of_an_entry


@pytest.fixture(autouse=True)
def the_clock_is_asked_anew():
    """A process remembers for a second how far the trade's clock was moved: longer than a test lives."""
    clock.forget()
    yield
    clock.forget()


@pytest.fixture
def noon() -> None:
    """It is noon by the trade's clock."""
    at_noon()


@pytest.fixture
def lot() -> Lot:
    """What an entry sells."""
    return of_an_entry()


@pytest.fixture
def team(lot: Lot) -> Team:
    """Whose entry it is."""
    return lot.variant.product.team
