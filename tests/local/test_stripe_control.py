"""The stand-in for Stripe: its controls, and the import of past payments."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from local.stripe.control import ControlError
from tests.local.stripe_world import World


def test_controls_refuse_web_pages_and_nonsense(world: World) -> None:
    url = world.url + "/_control/reset"
    assert requests.post(url, headers={"Origin": "http://evil.test"}).status_code == 403
    for name, wish in (("nothing", {}), ("notices", {"mode": "x"}), ("refund_mode", {"mode": "x"})):
        with pytest.raises(ControlError):
            world.control.call(name, **wish)
    answer = requests.post(world.url + "/_control/refund_mode?mode=pending&after=1")
    assert answer.json() == {"mode": "pending", "after": 1.0, "methods": None}


def test_paying_by_control(world: World) -> None:
    session = world.session()
    declined = world.control.pay(session.id, number="4000000000000002")
    assert declined["status"] == "declined" and declined["error"]["code"] == "card_declined"
    assert world.control.pay(session.id, "alipay", fail=True)["status"] == "requires_payment_method"
    assert world.control.pay(session.id, "alipay")["status"] == "succeeded"
    with pytest.raises(ControlError):
        world.control.pay(session.id)


def test_thousands_of_past_payments_are_imported_once(world: World) -> None:
    yesterday = int(time.time()) - 86_400
    rows: list[dict[str, Any]] = [
        {
            "type": "payment",
            "id": f"pi_demo{n:05d}",
            "amount": 1000 + n,
            "created": yesterday - n,
            "method": ("card", "alipay", "wechat_pay")[n % 3],
            "metadata": {"order": f"o-{n}"},
        }
        for n in range(3000)
    ]
    rows += [
        {"type": "refund", "id": "re_demo1", "payment_intent": "pi_demo00001", "amount": 1, "created": yesterday}
    ]  # fmt: skip
    begun = time.monotonic()
    assert world.control.import_payments(rows) == {"payments": 3000, "refunds": 1, "skipped": 0}
    assert time.monotonic() - begun < 3
    assert world.control.import_payments(rows) == {"payments": 0, "refunds": 0, "skipped": 3001}
    paid: Any = world.v1.payment_intents.retrieve("pi_demo00001", {"expand": ["latest_charge"]})
    assert (paid.status, paid.amount_received, paid.metadata.order) == ("succeeded", 1001, "o-1")
    assert paid.created == yesterday - 1 and paid.latest_charge.amount_refunded == 1
    assert paid.latest_charge.payment_method_details.type == "alipay"
    assert world.v1.refunds.create({"payment_intent": paid.id}).amount == 1000
    assert world.v1.payment_intents.list({"limit": 1}).data[0].id == "pi_demo00000"
    world.ear.wait_for("charge.refunded")
    world.ear.wait_for("refund.created")
    assert len(world.ear.heard) == 2
    before = len(world.v1.payment_intents.list({"limit": 100, "created": {"gte": yesterday + 1}}).data)
    with pytest.raises(ControlError, match="Line 2"):
        world.control.import_payments(
            [{"id": "pi_new1", "amount": 5, "created": yesterday + 9}, {"id": "pi_new2", "amount": -5, "created": 1}]
        )  # fmt: skip
    after = len(world.v1.payment_intents.list({"limit": 100, "created": {"gte": yesterday + 1}}).data)
    assert before == after == 0
