"""A provider that takes its time holds up nobody but the one payment, and that one is made ready meanwhile."""

import threading
import time
from datetime import timedelta

import pytest
from django.test import Client

from core.deliveries import drain
from orders.models import Payment
from orders.provider import haste, provider
from orders.provider.stripe.wire import Wire
from tests.orders.test_checkout import in_threads
from tests.orders.world import Buyer, a_lot, at_rest, key, row, session_of, tell

pytestmark = pytest.mark.django_db(transaction=True)
DOCUMENT = "payment { url isPreparing }"


def begin(buyer, order, once=None):
    return buyer.do("paymentBegin", DOCUMENT, **order, idempotencyKey=once or key())


def test_a_slow_provider_is_asked_once_and_briefly_and_a_worker_opens_the_page(till, a_stand, monkeypatch):
    monkeypatch.setattr("orders.provider.stripe.wire.PIECE", 65_536)
    buyer, lot = Buyer(), a_lot()
    order = buyer.place(lot)
    till.trouble("slow", times=1, seconds=4, path="/v1/checkout")
    began = time.monotonic()
    told = begin(buyer, order)
    assert time.monotonic() - began < 2.5
    assert told["errors"] == [] and told["payment"] == {"url": "", "isPreparing": True}
    assert buyer.look(order)["state"] == "PLACED"
    drain()
    told = begin(buyer, order)
    assert told["payment"]["isPreparing"] is False and told["payment"]["url"]
    assert Payment.objects.count() == 1 and len(a_stand.store.select("checkout.session", [], 9)) == 1
    at_rest()


def test_after_two_slow_ones_nobody_waits_until_it_is_over(till, monkeypatch):
    monkeypatch.setattr(haste, "SHUT_SECONDS", 1.0)
    buyer, lot = Buyer(), a_lot(units=9)
    orders = [Buyer(), Buyer(), Buyer()]
    placed = [one.place(lot) for one in orders]
    till.trouble("slow", times=2, seconds=3, path="/v1/checkout")
    for one, order in zip(orders[:2], placed, strict=False):
        assert begin(one, order)["payment"]["isPreparing"]
    began = time.monotonic()
    assert begin(orders[2], placed[2])["payment"]["isPreparing"]
    assert time.monotonic() - began < 0.5
    till.trouble("none")
    time.sleep(1.1)
    assert begin(orders[2], placed[2])["payment"]["url"]
    assert buyer is not None


def test_no_more_than_two_threads_of_a_process_wait_outside(till, monkeypatch):
    buyers = [Buyer() for _ in range(8)]
    # Strangers of their own: what one of them may hold unpaid is bounded.
    who = [{"email": f"buyer{n}@example.com", "phone": f"1380013800{n}"} for n in range(8)]
    placed = [one.place(a_lot(), **about) for one, about in zip(buyers, who, strict=True)]
    till.trouble("slow", times=50, seconds=3, path="/v1/checkout")
    outside, most, call = [], [], Wire.request

    def noted(*asked):
        outside.append(1)
        most.append(len(outside))
        try:
            return call(*asked)
        finally:
            outside.pop()

    monkeypatch.setattr(Wire, "request", noted)
    assert all(in_threads(8, lambda n: begin(buyers[n], placed[n])["payment"]["isPreparing"]))
    assert max(most) <= haste.OUTSIDE
    till.trouble("none")


def test_a_twin_hears_that_it_is_being_done_and_the_first_what_came_of_it(till, monkeypatch):
    monkeypatch.setattr("orders.provider.haste.BRIEF_SECONDS", 4.0)
    monkeypatch.setattr("orders.provider.stripe.adapter.BRIEF_SECONDS", 4.0)
    from orders.provider import _made

    _made.cache_clear()
    buyer, once = Buyer(), key()
    order = buyer.place(a_lot())
    till.trouble("slow", times=1, seconds=3.4, path="/v1/checkout")
    told = {}
    first = threading.Thread(target=lambda: told.update(first=begin(buyer, order, once)))
    first.start()
    time.sleep(0.3)
    assert [e["code"] for e in begin(buyer, order, once)["errors"]] == ["IN_PROGRESS"]
    first.join()
    assert told["first"]["errors"] == [] and told["first"]["payment"]["url"]


def test_a_notice_does_not_hold_a_thread_of_the_web_for_a_slow_provider(till, a_stand):
    buyer = Buyer()
    order = buyer.place(a_lot())
    till.pay(session_of(buyer.begin(order)), "alipay")
    till.trouble("slow", times=1, seconds=4)
    began = time.monotonic()
    assert tell(a_stand, "checkout.session.completed") == [200]
    assert time.monotonic() - began < 2.5 and row(order).state == "placed"
    from orders.actions import notice

    till.trouble("none")
    assert notice.handle_waiting() == 1 and row(order).state == "paid"
    at_rest()


def test_what_the_provider_will_not_begin_keeps_its_reason(till, monkeypatch):
    buyer = Buyer()
    order = buyer.place(a_lot())
    adapter = provider("stripe")
    plain = adapter._session
    monkeypatch.setattr(adapter, "_session", lambda asked: {**plain(asked), "mode": "nonsense"})
    assert [e["code"] for e in begin(buyer, order)["errors"]] == ["PAYMENT_REFUSED"]
    made = Payment.objects.get()
    assert made.state == "cancelled" and "mode" in made.failure
    monkeypatch.undo()
    assert begin(buyer, order)["payment"]["url"]


@pytest.mark.usefixtures("whole_shop")
def test_the_orders_page_says_so_and_renews_itself_without_any_script(till):
    buyer = Buyer()
    order = buyer.place(a_lot())
    till.trouble("slow", times=1, seconds=3, path="/v1/checkout")
    begin(buyer, order)
    page = f"/en/order/{order['number']}/?token={order['token']}"
    seen = Client().get(page).content.decode()
    assert '<meta http-equiv="refresh" content="3">' in seen and "The payment page is being prepared" in seen
    drain()
    seen = Client().get(page).content.decode()
    assert "http-equiv" not in seen and "One step left: pay" in seen


def test_what_the_provider_would_not_take_is_refused_before_anything_is_reserved(till):
    from catalog.models import Reservation
    from orders.actions import attempt

    attempt.demand_enough(400)
    with pytest.raises(Exception, match="¥4.00"):
        attempt.demand_enough(399)
    assert Reservation.objects.count() == 0


def test_a_clock_that_is_minutes_off_is_noticed_and_said(caplog, monkeypatch):
    from email.utils import format_datetime

    from django.utils import timezone

    from orders.provider import clock
    from shop.health import Health

    monkeypatch.setattr(clock, "_off", 0.0)
    monkeypatch.setattr(clock, "_said_at", float("-inf"))
    clock.note({"Date": format_datetime(timezone.now())})
    assert not clock.is_wrong() and caplog.messages == []
    clock.note({"Date": format_datetime(timezone.now() - timedelta(minutes=6))})
    assert clock.is_wrong() and "+360 seconds apart" in caplog.text or "+361 seconds" in caplog.text
    told = Health()
    told.look()
    assert told.amiss()["clock"] == "wrong"


@pytest.mark.parametrize(
    "body",
    [
        "nonsense", "[]", "7", "null", '"text"', "{}",
        '{"object": "event"}', '{"object": "event", "data": 1}', '{"object": "event", "data": {"object": 1}}',
        '{"object": "event", "id": "evt_1", "type": "x", "data": {}}',
        '{"object": "event", "id": 5, "type": "x", "data": {"object": {}}}',
        '{"object": "event", "id": "evt_1", "type": ["x"], "data": {"object": {}}}',
        '{"object": "event", "id": "evt_1", "type": "refund.updated", "data": {"object": {"object": "refund", "id": {}}}}',
        '{"object": "event", "id": "evt_1", "type": "payment_intent.succeeded",'
        ' "data": {"object": {"object": "payment_intent", "id": "pi", "metadata": [], "amount": "x"}}}',
        '{"object": "event", "id": "evt_1", "type": "a\\u0000", "data": {"object": {}}}',
        '{"a":' * 2000 + "1" + "}" * 2000,
    ],
)  # fmt: skip
def test_a_signed_notice_whose_body_is_not_one_is_refused(till, body):
    from orders.models import Notice
    from tests.orders.world import post

    assert post({}, body=body) == 400
    assert Notice.objects.count() == 0
