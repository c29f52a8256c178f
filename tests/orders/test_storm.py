"""Notices come at least once, in any order, on many connections, while we fail now and then: the end is the same."""

import json
import logging
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from random import Random
from threading import local
from typing import Any

import pytest
from django.db import connections
from django.db.models import Sum
from django.test import Client
from stripe import WebhookSignature

from catalog.models import Lot
from core.deliveries import drain
from impact.actions import standings
from impact.models import Account, Attribution, Standing
from impact.reads.positions import positions
from orders.actions import cancel, checkout, notice, payment
from orders.models import Dispute, Notice, Order, Payment, Refund
from shop.dev.stripe.control import Control
from tests import database
from tests.figures import a_seed, figure, full, progress
from tests.impact import world
from tests.orders.together import at_rest

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("whole_shop"),
    pytest.mark.proof,
]

PAYMENTS, CONNECTIONS, COPIES, FAILING = full(1_000, 24), 8, 7, 0.05
DECLINED = "4000000000000002"
# How the story of each payment goes on, by share.
FATES = (
    (["paid"] * 9)
    + (["declined first"] * 3)
    + (["given back"] * 4)
    + (["back fails"] * 2)
    + (["disputed"] * 2)
)


class Fault(Exception):
    """Ours, made for this test."""


@dataclass
class Shop:
    """Orders that wait for their money, and what becomes of each: the same from one seed."""

    till: Control
    stand: Any
    seed: int
    fates: list[str] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    told: int = 0

    def __post_init__(self) -> None:
        chance = Random(self.seed)
        lots = [world.a_lot(units=4 * PAYMENTS) for _ in range(3)]
        world.a_round(*[lot.variant.product.team for lot in lots])
        self.fates = [FATES[n % len(FATES)] for n in range(PAYMENTS)]
        chance.shuffle(self.fates)
        purchases = [_purchase(chance.choice(lots), chance.randint(1, 3)) for _ in range(PAYMENTS)]
        for first in range(0, PAYMENTS, 100):
            self.orders += checkout.place_many(purchases[first : first + 100])
        for order in self.orders:
            payment.begin(order)
        self.till.refund_mode("pending", after=None)

    def of(self, *fates: str) -> list[Payment]:
        """The payments of these fates, in the order of their orders."""
        chosen = [order.pk for order, fate in zip(self.orders, self.fates, strict=True) if fate in fates]
        return list(Payment.objects.filter(order__in=chosen).select_related("order").order_by("pk"))

    def stages(self) -> Iterator[Callable[[], None]]:
        """What happens at the provider, one stage after the other; between two halves the shop comes to rest."""
        yield lambda: self._pay("declined first", number=DECLINED)
        yield lambda: self._pay(*FATES)
        yield drain
        yield self._cancel
        yield lambda: self._settle("given back", "succeeded")
        yield lambda: self._settle("back fails", "failed")
        yield self._dispute
        yield self._lose
        yield drain

    def _pay(self, *fates: str, **card: str) -> None:
        for row in self.of(*fates):
            self.till.pay(row.session_id, "card", **card)

    def _cancel(self) -> None:
        for row in self.of("given back", "back fails"):
            cancel.cancel(row.order)
        drain()

    def _settle(self, fate: str, status: str) -> None:
        for row in Refund.objects.filter(payment__in=self.of(fate)).order_by("pk"):
            self.till.settle_refund(row.provider_id, status)

    def _dispute(self) -> None:
        for row in self.of("disputed"):
            self.till.dispute(payment_intent=row.intent_id)

    def _lose(self) -> None:
        for dispute in self.stand.store.select("dispute", [], 10_000, oldest_first=True):
            self.till.close_dispute("lost", dispute=dispute["id"])

    def news(self) -> list[dict[str, Any]]:
        """What the provider has to tell since it was last asked, oldest first."""
        found = self.stand.store.select("event", [], 1_000_000, oldest_first=True)
        fresh, self.told = found[self.told :], len(found)
        return fresh

    def end(self) -> str:
        """All that a buyer, a team or an auditor could see of it, as text."""
        told = {
            "orders": [self._of_order(pk) for pk in [order.pk for order in self.orders]],
            "lots": list(
                Lot.objects.order_by("pk").values_list("units_available", "units_reserved", "units_sold")
            ),
            "standings": list(
                Standing.objects.order_by("entry__team").values_list(
                    "net_minor",
                    "person_times",
                    "people",
                    "organisations",
                    "mobilised_minor",
                    "excluded_minor",
                )
            ),
            "books": sorted(_books([order.uid for order in self.orders]).items()),
        }
        return json.dumps(told, indent=1)

    def _of_order(self, pk: int) -> list[Any]:
        order = Order.objects.get(pk=pk)
        own = {"payment__order": pk}
        return [
            order.state,
            order.total_minor,
            order.refunded_minor,
            sorted(order.payments.values_list("state", "is_kept", "received_minor", "method")),
            sorted(
                Refund.objects.filter(**own).values_list("reason", "state", "amount_minor", "disputed_minor")
            ),
            sorted(Dispute.objects.filter(**own).values_list("state", "amount_minor")),
            Attribution.objects.filter(line__order=pk).aggregate(minor=Sum("amount_minor"))["minor"],
        ]


def _purchase(lot: Lot, units: int) -> checkout.Purchase:
    return checkout.Purchase(
        email="storm@example.com", recipient="示例", phone="13800138000", region_id="420106", street="示例路 1 号",
        wants=[checkout.Want(lot.variant, units)], shipping={lot.variant.product.team_id: 800},
    )  # fmt: skip


def _books(orders: Sequence[Any]) -> dict[str, int]:
    sums: dict[str, int] = dict.fromkeys(Account.Kind.values, 0)
    for found in positions(orders):
        sums[found.place.kind] += found.amount_minor
    return sums


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

        def received(body: bytes, signature: str) -> Any:
            if chance.random() < FAILING:
                made.append("before it is kept")
                raise Fault
            return receive(body, signature)

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
    figure(
        "notices/storm",
        f"{PAYMENTS:,} payments, {len(kinds)} kinds of notices, {heard:,} notices told {posts:,} times in any order on "
        f"{CONNECTIONS} connections, {len(made)} times we failed ({again} answered by 500): orders, payments, refunds, "
        f"disputes, stock, books and standings byte-equal to once and in order ({len(ended):,} bytes)",
        seed,
    )
