"""Paying: by notice or without, early, late, twice; and what is not the provider's word."""

import json
import math
import random
import time
from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from catalog.models import Lot
from orders.actions import cancel, notice, payment, reconcile
from orders.models import Notice, Order, Payment, Refund
from orders.provider import provider
from orders.provider.port import Noun, PaymentSeen, Was
from tests.orders.test_checkout import in_threads, shelf
from tests.orders.world import (
    Buyer,
    a_lot,
    a_person,
    at_rest,
    events,
    key,
    post,
    row,
    session_of,
    settle_all,
    tell,
)

pytestmark = pytest.mark.django_db(transaction=True)

PAID = "checkout.session.completed"


@pytest.fixture
def bought(till):
    """A guest with an order of two units and an open page to pay it at."""
    buyer, lot = Buyer(), a_lot(units=5)
    order = buyer.place(lot, quantity=2)
    page = buyer.begin(order)
    return buyer, lot, order, page


def run_out(order):
    Order.objects.filter(number=order["number"]).update(reserved_until=timezone.now() - timedelta(seconds=1))
    assert cancel.expire() == 1


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


@pytest.mark.parametrize("seed", range(3))
def test_notices_in_any_order_and_any_number_of_times_pay_once(bought, till, a_stand, seed):
    buyer, lot, order, page = bought
    random.seed(seed)
    till.pay(session_of(page), "alipay")
    assert set(tell(a_stand, times=5, shuffled=True)) == {200}
    assert Notice.objects.count() == len(events(a_stand))
    assert row(order).state == "paid" and shelf(lot) == (3, 0, 2)
    assert Payment.objects.get().is_kept and Refund.objects.count() == 0
    at_rest()


def test_the_same_notice_at_once_on_eight_connections_pays_once(bought, till, a_stand):
    buyer, lot, order, page = bought
    till.pay(session_of(page), "alipay")
    (event,) = events(a_stand, PAID)
    assert in_threads(8, lambda _: post(event)) == [200] * 8
    assert Notice.objects.count() == 1 and row(order).state == "paid" and shelf(lot) == (3, 0, 2)
    at_rest()


def test_a_notice_that_comes_before_the_page_has_a_number_here_finds_its_payment(bought, till, a_stand):
    buyer, lot, order, page = bought
    intent = buyer.begin(order, "INTENT")
    made = Payment.objects.get(kind="intent")
    confirm(made)
    Payment.objects.filter(pk=made.pk).update(intent_id="", client_secret="")
    tell(a_stand, "payment_intent.succeeded")
    # Its ids are not known yet: begin asks again under the same key, is told them, and all is found.
    assert row(order).state == "placed"
    assert buyer.begin(order, "INTENT")["id"] == intent["id"]
    in_time()
    reconcile.everything()
    assert row(order).state == "paid"
    at_rest()


def confirm(made):
    """Pay an intent as a client of its own would."""
    provider().client.v1.payment_intents.confirm(
        made.intent_id, {"payment_method": "pm_card_visa", "return_url": "http://testserver/"}
    )


def test_a_notice_that_never_comes_is_found_by_asking(bought, till):
    buyer, lot, order, page = bought
    till.pay(session_of(page), "alipay")
    assert reconcile.everything()["payments"] == 0  # too early to take it for lost
    in_time()
    assert reconcile.everything()["payments"] == 1
    assert row(order).state == "paid"
    at_rest()
    assert reconcile.everything() == {"payments": 0, "refunds": 0, "notices": 0}


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
    buyer.begin(order, "INTENT")
    till.pay(session_of(page), "alipay")
    confirm(Payment.objects.get(kind="intent"))
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
    buyer.begin(order, "INTENT")
    till.pay(session_of(page), "wechat_pay")
    confirm(Payment.objects.get(kind="intent"))
    told = events(a_stand, PAID, "payment_intent.succeeded")
    assert in_threads(len(told), lambda n: post(told[n])) == [200] * len(told)
    settle_all()
    assert Payment.objects.filter(is_kept=True).count() == 1 and Refund.objects.get().reason == "twice"
    at_rest()


def test_once_paid_the_other_open_page_is_closed(bought, till, a_stand):
    buyer, lot, order, page = bought
    buyer.begin(order, "INTENT")
    confirm(Payment.objects.get(kind="intent"))
    tell(a_stand, "payment_intent.succeeded")
    settle_all()
    assert Payment.objects.get(kind="checkout").state == "cancelled"
    assert provider().look(Noun.SESSION, session_of(page)).state is Was.CANCELLED


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
    assert reconcile.everything()["payments"] == 0
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


# --- Not the provider's word --------------------------------------------------------------------------


def paid_event(till, a_stand, page):
    till.pay(session_of(page), "alipay")
    (event,) = events(a_stand, PAID)
    return event


@pytest.mark.parametrize(
    "forged",
    [
        {"secret": "whsec_other"},
        {"at": -301},
        {"at": 301},
        {"livemode": True},
        {"account": "acct_other"},
        {"amount": 1},
        {"currency": "usd"},
        {"object": "charge"},
    ],
    ids=str,
)
def test_a_forged_notice_is_refused_and_leaves_no_row(bought, till, a_stand, forged):
    buyer, lot, order, page = bought
    event = paid_event(till, a_stand, page)
    if "amount" in forged:
        event["data"]["object"]["amount_total"] = forged["amount"]
    elif "currency" in forged:
        event["data"]["object"]["currency"] = forged["currency"]
    elif set(forged) & {"livemode", "account", "object"}:
        event |= forged
    # Rounded up: a second that ticks meanwhile must not make it true.
    at = math.ceil(time.time()) + forged["at"] if "at" in forged else None
    assert post(event, at=at, secret=forged.get("secret", "whsec_tests")) == 400
    assert Notice.objects.count() == 0 and row(order).state == "placed"


@pytest.mark.parametrize("at", [-299, 299])
def test_a_clock_that_is_a_little_off_is_forgiven(bought, till, a_stand, at):
    buyer, lot, order, page = bought
    assert post(paid_event(till, a_stand, page), at=math.ceil(time.time()) + at) == 200
    assert row(order).state == "paid"


def test_a_re_serialised_body_is_not_what_was_signed(bought, till, a_stand):
    from django.test import Client
    from stripe import WebhookSignature

    buyer, lot, order, page = bought
    event = paid_event(till, a_stand, page)
    signature = WebhookSignature.generate_signature_header(json.dumps(event), "whsec_tests")
    for body in (json.dumps(event, indent=2), "", "{}", "\x00", "[]"):
        reply = Client().post(
            "/notices/stripe/", body, content_type="application/json", headers={"Stripe-Signature": signature}
        )
        assert reply.status_code == 400
    assert Client().get("/notices/stripe/").status_code == 405
    assert Notice.objects.count() == 0


def test_a_notice_is_believed_only_as_far_as_the_provider_says_the_same_when_asked(bought, a_stand):
    buyer, lot, order, page = bought
    (session,) = a_stand.store.select("checkout.session", [], 1)
    lie = {
        "id": "evt_lie",
        "object": "event",
        "type": PAID,
        "livemode": False,
        "data": {"object": {**session, "status": "complete", "payment_status": "paid"}},
    }
    assert post(lie) == 200
    assert row(order).state == "placed" and Notice.objects.get().effect == "nothing new"


def test_unknown_kinds_are_kept_and_ignored(till, a_stand):
    for kind in ("customer.created", "payment_intent.amount_capturable_updated", "charge.updated"):
        event = {
            "id": f"evt_{kind}",
            "object": "event",
            "type": kind,
            "livemode": False,
            "data": {"object": {"id": "x_1", "object": kind.split(".")[0]}},
        }
        assert post(event) == 200
    assert {n.effect for n in Notice.objects.all()} <= {"ignored", "not ours"}
    at_rest()


def test_a_notice_that_finds_the_provider_away_is_kept_and_acted_on_later(bought, till, a_stand):
    buyer, lot, order, page = bought
    event = paid_event(till, a_stand, page)
    till.trouble("fail", times=10)
    assert post(event) == 200
    assert Notice.objects.get().handled_at is None and row(order).state == "placed"
    till.trouble("none")
    assert reconcile.everything()["notices"] == 1
    assert row(order).state == "paid" and notice.handle_waiting() == 0
    at_rest()


@pytest.mark.parametrize(("amount", "currency"), [(1, "cny"), (10_000_000, "cny"), (8340, "usd")])
def test_another_amount_or_currency_never_pays_an_order_and_goes_back(bought, till, amount, currency):
    buyer, lot, order, page = bought
    made = Payment.objects.select_related("order").get()
    seen = PaymentSeen(Was.SUCCEEDED, amount, currency, "card", made.session_id, "pi_elsewhere")
    assert payment.settle(made, seen) == "turned away: amount"
    assert row(order).state == "placed" and not Payment.objects.get().is_kept
    refund = Refund.objects.get()
    assert (refund.reason, refund.amount_minor) == ("amount", amount)


def test_the_provider_is_never_asked_inside_a_transaction(bought):
    buyer, lot, order, page = bought
    with pytest.raises(AssertionError, match="inside a transaction"), transaction.atomic():
        payment.begin(row(order), "intent")


def test_many_payments_are_settled_by_as_few_statements_as_one(till, django_assert_num_queries):
    lot = a_lot(units=100)
    orders = [row(Buyer(a_person()).place(lot)) for _ in range(9)]
    made = payment.attempts(orders)
    pairs = [(p, PaymentSeen(Was.SUCCEEDED, p.amount_minor, "cny", "card", "", f"pi_{p.pk}")) for p in made]
    for batch in (pairs[:1], pairs[1:]):
        with django_assert_num_queries(11):
            assert set(payment.settle_many(batch, paid_after=timedelta(minutes=2))) == {"paid"}
    for order in Order.objects.all():
        assert order.paid_at - order.placed_at == timedelta(minutes=2)
    assert Lot.objects.get().units_sold == 9


def test_over_http_the_order_page_is_paid_within_a_second_of_the_money(till, live_server, settings):
    client = provider().client.v1
    ear = client.webhook_endpoints.create(
        {"url": live_server.url + "/notices/stripe/", "enabled_events": ["*"]}
    )
    settings.STRIPE_WEBHOOK_SECRET = ear.secret
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
    assert reconcile.everything()["payments"] == 1
    assert Payment.objects.get().state == "cancelled" and reconcile.everything()["payments"] == 0
