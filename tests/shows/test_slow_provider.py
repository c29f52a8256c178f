"""A provider that takes twenty seconds for each answer stops nobody but who pays, and her only briefly."""

import time
from concurrent.futures import ThreadPoolExecutor

from tests.shop.test_held_open import MOST_SECONDS, Visitor
from tests.shows.script import Script, key


def test_twelve_purchases_against_a_slow_provider_leave_the_shop_open(house):
    """They held all eight threads of the web, and home took 24 seconds."""
    variant = house.variant(house.world.oranges)
    buyers = [Script(house) for _ in range(12)]
    orders = [
        buyer.place((variant, 1), email=f"slow{n}@shows.example", phone=f"138001381{n:02}")
        for n, buyer in enumerate(buyers)
    ]
    house.till.trouble("slow", times=500, seconds=20, path="/v1/checkout")
    visitor = Visitor(house.url)
    visitor.start()
    try:

        def pays(n: int) -> float:
            began = time.monotonic()
            asked = {"kind": "CHECKOUT", "idempotencyKey": key()}
            answer = buyers[n].do("paymentBegin", "payment { url isPreparing }", **orders[n], **asked)
            assert answer["errors"] == [] and answer["payment"]["isPreparing"], answer
            return time.monotonic() - began

        with ThreadPoolExecutor(12) as pool:
            waited = list(pool.map(pays, range(12)))
        time.sleep(2)
    finally:
        house.till.trouble("none")
        visitor.over.set()
        visitor.join(30)
    assert {status for _, status, _ in visitor.told} == {200}
    assert max(visitor.told)[0] < MOST_SECONDS, max(visitor.told)
    assert max(waited) < 8
