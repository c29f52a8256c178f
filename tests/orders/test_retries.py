"""One deed, one charge, however often and however late it is asked for; keys go with all that moves money."""

from datetime import timedelta

import pytest
from django.db.models import F

from core.models import IdempotencyKey
from orders.actions import payment, reconcile, refund
from orders.models import Order, Payment, Refund
from orders.provider import provider
from orders.provider.port import Away
from tests.figures import figure, full, progress
from tests.impact.world import a_lot as a_grown_lot
from tests.orders.test_checkout import in_threads
from tests.orders.world import BUYER, PAID, Buyer, confirm, key, row, session_of, settle_all, tell, variant_id
from tests.together.world import at_rest

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("whole_shop", "no_rates"),
    pytest.mark.proof,
]

TWINS = full(50, 12)
BOUGHT = "order { number total { minor } } token payment { id url amount { minor } }"


def at_provider(stand, noun: str) -> list[dict]:
    """All of a noun that the provider keeps."""
    return stand.store.select(noun, [], 10_000)


def buy(buyer: Buyer, lot, once: str, quantity: int = 1) -> dict:
    lines = [{"variantId": variant_id(lot), "quantity": quantity}]
    return buyer.do("buyNow", BOUGHT, lines=lines, idempotencyKey=once, **BUYER)


def test_identical_requests_at_once_have_one_charge_and_equal_replies(till, a_stand):
    trials, lot = full(200, 3), a_grown_lot(units=400)
    for trial in range(trials):
        progress(f"{trial} of {trials} trials")
        buyer, once, over = Buyer(), key(), key()
        told = in_threads(TWINS, lambda _, b=buyer, k=once: buy(b, lot, k))
        assert told[0]["errors"] == [] and all(answer == told[0] for answer in told), told
        order = {"number": told[0]["order"]["number"], "token": told[0]["token"]}
        till.pay(session_of(told[0]["payment"]), "alipay")
        assert payment.refresh(Payment.objects.latest("pk")) == "paid"
        given = {**order, "idempotencyKey": over}
        told = in_threads(TWINS, lambda _, b=buyer, g=given: b.do("orderCancel", "order { number }", **g))
        assert told[0]["errors"] == [] and all(answer == told[0] for answer in told), told
        settle_all()
    assert Order.objects.count() == Payment.objects.count() == Refund.objects.count() == trials
    assert len(at_provider(a_stand, "checkout.session")) == len(at_provider(a_stand, "charge")) == trials
    given = {one["id"]: one["amount"] for one in at_provider(a_stand, "refund")}
    assert len(given) == trials and set(Order.objects.values_list("state", flat=True)) == {"refunded"}
    at_rest()
    figure(
        "once/same",
        f"{TWINS} identical buyNow and {TWINS} identical orderCancel at once × {trials}: {trials} orders, charges and "
        "refunds; all replies of a trial equal",
    )


def test_the_same_key_with_another_amount_is_a_conflict_and_charges_nothing(till, a_stand):
    buyer, lot, once = Buyer(), a_grown_lot(units=50), key()
    assert buy(buyer, lot, once)["errors"] == []
    told = in_threads(TWINS, lambda n: buy(buyer, lot, once, quantity=2 + n % 3))
    assert {answer["errors"][0]["code"] for answer in told} == {"IDEMPOTENCY_CONFLICT"}
    assert Order.objects.count() == 1 and len(at_provider(a_stand, "checkout.session")) == 1
    # The provider is asked under a key of the attempt: another amount under it is refused there, too.
    made = Payment.objects.select_related("order").get()
    Order.objects.update(total_minor=F("total_minor") + 1, shipping_minor=F("shipping_minor") + 1)
    made.amount_minor += 1
    with pytest.raises(Away):
        provider("stripe").begin(payment.request_of(row({"number": made.order.number}), made))
    assert len(at_provider(a_stand, "checkout.session")) == 1 and at_provider(a_stand, "charge") == []
    figure(
        "once/other-amount",
        f"{TWINS} twins with other amounts: all IDEMPOTENCY_CONFLICT, 0 charges; at the provider, too",
    )


def test_a_retry_after_twenty_five_hours_does_nothing(till, a_stand):
    buyer, lot, once = Buyer(), a_grown_lot(units=50), key()
    first = buy(buyer, lot, once)
    order = {"number": first["order"]["number"], "token": first["token"]}
    till.pay(session_of(first["payment"]), "alipay")
    tell(a_stand, PAID)
    # The refund's answer is lost; the provider forgets keys after a day.
    till.trouble("lose_answer", times=3, path="/v1/refunds")
    buyer.done("orderCancel", **order, idempotencyKey=(over := key()))
    asked = Refund.objects.get()
    with pytest.raises(Away):
        refund.submit(asked)
    till.trouble("none")
    assert Refund.objects.get().state == "requested" and len(at_provider(a_stand, "refund")) == 1
    till.advance(25 * 3600)
    day = timedelta(hours=25)
    Refund.objects.update(requested_at=F("requested_at") - day, checked_at=None)
    Payment.objects.update(created_at=F("created_at") - day)
    IdempotencyKey.objects.update(created_at=F("created_at") - day)
    again = buy(buyer, lot, once)
    assert again["order"] == first["order"] and again["token"] == first["token"] and again["errors"] == []
    assert buyer.do("orderCancel", **order, idempotencyKey=over)["errors"] == []
    assert reconcile.all_waiting()["refunds"] == 1
    settle_all()
    refund.submit(Refund.objects.get())
    assert Refund.objects.get().state == "succeeded" and row(order).state == "refunded"
    counts = [len(at_provider(a_stand, noun)) for noun in ("checkout.session", "charge", "refund")]
    assert counts == [1, 1, 1] and Order.objects.count() == 1
    at_rest()
    figure(
        "once/after-a-day",
        "25 h later, keys forgotten by the provider: 1 session, 1 charge, 1 refund as before",
    )


def test_each_request_that_moves_money_carries_a_key(till, a_stand, monkeypatch):
    heard: list[tuple[str, str]] = []
    handle = a_stand.api.handle

    def listen(method, path, raw, headers):
        if method == "POST":
            heard.append((path, headers.get("idempotency-key", "")))
        return handle(method, path, raw, headers)

    monkeypatch.setattr(a_stand.api, "handle", listen)
    lot = a_grown_lot(units=50)
    buyer = Buyer()
    kept, left, meant = (buyer.place(lot) for _ in range(3))
    page = buyer.begin(kept)
    buyer.begin(left)
    buyer.begin(meant, "CLIENT")
    till.pay(session_of(page), "alipay")
    tell(a_stand, PAID)
    intent = Payment.objects.get(kind="client")
    for order in (kept, left, meant):
        buyer.done("orderCancel", **order, idempotencyKey=key())
    settle_all()
    with pytest.raises(Exception, match="cancel"):
        confirm(intent)
    assert all(name for _, name in heard), heard
    ours = {name: path for path, name in heard if name.startswith(("payment:", "refund:"))}
    assert sorted(ours.values()) == ["/v1/checkout/sessions"] * 2 + ["/v1/payment_intents", "/v1/refunds"]
    ended = [path for path, _ in heard if path.endswith(("/expire", "/cancel"))]
    assert len(ended) == 2
    at_rest()
    figure(
        "once/keys",
        "create (page, intent) and refund: a key of the row's own, the same in every try; cancel (page, intent): a key a "
        "call, for ending twice ends once",
    )
