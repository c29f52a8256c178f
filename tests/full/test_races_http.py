"""Fifty buyers over HTTP, each on a connection of her own: the last five units are placed five times."""

import threading
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from catalog.models import Lot
from orders.models import Order
from tests.catalog.world import a_lot
from tests.figures import FULL, figure, progress
from tests.full.house import Stubborn
from tests.shows.script import ADDRESS, Script, key

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not FULL, reason="fifty buyers over HTTP: make test-full"),
]

BUYERS, UNITS = 50, 5
PLACED = "order { number } token"


def at_once(house: Stubborn, lines: Sequence[dict[str, Any]]) -> Counter[str]:
    """All buyers ask for the same at the same moment; how often each answer came."""
    barrier = threading.Barrier(BUYERS)

    told = {"email": "race@full.example", **ADDRESS}
    told["expectedTotal"] = Script(house).total_of({"lines": list(lines), **told})

    def buy(_: int) -> str:
        buyer = Script(house)
        barrier.wait(timeout=30)
        answer = buyer.do("buyNow", PLACED, lines=list(lines), idempotencyKey=key(), **told)
        return answer["errors"][0]["code"] if answer["errors"] else "placed"

    house.another_minute()
    with ThreadPoolExecutor(BUYERS) as pool:
        return Counter(pool.map(buy, range(BUYERS)))


def a_shelf_of(house: Stubborn, units: int) -> Lot:
    """So many units are all that is left of the tea."""
    house.sells_no_more(house.world.tea)
    with house.shop.database():
        return a_lot(house.world.tea.variant, units=units)


@pytest.fixture
def tea(house: Stubborn):
    """The tea as it was, when the test is over: what nobody paid is let go."""
    before = house.sells_no_more(house.world.tea)
    yield house.variant(house.world.tea)
    house.times_run_out()
    house.sells_no_more(house.world.tea)
    house.sells_again(before)
    house.rest()


def test_fifty_buyers_over_http_place_the_last_five_units_five_times(house, tea):
    trials = 100
    for trial in range(trials):
        progress(f"{trial} of {trials} trials")
        lot = a_shelf_of(house, UNITS)
        told = at_once(house, [{"variantId": tea, "quantity": 1}])
        assert told == {"placed": UNITS, "INSUFFICIENT_STOCK": BUYERS - UNITS}, told
        with house.shop.database():
            lot.refresh_from_db()
        assert (lot.units_available, lot.units_reserved) == (0, UNITS)
    with house.shop.database():
        assert Order.objects.filter(email="race@full.example").count() == trials * UNITS
    figure(
        "stock/http", f"{UNITS} of {UNITS} placed by {BUYERS} buyers over HTTP in {trials} of {trials} trials"
    )


def test_two_lines_that_draw_on_one_lot_are_summed_before_anything_is_taken(house, tea):
    trials = 20
    for _ in range(trials):
        lot = a_shelf_of(house, UNITS)
        told = at_once(house, [{"variantId": tea, "quantity": 1}, {"variantId": tea, "quantity": 1}])
        # Five units are two carts of two; the fifth is left.
        assert told == {"placed": 2, "INSUFFICIENT_STOCK": BUYERS - 2}, told
        with house.shop.database():
            lot.refresh_from_db()
        assert (lot.units_available, lot.units_reserved) == (1, 4)
    figure(
        "stock/one-lot",
        f"two lines of one variant, {UNITS} units, {BUYERS} buyers: 2 placed in {trials} of {trials} trials",
    )
