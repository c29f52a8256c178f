"""Paying: by notice or without, each way, and begun again."""

import json
import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from catalog.models import Lot
from local.stripe.api import Api
from orders.actions import payment, reconcile, settlement
from orders.models import Order, Payment, Refund
from orders.people import FORGOTTEN
from orders.provider import provider
from orders.provider.port import PaymentSeen, Was
from tests.orders.test_checkout import in_threads, shelf
from tests.orders.world import (
    PAID,
    Buyer,
    a_lot,
    a_person,
    at_rest,
    confirm,
    key,
    row,
    run_out,
    session_of,
    tell,
)
from tests.providers import stripe_at

pytestmark = pytest.mark.django_db(transaction=True)


def in_time(seconds=60):
    """As if that much time had passed since the payments were begun and the provider was last asked."""
    past = timezone.now() - timedelta(seconds=seconds)
    Payment.objects.update(created_at=past, checked_at=None)
    Refund.objects.update(requested_at=past, checked_at=None)


def test_a_card_is_declined_then_alipay_pays_and_the_order_page_says_so(bought, till, a_stand):
    buyer, lot, order, page = bought
    till.pay(session_of(page), "card", number="4000000000000002")
    tell(a_stand)
    assert buyer.look(order)["state"] == "PLACED" and Payment.objects.get().state == "failed"
    till.pay(session_of(page), "alipay")
    assert set(tell(a_stand, PAID)) == {200}
    seen = buyer.look(order)
    assert (seen["state"], seen["allowedActions"]) == ("PAID", ["CANCEL"])
    assert [(p["state"], p["method"], p["isKept"], p["url"]) for p in seen["payments"]] == [
        ("SUCCEEDED", "alipay", True, "")
    ]
    assert shelf(lot) == (3, 0, 2)
    at_rest()


@pytest.mark.parametrize("method", ["card", "alipay", "wechat_pay"])
def test_each_way_to_pay_pays(bought, till, a_stand, method):
    buyer, lot, order, page = bought
    till.pay(session_of(page), method)
    tell(a_stand)
    assert buyer.look(order)["payments"][0]["method"] == method
    at_rest()


def test_whatever_a_buyer_calls_herself_her_money_pays_for_her_order(till, a_stand):
    """A dash is what stands in place of a name that was erased; it is no proof that one was."""
    buyer = Buyer()
    order = buyer.place(a_lot(), recipient=FORGOTTEN)
    till.pay(session_of(buyer.begin(order)), "alipay")
    tell(a_stand, PAID)
    assert row(order).state == "paid" and not Refund.objects.exists()
    at_rest()


def test_a_notice_that_never_comes_is_found_by_asking(bought, till):
    buyer, lot, order, page = bought
    till.pay(session_of(page), "alipay")
    assert reconcile.all_waiting()["payments"] == 0  # too early to take it for lost
    in_time()
    assert reconcile.all_waiting()["payments"] == 1
    assert row(order).state == "paid"
    at_rest()
    assert reconcile.all_waiting() == {"payments": 0, "refunds": 0, "notices": 0}


def test_a_notice_that_comes_before_the_page_has_a_number_here_finds_its_payment(bought, till, a_stand):
    buyer, lot, order, page = bought
    intent = buyer.begin(order, "INTENT")
    made = Payment.objects.get(kind="client")
    confirm(made)
    Payment.objects.filter(pk=made.pk).update(payment_ref="", client_secret="")
    tell(a_stand, "payment_intent.succeeded")
    # Its ids are not known yet: begin asks again under the same key, is told them, and all is found.
    assert row(order).state == "placed"
    assert buyer.begin(order, "INTENT")["id"] == intent["id"]
    in_time()
    reconcile.all_waiting()
    assert row(order).state == "paid"
    at_rest()


def test_beginning_again_leads_to_the_same_page(bought, till):
    buyer, lot, order, page = bought
    assert buyer.begin(order) == page
    once = key()
    asked = [buyer.do("paymentBegin", "payment { url }", **order, idempotencyKey=once) for _ in range(2)]
    assert {answer["payment"]["url"] for answer in asked} == {page["url"]}
    assert Payment.objects.count() == 1


def test_two_tabs_that_begin_at_once_get_one_page(till):
    buyer = Buyer()
    order = buyer.place(a_lot())
    urls = in_threads(4, lambda _: buyer.begin(order)["url"])
    assert len(set(urls)) == 1 and Payment.objects.count() == 1


def test_a_tab_that_begins_while_another_is_being_answered_gets_its_page(till, monkeypatch):
    remember = Api._remember

    def slowly(self, *given):
        time.sleep(0.3)  # the first's key is in use: Stripe answers others 409 meanwhile
        remember(self, *given)

    monkeypatch.setattr(Api, "_remember", slowly)
    buyer = Buyer()
    order = buyer.place(a_lot())
    urls = in_threads(2, lambda _: buyer.begin(order)["url"])
    assert len(set(urls)) == 1 and Payment.objects.count() == 1


def test_a_begin_whose_answer_is_lost_is_asked_again_and_opens_nothing_twice(till, a_stand):
    buyer = Buyer()
    order = buyer.place(a_lot())
    till.trouble("lose_answer", times=1)
    assert buyer.begin(order)["url"]
    assert len(a_stand.store.select("checkout.session", [], 10)) == 1


def test_while_the_provider_is_away_the_order_is_kept_and_can_be_paid_later(till):
    buyer = Buyer()
    order = buyer.place(a_lot())
    till.trouble("fail", times=20)
    assert buyer.refused("paymentBegin", **order, idempotencyKey=key()) == "PAYMENT_AWAY"
    assert reconcile.all_waiting()["payments"] == 0
    till.trouble("none")
    assert buyer.begin(order)["url"] and Payment.objects.count() == 1
    at_rest()


def test_what_we_tell_the_provider_names_nobody(bought, a_stand):
    buyer, lot, order, page = bought
    told = json.dumps(a_stand.store.select("checkout.session", [], 1), ensure_ascii=False)
    for private in ("buyer@example.com", "示例买家", "13800138000", "示例路"):
        assert private not in told
    (session,) = a_stand.store.select("checkout.session", [], 1)
    assert session["metadata"] == {"order": str(row(order).uid)}


def test_the_provider_is_never_asked_inside_a_transaction(bought):
    buyer, lot, order, page = bought
    with pytest.raises(AssertionError, match="inside a transaction"), transaction.atomic():
        payment.begin(row(order), "client")


def test_many_payments_are_settled_by_as_few_statements_as_one(till, django_assert_num_queries):
    lot = a_lot(units=100)
    orders = [row(Buyer(a_person()).place(lot)) for _ in range(9)]
    made = payment.attempts(orders)
    pairs = [(p, PaymentSeen(Was.SUCCEEDED, p.amount_minor, "cny", "card", "", f"pi_{p.pk}")) for p in made]
    for batch in (pairs[:1], pairs[1:]):
        with django_assert_num_queries(6):
            assert set(settlement.settle_many(batch, paid_after=timedelta(minutes=2))) == {"paid"}
    for order in Order.objects.all():
        assert order.paid_at - order.placed_at == timedelta(minutes=2)
    assert Lot.objects.get().units_sold == 9


def test_over_http_the_order_page_is_paid_within_a_second_of_the_money(till, a_stand, live_server, settings):
    client = provider("stripe").client.v1
    ear = client.webhook_endpoints.create(
        {"url": live_server.url + "/notices/stripe/", "enabled_events": ["*"]}
    )
    stripe_at(settings, a_stand.url, secret=ear.secret)
    buyer = Buyer()
    order = buyer.place(a_lot())
    page = buyer.begin(order)
    till.pay(session_of(page), "alipay")
    ends = time.monotonic() + 1
    while buyer.look(order)["state"] != "PAID":
        assert time.monotonic() < ends, "not paid within a second"
        time.sleep(0.02)
    assert till.wait(5)
    at_rest()


def test_what_the_provider_knows_nothing_of_is_not_asked_about_for_ever(bought, till):
    buyer, lot, order, page = bought
    run_out(order)
    till.reset()
    in_time(3 * 24 * 3600)
    assert reconcile.all_waiting()["payments"] == 1
    assert Payment.objects.get().state == "cancelled" and reconcile.all_waiting()["payments"] == 0
