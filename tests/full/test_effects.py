"""Side effects are not lost: the web killed between commit and hand-over, the broker emptied under the worker."""

import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from redis import Redis

from core.models import Delivery, OutboxEvent
from orders.models import Order
from tests.figures import FULL, figure, progress
from tests.full.buyer import Patient
from tests.full.house import HOUSEHOLDS, Stubborn, wait_until

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not FULL, reason="kills a web and empties a broker again and again: make test-full"),
]

POINT = "broker.publishing"


def buys(house: Stubborn, email: str) -> str:
    """A patient buyer buys and pays; the order's number."""
    buyer = Patient(house)
    order, page = buyer.buy(house.variant(house.world.oranges), email=email)
    house.till.pay(page, "alipay")
    buyer.until(order, "PAID")
    return str(order["number"])


def each_effect_happened_once(house: Stubborn, numbers: list[str], email: str) -> int:
    """Of each order: every reaction done, one letter, each household attributed once; how many reactions."""
    house.rest()
    paid: Counter[str] = Counter()
    for subject, text in house.letters(email):
        if "PAID" in subject.upper():
            paid[re.search(r"\b(\w{4}-\w{4}-\w{4})\b", subject + text)[1]] += 1
    assert paid == dict.fromkeys(numbers, 1), paid
    with house.shop.database():
        ids = list(Order.objects.filter(number__in=numbers).values_list("pk", flat=True))
        events = OutboxEvent.objects.filter(name="OrderPaid", payload__order_id__in=ids)
        assert events.count() == len(numbers)
        deliveries = Delivery.objects.filter(event__in=events)
        assert not deliveries.filter(done_at=None).exists()
        reactions = deliveries.count()
    for number in numbers:
        assert len(house.attributions(number)) == HOUSEHOLDS
    house.verify()
    return reactions


def test_a_kill_between_commit_and_hand_over_loses_no_effect(house):
    kills, numbers = 100, []
    began = time.monotonic()
    for kill in range(kills):
        progress(f"{kill} of {kills} kills")
        house.another_minute()
        since = house.log_of("web")
        house.start_again("web", FAILPOINT=POINT)
        numbers.append(_pays_and_it_dies(house, since))
    house.start_again("web")
    reactions = each_effect_happened_once(house, numbers, "killed@full.example")
    figure(
        "effects/killed",
        f"{kills} kills of the web between commit and hand-over: {reactions} reactions of {len(numbers)} paid orders each "
        f"done once, one letter each ({time.monotonic() - began:.0f} s); verify clean",
    )


def _pays_and_it_dies(house: Stubborn, since: int) -> str:
    buyer = Patient(house)
    order, page = buyer.buy(house.variant(house.world.oranges), email="killed@full.example")
    house.till.pay(page, "alipay")
    wait_until(lambda: house.fell("web", POINT, since), 30, "the web falls")
    return str(order["number"])


def test_a_broker_that_is_emptied_under_the_worker_loses_no_effect(house):
    times, each = 10, 8
    numbers: list[str] = []
    with Redis.from_url(house.shop.env["REDIS_URL"]) as broker, ThreadPoolExecutor(4) as pool:
        lost = 0
        for number in range(times):
            progress(f"{number} of {times} times")
            house.another_minute()
            paid = [pool.submit(buys, house, "emptied@full.example") for _ in range(each)]
            while not all(one.done() for one in paid):
                lost += _emptied(broker)
                time.sleep(0.05)
            numbers += [one.result() for one in paid]
            lost += _emptied(broker)
    reactions = each_effect_happened_once(house, numbers, "emptied@full.example")
    figure(
        "effects/emptied",
        f"the broker emptied again and again during {times} runs ({lost} waiting messages lost): {reactions} reactions of "
        f"{len(numbers)} paid orders each done once, one letter each; verify clean",
    )


def _emptied(broker: Any) -> int:
    """Forget all that waits; how many messages that were."""
    waiting = int(broker.llen("celery")) + int(broker.hlen("unacked"))
    broker.flushall()
    return waiting
