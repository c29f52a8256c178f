"""The stand-in for Stripe: refunds and disputes."""

from __future__ import annotations

from typing import Any

import pytest

from local.stripe.control import ControlError
from tests.local.stripe_world import World, refused


def test_refunds_stay_within_what_was_paid(world: World) -> None:
    paid = world.intent(1000)
    first = world.v1.refunds.create(
        {"payment_intent": paid.id, "amount": 300, "metadata": {"refund": "r1"}, "expand": ["charge"]}
    )
    assert first.status == "succeeded" and first.charge.amount_refunded == 300  # type: ignore[union-attr]
    too_much = refused(lambda: world.v1.refunds.create({"payment_intent": paid.id, "amount": 701}))
    assert too_much.param == "amount" and "greater than unrefunded amount" in str(too_much)
    assert refused(lambda: world.v1.refunds.create({"payment_intent": paid.id, "amount": 0})).param == (
        "amount"
    )
    assert world.v1.refunds.create({"charge": paid.latest_charge}).amount == 700
    done = refused(lambda: world.v1.refunds.create({"payment_intent": paid.id}))
    assert done.code == "charge_already_refunded"
    charge: Any = world.v1.charges.retrieve(paid.latest_charge, {"expand": ["refunds"]})
    assert charge.refunded and [one.amount for one in charge.refunds.data] == [700, 300]
    unpaid = refused(lambda: world.v1.refunds.create({"payment_intent": world.intent(method=None).id}))
    assert unpaid.code == "payment_intent_unexpected_state"
    nets = [one.net for one in world.v1.balance_transactions.list().data]
    assert nets == [-700, -300, 1000 - 59]
    world.ear.wait_for("charge.refunded", 2)
    assert world.ear.count()["refund.created"] == 2 and not world.ear.count()["refund.updated"]


def test_a_pending_refund_arrives_later(world: World) -> None:
    world.control.refund_mode("pending", after=0.3)
    paid = world.intent(1000)
    made = world.v1.refunds.create({"payment_intent": paid.id, "amount": 400})
    assert (made.status, made.pending_reason) == ("pending", "processing")
    left = refused(lambda: world.v1.refunds.create({"payment_intent": paid.id, "amount": 601}))
    assert left.param == "amount"
    told = world.ear.wait_for("refund.updated")
    assert told["data"]["object"]["status"] == "succeeded"
    assert told["data"]["previous_attributes"]["status"] == "pending"
    assert world.v1.refunds.retrieve(made.id).status == "succeeded"


def test_a_refund_that_fails_later_gives_the_money_back_to_us(world: World) -> None:
    world.control.refund_mode("fail_later", after=None, methods=["alipay"])
    card = world.intent(1000)
    assert world.v1.refunds.create({"payment_intent": card.id}).status == "succeeded"
    wallet = world.wallet("alipay", metadata={"demo_refund": "fail_later"})
    world.submit(wallet.next_action.alipay_handle_redirect.url, answer="authorise")
    made = world.v1.refunds.create({"payment_intent": wallet.id})
    assert made.status == "pending"
    world.control.settle_refund(made.id, "failed")
    failed = world.v1.refunds.retrieve(made.id, {"expand": ["failure_balance_transaction"]})
    assert (failed.status, failed.failure_reason) == ("failed", "unknown")
    assert failed.failure_balance_transaction.amount == 1000  # type: ignore[union-attr]
    assert world.ear.wait_for("refund.failed")["data"]["object"]["id"] == made.id
    again = world.v1.refunds.create({"payment_intent": wallet.id, "metadata": {"demo_refund": "succeed"}})
    assert (again.status, again.amount) == ("succeeded", 1000)


def test_the_test_cards_for_refunds(world: World) -> None:
    world.control.refund_mode("succeed", after=0.2)
    failing, pending = world.intent(method="pm_card_refundFail"), world.intent(method="pm_card_pendingRefund")
    assert world.v1.refunds.create({"payment_intent": failing.id}).status == "succeeded"
    assert world.v1.refunds.create({"payment_intent": pending.id}).status == "pending"
    world.ear.wait_for("refund.failed")
    world.ear.wait_for("refund.updated", 2)
    assert [one.status for one in world.v1.refunds.list({"payment_intent": failing.id}).data] == ["failed"]


def test_a_dispute_won_and_a_dispute_lost(world: World) -> None:
    won, lost = world.intent(1000), world.intent(2000)
    opened = world.control.dispute(charge=won.latest_charge, reason="product_not_received")
    world.control.dispute(payment_intent=lost.id)
    assert world.v1.disputes.retrieve(opened["id"]).status == "needs_response"
    assert refused(lambda: world.v1.refunds.create({"payment_intent": won.id})).code == "charge_disputed"
    answered = world.v1.disputes.update(
        opened["id"], {"evidence": {"shipping_tracking_number": "SF1"}, "submit": True}
    )
    assert answered.status == "under_review"
    assert world.control.close_dispute("won", dispute=opened["id"])["status"] == "won"
    assert world.control.close_dispute("lost", charge=lost.latest_charge)["status"] == "lost"
    world.ear.wait_for("charge.dispute.closed", 2)
    world.ear.wait_for("charge.dispute.funds_reinstated")
    counted = world.ear.count()
    assert counted["charge.dispute.created"] == counted["charge.dispute.funds_withdrawn"] == 2
    assert counted["charge.dispute.funds_reinstated"] == 1
    assert world.v1.refunds.create({"payment_intent": won.id}).status == "succeeded"
    refused(lambda: world.v1.refunds.create({"payment_intent": lost.id}))
    with pytest.raises(ControlError):
        world.control.close_dispute("won", charge=lost.latest_charge)
    by_card = world.intent(method="pm_card_createDispute")
    assert len(world.v1.disputes.list({"payment_intent": by_card.id}).data) == 1
