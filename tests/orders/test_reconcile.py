"""What an outage, or one row that cannot be settled, must never keep from everybody else."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.utils import timezone

from accounts.actions import erasure
from core import deliveries
from core.models import Delivery
from orders.actions import payment, reconcile, refund
from orders.models import Payment, Refund
from orders.provider.port import Away
from tests.accounts.world import PASSWORD, a_person
from tests.orders.test_checkout import shelf
from tests.orders.world import PAID, Buyer, a_lot, at_rest, key, row, run_out, session_of, settle_all, tell

pytestmark = pytest.mark.django_db(transaction=True)


def wait(**time):
    """So much time passes for payments and refunds."""
    Payment.objects.update(created_at=F("created_at") - timedelta(**time))
    Payment.objects.exclude(checked_at=None).update(checked_at=F("checked_at") - timedelta(**time))
    Refund.objects.update(requested_at=F("requested_at") - timedelta(**time))


def test_one_payment_that_cannot_be_settled_keeps_no_other_from_being_asked_about(till, monkeypatch):
    lot = a_lot(units=9)
    orders = [buyer.place(lot) for buyer in (Buyer(), Buyer())]
    for order in orders:
        till.pay(session_of(Buyer().begin(order)), "alipay")
    bad, look = Payment.objects.order_by("pk")[0], payment.look

    def looked(asked):
        if asked.pk == bad.pk:
            raise KeyError("status")
        return look(asked)

    monkeypatch.setattr(payment, "look", looked)
    wait(minutes=1)
    assert reconcile.all_waiting()["payments"] == 2
    assert [row(order).state for order in orders] == ["placed", "paid"]


def test_refunds_that_an_outage_kept_back_are_asked_for_once_it_is_over(bought, till, a_stand, monkeypatch):
    buyer, lot, order, page = bought
    till.pay(session_of(page), "alipay")
    tell(a_stand, PAID)
    with monkeypatch.context() as outage:

        def away():
            raise Away("nobody there")

        outage.setattr(refund, "provider", away)
        buyer.done("orderCancel", number=order["number"], token=order["token"], idempotencyKey=key())
        while Delivery.objects.filter(done_at=None, parked_at=None).exists():
            Delivery.objects.update(due_at=timezone.now() - timedelta(seconds=1))
            deliveries.hand_over()
    assert Refund.objects.get().state == "requested"
    wait(minutes=1)
    assert reconcile.all_waiting()["refunds"] == 0, "its own delivery may still be on the way"
    wait(minutes=2)
    assert reconcile.all_waiting()["refunds"] == 1
    assert Refund.objects.get().state == "succeeded" and row(order).state == "refunded"
    assert shelf(lot)[0] == 5


def test_nobody_is_forgotten_while_her_money_may_still_come(till, a_stand):
    person = a_person()
    buyer = Buyer(person)
    order = buyer.place(a_lot())
    till.pay(session_of(buyer.begin(order)), "alipay")
    run_out(order)
    Payment.objects.update(state="processing")
    assert erasure.erase(person, PASSWORD) is False
    # Declined, and then paid after all on the page that was left open: nobody is there to be sent anything.
    Payment.objects.update(state="failed")
    assert erasure.erase_settled() == 1
    tell(a_stand, PAID)
    settle_all()
    assert row(order).state == "expired" and Payment.objects.get().is_kept is False
    assert [(r.reason, r.state) for r in Refund.objects.all()] == [("late", "succeeded")]
    at_rest()
