"""What the provider tells: in any order, any number of times, and what is not its word."""

import json
import math
import random
import time

import pytest

from orders.actions import notice, reconcile, settlement
from orders.models import Notice, Payment, Refund
from orders.provider.port import PaymentSeen, Was
from tests.figures import figure
from tests.orders.test_checkout import in_threads, shelf
from tests.orders.world import PAID, at_rest, events, post, row, session_of, tell

pytestmark = pytest.mark.django_db(transaction=True)


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


def paid_event(till, a_stand, page):
    till.pay(session_of(page), "alipay")
    (event,) = events(a_stand, PAID)
    return event


@pytest.mark.proof
@pytest.mark.parametrize(
    "forged",
    [
        {"secret": "whsec_other"},
        {"at": -301},
        {"at": 301},
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
    elif set(forged) & {"account", "object"}:
        event |= forged
    # Rounded up: a second that ticks meanwhile must not make it true.
    at = math.ceil(time.time()) + forged["at"] if "at" in forged else None
    assert post(event, at=at, secret=forged.get("secret", "whsec_tests")) == 400
    assert Notice.objects.count() == 0 and row(order).state == "placed"
    figure("notices/forged", f"{forged}: 400, 0 rows")


def test_a_true_notice_of_the_other_mode_is_answered_and_changes_nothing(bought, till, a_stand, caplog):
    buyer, lot, order, page = bought
    event = paid_event(till, a_stand, page)
    # Refused it would be told again for days; kept it would be money that is none.
    assert post({**event, "livemode": True}) == 200
    assert Notice.objects.count() == 0 and row(order).state == "placed" and shelf(lot) == (3, 2, 0)
    assert "is of the other mode and changes nothing" in caplog.text
    # A forged one is not answered so, whatever mode it claims.
    assert post({**event, "livemode": True}, secret="whsec_other") == 400
    assert post(event) == 200 and row(order).state == "paid"


@pytest.mark.parametrize("at", [-299, 299])
def test_a_clock_that_is_a_little_off_is_forgiven(bought, till, a_stand, at):
    buyer, lot, order, page = bought
    assert post(paid_event(till, a_stand, page), at=math.ceil(time.time()) + at) == 200
    assert row(order).state == "paid"


@pytest.mark.proof
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
    figure("notices/forged", "re-serialised: 400, 0 rows")


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
    assert reconcile.all_waiting()["notices"] == 1
    assert row(order).state == "paid" and notice.handle_waiting() == 0
    at_rest()


@pytest.mark.parametrize(("amount", "currency"), [(1, "cny"), (10_000_000, "cny"), (8340, "usd")])
def test_another_amount_or_currency_never_pays_an_order_and_goes_back(bought, till, amount, currency):
    buyer, lot, order, page = bought
    made = Payment.objects.select_related("order").get()
    seen = PaymentSeen(Was.SUCCEEDED, amount, currency, "card", made.page_ref, "pi_elsewhere")
    assert settlement.settle(made, seen) == "turned away: amount"
    assert row(order).state == "placed" and not Payment.objects.get().is_kept
    refund = Refund.objects.get()
    assert (refund.reason, refund.amount_minor) == ("amount", amount)
