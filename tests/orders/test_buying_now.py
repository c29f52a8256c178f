"""Buying in one call: placed and its payment begun, once, whatever breaks in between."""

import pytest

from orders.models import Cart, Order, Payment
from orders.provider import provider
from orders.provider.port import Refused
from tests.orders.test_checkout import shelf
from tests.orders.world import (
    ADDRESS,
    BUYER,
    ORDER,
    Buyer,
    a_lot,
    a_person,
    at_rest,
    key,
    session_of,
    variant_id,
)

pytestmark = pytest.mark.django_db(transaction=True)


def test_buying_now_takes_one_call_and_leaves_the_cart_alone(till):
    lot, person = a_lot(), a_person()
    buyer = Buyer(person)
    cart = buyer.fill(a_lot())
    bought = buyer.done(
        "buyNow",
        "order { number state total { minor } } token payment { url }",
        lines=[{"variantId": variant_id(lot), "quantity": 2}],
        **ADDRESS,
        idempotencyKey=key(),
    )
    assert bought["order"]["total"]["minor"] == 2 * 3690 + 960 and bought["payment"]["url"].startswith("http")
    assert buyer.cart()["id"] == cart["id"]
    till.pay(session_of(bought["payment"]))
    at_rest()


@pytest.mark.parametrize("units", [5, 2])
def test_buying_now_again_after_a_crash_leads_to_the_same_order_even_when_it_took_the_last(till, units):
    lot, buyer = a_lot(units=units), Buyer()
    asked = {"lines": [{"variantId": variant_id(lot), "quantity": 2}], **BUYER, "idempotencyKey": key()}
    first = buyer.done("buyNow", "order { number } payment { id }", **asked)
    from core.models import IdempotencyKey

    # As if the process had died after the order was placed and before the key was marked done.
    IdempotencyKey.objects.all().delete()
    assert buyer.done("buyNow", "order { number } payment { id }", **asked) == first
    assert Order.objects.count() == 1 and shelf(lot) == (units - 2, 2, 0)


def test_a_key_whose_order_the_provider_refused_is_not_another_purchases(till, monkeypatch):
    """The first call placed an order and then failed: with its key she gets that one, and never in place of another."""
    lot, buyer = a_lot(units=50), Buyer()

    def refused(asked):
        raise Refused("no such method")

    monkeypatch.setattr(provider("stripe"), "begin", refused)
    three = {"lines": [{"variantId": variant_id(lot), "quantity": 3}], **BUYER, "idempotencyKey": key()}
    assert buyer.refused("buyNow", **three) == "PAYMENT_REFUSED"
    monkeypatch.undo()
    one = {**three, "lines": [{"variantId": variant_id(lot), "quantity": 1}]}
    assert buyer.refused("buyNow", **one) == "IDEMPOTENCY_CONFLICT"
    for other in (
        {"street": "别处 2 号"},
        {"regionCode": "420107"},
        {"phone": "13900139000"},
        {"email": "mended@example.com"},
        {"note": "放门口"},
    ):
        assert buyer.refused("buyNow", **{**three, **other}) == "IDEMPOTENCY_CONFLICT", other
    assert Payment.objects.exclude(url="").count() == 0
    bought = buyer.done("buyNow", "order { lines { quantity } } payment { url }", **three)
    assert bought["order"]["lines"] == [{"quantity": 3}] and bought["payment"]["url"]
    assert Order.objects.count() == 1


REFUSED = """mutation($input: BuyNowInput!) { buyNow(input: $input) { order { number } token payment { url }
    errors { code message ... on PaymentRefused { number token reservedUntil } } } }"""


def test_whoever_buys_now_and_is_refused_by_the_provider_is_told_what_is_held_for_her(till, monkeypatch):
    """The goods are hers for the time being: without number and key she could neither pay nor let them go."""
    lot, buyer = a_lot(units=5), Buyer()

    def refused(asked):
        raise Refused("no such method")

    monkeypatch.setattr(provider("stripe"), "begin", refused)
    asked = {"lines": [{"variantId": variant_id(lot), "quantity": 2}], **BUYER, "expectedTotal": "83.40"}
    payload = buyer.ask(REFUSED, input={**asked, "idempotencyKey": key()})["buyNow"]
    (error,) = payload["errors"]
    placed = Order.objects.get()
    assert error["code"] == "PAYMENT_REFUSED" and error["number"] == placed.number in error["message"]
    assert error["reservedUntil"] == placed.reserved_until.isoformat() and shelf(lot) == (3, 2, 0)
    order = {"number": error["number"], "token": error["token"]}
    # So it is when she asks to pay it once more.
    begun = "mutation($input: PaymentBeginInput!) { paymentBegin(input: $input) { errors { ... on PaymentRefused { number token } } } }"
    assert buyer.ask(begun, input={**order, "idempotencyKey": key()})["paymentBegin"]["errors"] == [order]
    monkeypatch.undo()
    assert buyer.begin(order)["url"]
    buyer.done("orderCancel", **order, idempotencyKey=key())
    assert shelf(lot) == (5, 0, 0)
    at_rest()


def test_a_signed_in_buyer_needs_no_key_to_what_is_held_for_her(till, monkeypatch):
    def refused(asked):
        raise Refused("no such method")

    monkeypatch.setattr(provider("stripe"), "begin", refused)
    buyer = Buyer(a_person())
    asked = {
        "lines": [{"variantId": variant_id(a_lot()), "quantity": 2}],
        **ADDRESS,
        "expectedTotal": "83.40",
    }
    (error,) = buyer.ask(REFUSED, input={**asked, "idempotencyKey": key()})["buyNow"]["errors"]
    assert error["number"] == Order.objects.get().number and error["token"] is None


def test_what_breaks_after_an_order_was_placed_does_not_hide_the_order(till, monkeypatch):
    lot, buyer = a_lot(units=5), Buyer()

    def broken(asked):
        raise RuntimeError("the provider speaks nonsense")

    monkeypatch.setattr(provider("stripe"), "begin", broken)
    asked = {"lines": [{"variantId": variant_id(lot), "quantity": 2}], **BUYER, "idempotencyKey": key()}
    bought = buyer.done("buyNow", "order { number } token payment { url }", **asked)
    order = {"number": bought["order"]["number"], "token": bought["token"]}
    assert bought["payment"] is None and buyer.look(order)["allowedActions"] == ["PAY", "CANCEL"]
    assert buyer.done("buyNow", "order { number } token payment { url }", **asked) == bought
    monkeypatch.undo()
    assert buyer.begin(order)["url"]
    at_rest()


def test_a_first_answer_and_a_repeated_one_are_alike(till):
    buyer = Buyer()
    lots = [a_lot(), a_lot()]
    cart = buyer.fill(*lots)
    payment = "id kind state stateName method isKept createdAt succeededAt clientSecret url amount { minor }"
    placed = f"order {{ {ORDER} placedAt reservedUntil shipments {{ id state }} }} token"
    lines = [{"variantId": variant_id(lot), "quantity": 1} for lot in lots]

    def twice(act, payload, **given):
        given["idempotencyKey"] = key()
        first = buyer.done(act, payload, **given)
        assert buyer.done(act, payload, **given) == first
        return first

    order = twice("checkoutPlace", placed, cartId=cart["id"])
    number = {"number": order["order"]["number"], "token": order["token"]}
    twice("paymentBegin", f"payment {{ {payment} }}", **number)
    twice("buyNow", f"{placed} payment {{ {payment} }}", lines=lines, **BUYER)


def test_buying_now_while_the_provider_is_away_keeps_the_order_and_says_no_more_than_is_true(till):
    lot, buyer = a_lot(), Buyer()
    till.trouble("fail", times=20)
    asked = {"lines": [{"variantId": variant_id(lot), "quantity": 1}], **BUYER, "idempotencyKey": key()}
    bought = buyer.done("buyNow", "order { number state } token payment { url }", **asked)
    assert bought["payment"] is None and bought["order"]["state"] == "PLACED"
    till.trouble("none")
    order = {"number": bought["order"]["number"], "token": bought["token"]}
    assert buyer.begin(order)["url"]


def test_buying_now_is_refused_like_a_cart_and_leaves_nothing_behind(till):
    lot, buyer = a_lot(units=1), Buyer()
    asked = {"lines": [{"variantId": variant_id(lot), "quantity": 2}], **BUYER}
    assert buyer.refused("buyNow", **asked, idempotencyKey=key()) == "INSUFFICIENT_STOCK"
    asked["lines"] = []
    assert buyer.refused("buyNow", **asked, idempotencyKey=key()) == "INVALID"
    assert Order.objects.count() == Cart.objects.count() == 0 and shelf(lot) == (1, 0, 0)
