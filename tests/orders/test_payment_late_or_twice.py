"""Money that comes late, or twice: it buys what is still there, or it goes back."""

import pytest

from orders.models import Payment, Refund
from orders.provider import provider
from orders.provider.port import Noun, Was
from tests.orders.test_checkout import in_threads, shelf
from tests.orders.world import (
    PAID,
    Buyer,
    a_lot,
    at_rest,
    confirm,
    events,
    key,
    post,
    row,
    run_out,
    session_of,
    settle_all,
    tell,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_money_that_comes_late_buys_if_the_stock_is_still_there(bought, till, a_stand):
    buyer, lot, order, page = bought
    till.pay(session_of(page), "alipay")
    run_out(order)
    assert shelf(lot) == (5, 0, 0)
    tell(a_stand, PAID)
    assert row(order).state == "paid" and row(order).closed_at is None and shelf(lot) == (3, 0, 2)
    at_rest()


def test_late_money_takes_other_lots_when_its_own_are_gone(till, a_stand):
    lot = a_lot(units=2)
    buyer = Buyer()
    order = buyer.place(lot, quantity=2)
    till.pay(session_of(buyer.begin(order)), "alipay")
    run_out(order)
    Buyer().place(lot)
    other = a_lot(lot.variant, units=5)
    tell(a_stand, PAID)
    assert row(order).state == "paid"
    draws = {draw.lot_id: draw.units for draw in row(order).lines.get().lots.all()}
    assert draws == {lot.pk: 1, other.pk: 1}
    at_rest()


def test_money_that_comes_when_the_stock_is_gone_goes_back_and_the_buyer_is_told(bought, till, a_stand):
    buyer, lot, order, page = bought
    till.pay(session_of(page), "alipay")
    run_out(order)
    Buyer().place(lot, quantity=4)
    tell(a_stand, PAID)
    settle_all()
    seen = buyer.look(order)
    assert seen["state"] == "EXPIRED"
    assert [(r["reason"], r["state"], r["amount"]["minor"]) for r in seen["refunds"]] == [
        ("LATE", "SUCCEEDED", seen["total"]["minor"])
    ]
    assert not seen["payments"][0]["isKept"] and seen["refundedTotal"]["minor"] == 0
    assert shelf(lot) == (1, 4, 0)
    at_rest()


def test_money_for_a_cancelled_order_goes_back(bought, till, a_stand):
    buyer, lot, order, page = bought
    till.pay(session_of(page), "alipay")
    buyer.done("orderCancel", **order, idempotencyKey=key())
    settle_all()  # its page was to be closed, and had been paid
    assert row(order).state == "cancelled" and Refund.objects.get().reason == "late"
    assert shelf(lot) == (5, 0, 0)
    at_rest()


def test_of_two_payments_in_two_tabs_one_is_kept_and_the_other_goes_back(bought, till, a_stand):
    buyer, lot, order, page = bought
    buyer.begin(order, "CLIENT")
    till.pay(session_of(page), "alipay")
    confirm(Payment.objects.get(kind="client"))
    tell(a_stand, times=2, shuffled=True)
    settle_all()
    seen = buyer.look(order)
    assert sorted(p["isKept"] for p in seen["payments"]) == [False, True]
    assert [(r["reason"], r["state"], r["amount"]["minor"]) for r in seen["refunds"]] == [
        ("TWICE", "SUCCEEDED", seen["total"]["minor"])
    ]
    assert seen["state"] == "PAID" and seen["refundedTotal"]["minor"] == 0 and shelf(lot) == (3, 0, 2)
    at_rest()


def test_two_payments_told_in_the_same_moment_keep_one(bought, till, a_stand):
    buyer, lot, order, page = bought
    buyer.begin(order, "CLIENT")
    till.pay(session_of(page), "wechat_pay")
    confirm(Payment.objects.get(kind="client"))
    told = events(a_stand, PAID, "payment_intent.succeeded")
    assert in_threads(len(told), lambda n: post(told[n])) == [200] * len(told)
    settle_all()
    assert Payment.objects.filter(is_kept=True).count() == 1 and Refund.objects.get().reason == "twice"
    at_rest()


def test_once_paid_the_other_open_page_is_closed(bought, till, a_stand):
    buyer, lot, order, page = bought
    buyer.begin(order, "CLIENT")
    confirm(Payment.objects.get(kind="client"))
    tell(a_stand, "payment_intent.succeeded")
    settle_all()
    assert Payment.objects.get(kind="checkout").state == "cancelled"
    assert provider("stripe").look(Noun.PAGE, session_of(page)).state is Was.CANCELLED
