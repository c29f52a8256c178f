"""A mailbox that nobody has proved has one letter a day, however many beats strike at one moment. And without the lock."""

import pytest

from orders.actions import left_unpaid
from orders.models import Order
from tests.catalog.test_stock_races import at_once
from tests.figures import full, progress
from tests.orders.test_left_unpaid import HERS, pass_by
from tests.orders.world import Buyer, a_lot

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("whole_shop", "till", "no_rates"),
    pytest.mark.proof,
]
TRIALS = full(200, 20)
BEATS = 4
# Of a few trials a busy machine may spoil some.
MISSED_BY_THE_CONTROL = full(0.1, 0.5)


@pytest.fixture
def orders(monkeypatch) -> None:
    """As many unpaid orders of one mailbox as beats, each of which takes one."""
    lot = a_lot(units=20)
    for _ in range(BEATS):
        Buyer().place(lot, email=HERS)
    pass_by(minutes=6)
    monkeypatch.setattr(left_unpaid, "MOST", 1)


def letters_of_a_moment() -> int:
    Order.objects.update(left_unpaid_at=None)
    said = at_once([left_unpaid.note] * BEATS)
    assert all(isinstance(one, int) for one in said), said
    return Order.objects.exclude(left_unpaid_at=None).count()


def test_beats_that_strike_at_once_bring_one_letter(orders):
    for trial in range(TRIALS):
        progress(f"{trial} of {TRIALS} trials")
        assert letters_of_a_moment() == 1


def test_without_the_lock_they_would_bring_more(orders, monkeypatch):
    monkeypatch.setattr(left_unpaid, "_is_alone", lambda: True)
    more = sum(letters_of_a_moment() > 1 for _ in range(TRIALS))
    assert more >= (1 - MISSED_BY_THE_CONTROL) * TRIALS
