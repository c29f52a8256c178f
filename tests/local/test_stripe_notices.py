"""The stand-in for Stripe: events, and the notices that tell of them."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

import pytest
import stripe

from tests.local.stripe_world import SECRET, World, refused


def test_events_are_listed_filtered_and_paged(world: World) -> None:
    start = int(time.time())
    for amount in range(1, 6):
        world.intent(amount)
    every = list(world.v1.events.list({"limit": 4}).auto_paging_iter())
    assert len(every) == 15 and len({one.id for one in every}) == 15
    paid = world.v1.events.list({"type": "payment_intent.succeeded", "created": {"gte": start}, "limit": 2})
    assert paid.has_more and [one.data.object["amount"] for one in paid.data] == [5, 4]
    older = world.v1.events.list({"type": "payment_intent.*", "ending_before": every[-1].id, "limit": 1})
    assert older.data[0].data.object["amount"] == 1
    both = world.v1.events.list({"types": ["charge.succeeded", "payment_intent.created"], "limit": 100})
    assert len(both.data) == 10
    assert world.v1.events.list({"created": {"gt": start + 3600}}).data == []
    one = world.v1.events.retrieve(every[0].id)
    assert one.request and one.request.id and not one.livemode
    assert refused(lambda: world.v1.events.retrieve("evt_none")).code == "resource_missing"
    assert refused(lambda: world.v1.events.list({"limit": 101})).param == "limit"


def test_notices_are_signed_on_the_raw_body(world: World) -> None:
    world.intent()
    world.ear.wait_for("payment_intent.succeeded")
    notice = world.ear.heard[0]
    stamp, given = (part.split("=")[1] for part in notice.signature.split(","))
    assert abs(time.time() - int(stamp)) < 5
    wanted = hmac.new(SECRET.encode(), stamp.encode() + b"." + notice.body, hashlib.sha256).hexdigest()
    assert given == wanted
    rewritten = json.dumps(json.loads(notice.body)).encode()
    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(rewritten, notice.signature, SECRET)  # type: ignore[no-untyped-call]
    assert notice.event["api_version"] == stripe.api_version


def test_the_signature_keeps_real_time_when_the_clock_is_moved(world: World) -> None:
    world.control.advance(3 * 86_400)
    world.intent()
    event = world.ear.wait_for("payment_intent.succeeded")
    assert event["created"] > time.time() + 2 * 86_400


def test_a_notice_is_sent_again_until_it_is_taken(world: World) -> None:
    world.ear.answers = [500, 302]
    world.intent(method=None)
    world.ear.wait_for("payment_intent.created")
    assert world.ear.refused == 2 and world.control.wait()
    (row,) = world.control.deliveries()
    assert (row["state"], row["tries"], row["status"]) == ("delivered", 3, 200)
    assert world.v1.events.retrieve(row["event"]).pending_webhooks == 0


def test_notices_held_released_resent(world: World) -> None:
    world.control.hold()
    paid = world.intent()
    time.sleep(0.15)
    assert world.ear.heard == []
    event = world.v1.events.list({"type": "payment_intent.succeeded"}).data[0]
    assert event.pending_webhooks == 1
    assert world.control.release(event=event.id, keep=True) == 1
    world.ear.wait_for("payment_intent.succeeded")
    assert len(world.ear.heard) == 1
    assert world.control.release(order="reverse", gap=0.05) == 2
    world.ear.wait_for("payment_intent.created")
    assert world.ear.kinds() == ["payment_intent.succeeded", "charge.succeeded", "payment_intent.created"]
    assert world.control.resend(event.id, times=3) == 3
    world.ear.wait_for("payment_intent.succeeded", 4)
    assert world.ear.about(paid.id).count("payment_intent.succeeded") == 4


def test_notices_dropped_duplicated_shuffled_delayed(world: World) -> None:
    world.control.notices("drop", types=["payment_intent.*"])
    world.intent()
    world.ear.wait_for("charge.succeeded")
    assert world.control.wait() and world.ear.kinds() == ["charge.succeeded"]
    world.control.notices("duplicate", copies=3)
    world.intent()
    world.ear.wait_for("payment_intent.succeeded", 3)
    world.control.notices("shuffle")
    for _ in range(4):
        world.intent(method=None)
    world.ear.wait_for("payment_intent.created", 7)
    world.control.notices("deliver", delay=0.3)
    before = time.monotonic()
    world.intent(method=None)
    world.ear.wait_for("payment_intent.created", 8)
    assert time.monotonic() - before >= 0.28


def test_webhook_endpoints(world: World) -> None:
    made = world.v1.webhook_endpoints.create({"url": world.ear.url, "enabled_events": ["charge.refunded"]})
    assert made.secret.startswith("whsec_")  # type: ignore[union-attr]
    assert not hasattr(world.v1.webhook_endpoints.retrieve(made.id), "secret")
    assert len(world.v1.webhook_endpoints.list().data) == 2
    off = world.v1.webhook_endpoints.update(made.id, {"disabled": True})
    assert off.status == "disabled"
    assert world.v1.webhook_endpoints.delete(made.id).deleted
    assert refused(lambda: world.v1.webhook_endpoints.retrieve(made.id)).code == "resource_missing"
