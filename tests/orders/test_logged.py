"""One purchase, followed through the log: web, outbox, worker, and each call of the provider."""

import json

import pytest

from core.deliveries import drain
from core.models import OutboxEvent
from orders.models import Payment
from tests.core.test_logs import lines  # noqa: F401 (a fixture)
from tests.orders.world import BUYER, PAID, Buyer, a_lot, session_of, tell

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_purchase_is_followed_by_its_id_through_web_outbox_worker_and_provider(
    till,
    a_stand,
    lines,  # noqa: F811
):
    buyer = Buyer()
    order = buyer.place(a_lot(units=5), quantity=2)
    # The provider does not answer her in time, so that a worker opens her page.
    till.trouble("slow", times=1, seconds=4, path="/v1/checkout")
    buyer.begin(order)
    event = OutboxEvent.objects.get(name="PaymentWaits")
    asked = event.request_id
    drain()

    told = [line for line in lines() if line["request_id"] == asked]
    said = [(line["logger"], line["message"].split(":")[0]) for line in told]
    assert len(asked) == 16 and ("sheaf.api", "did PaymentBegin") in said
    assert said.count(("sheaf.provider", "begin")) == 2, "by the web, in vain, and by the worker"
    assert ("sheaf.outbox", f"did orders.tasks.open_page for PaymentWaits {event.pk}") in said
    page = {"url": Payment.objects.get().url}
    till.pay(session_of(page), "alipay")
    assert set(tell(a_stand, PAID)) == {200}
    drain()
    paid = OutboxEvent.objects.get(name="OrderPaid")
    assert paid.request_id not in ("", asked), "it follows from the provider's notice"
    assert f"did orders.tasks.close_payments for OrderPaid {paid.pk}" in {
        line["message"] for line in lines() if line["request_id"] == paid.request_id
    }
    everything = json.dumps(lines(), ensure_ascii=False)
    assert not [
        word
        for word in (BUYER["email"], BUYER["phone"], BUYER["recipient"], order["token"])
        if word in everything
    ]
