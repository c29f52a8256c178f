"""A purchase counts that was placed before the round closed, to the millisecond, whenever it is paid until the freeze."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from core import clock
from impact.models import Round
from orders.models import Order
from tests.contest import buying
from tests.contest.buying import inputs
from tests.impact import world
from tests.orders.world import Buyer, a_person

pytestmark = pytest.mark.django_db
CLOSES = datetime(2026, 9, 2, tzinfo=clock.SHANGHAI)
A_MILLISECOND = timedelta(milliseconds=1)


@pytest.fixture
def stopped(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Has the trade's clock stand still at a moment."""
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


def test_what_is_placed_in_the_last_millisecond_counts_and_at_midnight_no_more(stopped):
    clock.stand_at(CLOSES)
    lot = buying.a_lot()
    Round.objects.update(
        opens_at=CLOSES - timedelta(days=100), closes_at=CLOSES, freezes_at=CLOSES + timedelta(days=7)
    )
    counted = []
    for moment in (CLOSES - A_MILLISECOND, CLOSES):
        stopped(moment)
        placed = Buyer(a_person()).place(lot)
        order = Order.objects.get(number=placed["number"])
        assert order.traded_at == moment
        stopped(CLOSES + timedelta(days=7) - A_MILLISECOND)  # paid at the last moment of settling
        world.pay(order)
        counted.append(inputs(lot).net_minor)
    assert counted == [3690, 3690]
    stopped(CLOSES - A_MILLISECOND)
    late = Order.objects.get(number=Buyer(a_person()).place(lot)["number"])
    stopped(CLOSES + timedelta(days=7))  # the freeze
    world.pay(late)
    assert inputs(lot).net_minor == 3690
