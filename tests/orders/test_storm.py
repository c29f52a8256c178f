"""Notices come at least once, in any order, on many connections, while we fail now and then: the end is the same."""

import json
import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from random import Random
from threading import local
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from stripe import WebhookSignature

from core.deliveries import drain
from impact.actions import standings
from local.stripe.control import Control
from orders.actions import notice
from orders.models import Dispute, Notice, Refund
from tests import database
from tests.figures import a_seed, figure, progress
from tests.orders.storm import PAYMENTS, Shop
from tests.promises import PROMISES
from tests.together.world import at_rest
from together.models import Seat

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("whole_shop"),
    pytest.mark.proof,
]

CONNECTIONS, COPIES, FAILING = 8, 7, 0.05


BACK = {
    ("cancelled", "succeeded"),
    ("cancelled", "failed"),
    ("desk", "succeeded"),
    ("dispute", "succeeded"),
    # Lost and won on appeal: nothing had been sent, so it is the buyer's until a person decides.
    ("dispute", "undone"),
    ("regained", "failed"),
}


class Fault(Exception):
    """Ours, made for this test."""


_of_thread = local()


def post(event: dict[str, Any]) -> int:
    """One notice, as the provider posts it."""
    if not hasattr(_of_thread, "client"):
        _of_thread.client = Client(raise_request_exception=False)
    text = json.dumps(event)
    signature = WebhookSignature.generate_signature_header(text, "whsec_tests")
    headers = {"Stripe-Signature": signature}
    return _of_thread.client.post(
        "/notices/stripe/", text, content_type="application/json", headers=headers
    ).status_code


def storm(events: Sequence[dict[str, Any]]) -> int:
    """Tell all of these on eight connections; what is not answered by 200 is told again. How many were not."""
    waiting = deque(events)

    def tell(_: int) -> int:
        again = 0
        try:
            while True:
                progress(f"{len(waiting):,} notices to tell")
                event = waiting.popleft()
                if post(event) != 200:
                    again += 1
                    waiting.append(event)
        except IndexError:
            return again
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CONNECTIONS) as pool:
        return sum(pool.map(tell, range(CONNECTIONS)))


@pytest.fixture
def faults(monkeypatch) -> Iterator[Callable[[int], list[str]]]:
    """From here on one notice in twenty fails before it is kept, and one deed in twenty before it is done or after."""

    # A thousand traces of our own making would bury any other.
    logging.disable(logging.CRITICAL)

    def begin(seed: int) -> list[str]:
        chance, made = Random(seed), []
        act, receive = notice.act, notice.receive

        def acted(*told: Any) -> str:
            place = chance.random()
            if place < FAILING / 2:
                made.append("before it is acted on")
                raise Fault
            effect = act(*told)
            if place > 1 - FAILING / 2:
                made.append("after it was acted on")
                raise Fault
            return effect

        def received(*told: Any) -> Any:
            if chance.random() < FAILING:
                made.append("before it is kept")
                raise Fault
            return receive(*told)

        monkeypatch.setattr(notice, "act", acted)
        monkeypatch.setattr(notice, "receive", received)
        return made

    yield begin
    logging.disable(logging.NOTSET)


def in_order(till: Control, stand: Any, seed: int) -> str:
    """Each notice told once, as soon as there is something to tell."""
    shop = Shop(till, stand, seed)
    for stage in shop.stages():
        stage()
        for event in shop.news():
            assert post(event) == 200
    return _rested(shop)


def _rested(shop: Shop) -> str:
    while notice.handle_waiting():
        pass
    drain()
    standings.fold()
    at_rest()
    return shop.end()


def test_any_order_and_any_number_of_times_end_as_once_and_in_order(till, a_stand, faults):
    seed = a_seed()
    expected = in_order(till, a_stand, seed)
    database.empty()
    till.reset()
    chance, shop, made = Random(seed + 1), Shop(till, a_stand, seed), faults(seed + 2)
    told: list[dict[str, Any]] = []
    later: list[dict[str, Any]] = []
    posts = again = 0
    for stage in shop.stages():
        if stage is drain:
            news = shop.news()
            told += news
            # Each comes once before the shop goes on; of its other copies some only long after.
            now, later = later + news, []
            for event in news:
                for _ in range(chance.randint(0, COPIES - 1)):
                    (later if chance.random() < 0.3 else now).append(event)
            chance.shuffle(now)
            posts += len(now)
            again += storm(now)
            while notice.handle_waiting():
                pass
        stage()
    posts += len(later)
    again += storm(later)
    kinds, heard = {event["type"] for event in told}, len(told)
    ended = _rested(shop)
    assert Notice.objects.count() == heard and not Notice.objects.filter(handled_at=None).exists()
    assert ended == expected
    # What the story is for has come about.
    assert f" × {len(kinds)} event types" in PROMISES["notices"][1]["storm"], sorted(kinds)
    assert set(Refund.objects.values_list("reason", "state")) == BACK
    assert set(Dispute.objects.values_list("state", flat=True)) == {"lost", "won"}
    assert set(Seat.objects.values_list("state", flat=True)) == {"confirmed", "refunded"}
    figure(
        "notices/storm",
        f"{PAYMENTS:,} payments, {len(kinds)} kinds of notices, {heard:,} notices told {posts:,} times in any order on "
        f"{CONNECTIONS} connections, {len(made)} times we failed ({again} answered by 500): orders, payments, refunds, "
        f"disputes, stock, books and standings byte-equal to once and in order ({len(ended):,} bytes)",
        seed,
    )
