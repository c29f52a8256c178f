"""A provider that takes twenty seconds for each answer stops nobody but who pays, and her only briefly."""

import time
from concurrent.futures import ThreadPoolExecutor

from tests.figures import in_full_alone
from tests.shop.test_held_open import MOST_SECONDS, Visitor
from tests.shows.script import ADDRESS, Script, key

BUYERS = 12
SLOW = 20  # seconds; the shop gives up long before


@in_full_alone("a provider that takes twenty seconds")
def test_twelve_purchases_against_a_slow_provider_leave_the_shop_open(house):
    """They held all eight threads of the web, and home took 24 seconds. Half of them buy by one call."""
    variant = house.variant(house.world.oranges)
    buyers = [Script(house) for _ in range(BUYERS)]
    asked = []
    for n, buyer in enumerate(buyers):
        who = {"email": f"slow{n}@shows.example", "phone": f"138001381{n:02}"}
        if n % 2:
            order = buyer.place((variant, 1), **who)
            asked.append(("paymentBegin", {**order, "kind": "CHECKOUT"}))
        else:
            given = {"lines": [{"variantId": variant, "quantity": 1}], **ADDRESS, **who}
            asked.append(("buyNow", {**given, "expectedTotal": buyer.total_of(given)}))
    house.till.trouble("slow", times=500, seconds=SLOW, path="/v1/checkout")
    visitor = Visitor(house.url)
    visitor.start()
    try:

        def pays(n: int) -> float:
            began, (act, given) = time.monotonic(), asked[n]
            answer = buyers[n].done(act, "payment { url isPreparing }", idempotencyKey=key(), **given)
            assert answer["payment"]["isPreparing"], answer
            return time.monotonic() - began

        with ThreadPoolExecutor(BUYERS) as pool:
            waited = list(pool.map(pays, range(BUYERS)))
        time.sleep(2)
    finally:
        house.till.trouble("none")
        visitor.over.set()
        visitor.join(30)
    assert {status for _, status, _ in visitor.told} == {200}
    assert max(visitor.told)[0] < MOST_SECONDS, max(visitor.told)
    assert max(waited) < 8
