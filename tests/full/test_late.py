"""A payment never ends without an order or a refund: money that comes after its goods were let go."""

import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random
from typing import Any

import pytest

from tests.figures import FULL, a_seed, figure, progress
from tests.full.buyer import Patient
from tests.full.house import Stubborn, wait_until

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not FULL, reason="lets reservations of a running shop run out: make test-full"),
]

SECONDS = 60


def ended(buyer: Patient, order: dict[str, Any]) -> str:
    """How the money of an order ended; nothing while it has not."""
    seen = buyer.order(order)
    if seen["state"] == "PAID":
        return "paid"
    refunds = [(refund["state"], refund["amount"]["minor"]) for refund in seen["refunds"]]
    whole = [("SUCCEEDED", seen["total"]["minor"])]
    return "given back" if seen["state"] == "EXPIRED" and refunds == whole else ""


def test_money_that_comes_after_its_goods_were_let_go_buys_them_or_goes_back_within_a_minute(house):
    trials, chance = 200, Random(seed := a_seed())
    house.rest()
    buyers = [Patient(house) for _ in range(trials)]
    stalls = [chance.choice([house.world.oranges, house.world.tea]) for _ in range(trials)]

    def begin(n: int) -> tuple[dict[str, Any], str]:
        if n % 40 == 0:
            house.another_minute()
        return buyers[n].buy(house.variant(stalls[n]))

    with ThreadPoolExecutor(4) as pool:
        pairs = list(pool.map(begin, range(trials)))
    house.till.hold()
    for _, page in pairs:
        house.till.pay(page, chance.choice(["alipay", "wechat_pay", "card"]))
    # Nobody may sell the tea any more: late money finds it gone.
    gone = house.sells_no_more(house.world.tea)
    try:
        began = time.monotonic()
        house.times_run_out()
        time.sleep(chance.random())
        house.till.release(order=chance.choice(["reverse", ""]))
        waits = [_wait(buyer, order, began) for buyer, (order, _) in zip(buyers, pairs, strict=True)]
    finally:
        house.sells_again(gone)
    house.rest()
    told = Counter(how for how, _ in waits)
    slowest = max(seconds for _, seconds in waits)
    assert slowest < SECONDS and set(told) <= {"paid", "given back"}
    back = {order["number"] for (order, _), (how, _) in zip(pairs, waits, strict=True) if how == "given back"}
    wait_until(lambda: back <= _told(house), 30, "each whose money goes back has her letter")
    figure(
        "payment/late",
        f"{trials} reservations ran out before their money was told: {told['paid']} paid, {told['given back']} given back "
        f"and told by mail; the slowest after {slowest:.0f} s",
        seed,
    )


def _wait(buyer: Patient, order: dict[str, Any], began: float) -> tuple[str, float]:
    how = ""
    ends = began + SECONDS + 30
    while not (how := ended(buyer, order)):
        assert time.monotonic() < ends, buyer.order(order)
        time.sleep(0.2)
    progress("late money is being looked for")
    return how, time.monotonic() - began


def _told(house: Stubborn) -> set[str]:
    """The orders whose buyers were written that their money goes back."""
    subjects = [subject for subject, _ in house.letters("@full.example")]
    return {
        found[1] for subject in subjects if (found := re.search(r"goes back to you \(order (\S+)\)", subject))
    }
