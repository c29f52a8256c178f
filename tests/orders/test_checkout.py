"""Placing: stock is reserved, prices are frozen, and the last units are sold once."""

import random
import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from catalog.models import Lot, Reservation, Variant
from core import clock
from orders.actions import cancel, placing
from orders.models import Cart, LineLot, Order, Payment, Shipment
from tests.accounts.world import an_organisation
from tests.catalog.world import a_planned_lot, a_product, a_story, a_team, a_variant
from tests.orders.world import (
    BUYER,
    KASHGAR,
    Buyer,
    a_lot,
    a_person,
    at_rest,
    key,
    row,
    session_of,
    settle_all,
    total_of,
    variant_id,
)

pytestmark = pytest.mark.django_db(transaction=True)


def shelf(lot):
    lot.refresh_from_db()
    return lot.units_available, lot.units_reserved, lot.units_sold


def test_a_cart_becomes_an_order_with_its_stock_reserved_for_a_quarter_of_an_hour():
    lot = a_lot(units=10)
    order = row(Buyer().place(lot, quantity=3))
    assert (order.state, order.goods_minor, order.shipping_minor) == ("placed", 3 * 3690, 1320)
    assert order.total_minor == order.goods_minor + order.shipping_minor
    assert timedelta(minutes=14) < order.reserved_until - timezone.now() <= timedelta(minutes=15)
    assert shelf(lot) == (7, 3, 0)
    held = Reservation.objects.get(holder=order.uid)
    assert (held.units, held.state, held.expires_at) == (3, "held", order.reserved_until)
    assert Cart.objects.get().closed_at
    at_rest()


def test_names_price_and_story_are_as_they_were_then():
    variant = a_variant()
    lot = a_lot(variant)
    buyer = Buyer()
    order = buyer.place(lot)
    line = row(order).lines.get()
    story = variant.story_id
    Variant.objects.filter(pk=variant.pk).update(
        price_minor=9900, name_en="Other", story=a_story(variant, team=10_000)
    )
    variant.product.name_en = "Renamed"
    variant.product.save()
    seen = buyer.look(order)["lines"][0]
    assert seen["name"] == "Zigui summer oranges 2.5 kg box" and seen["net"]["minor"] == 3690
    assert line.story_id == story


def test_one_parcel_a_team_with_its_share_of_the_sending_and_a_day_by_which_it_leaves():
    team = a_team()
    fresh = a_lot(a_variant(a_product(team, dispatch_days=2)))
    planned = a_planned_lot(a_variant(a_product(team, storage="dry")))
    other = a_lot(a_variant(a_product()))
    order = row(Buyer().place(fresh, planned, other))
    parcels = {s.team_id: s for s in Shipment.objects.filter(order=order)}
    assert {pk: s.shipping_minor for pk, s in parcels.items()} == {
        team.pk: 600 + 500,
        other.variant.product.team_id: 600,
    }
    assert parcels[team.pk].ship_by == planned.ship_by
    assert parcels[other.variant.product.team_id].ship_by == order.traded_at.astimezone().date() + timedelta(
        days=2
    )
    assert [line.shipment.team_id for line in order.lines.all()] == [
        team.pk,
        team.pk,
        other.variant.product.team_id,
    ]


def test_placing_twice_with_one_key_or_with_two_leads_to_one_order():
    lot, buyer = a_lot(units=10), Buyer()
    cart = buyer.fill(lot, quantity=2)
    once = key()
    numbers = {
        buyer.done("checkoutPlace", "order { number }", cartId=cart["id"], idempotencyKey=k)["order"][
            "number"
        ]
        for k in (once, once, key())
    }
    assert len(numbers) == 1 and Order.objects.count() == 1 and shelf(lot) == (8, 2, 0)


def test_a_person_places_her_own_cart_without_naming_it():
    person = a_person()
    buyer = Buyer(person)
    buyer.fill(a_lot())
    placed = buyer.done("checkoutPlace", "order { number isGuest } token", idempotencyKey=key())
    assert placed["token"] is None and not placed["order"]["isGuest"]
    assert Order.objects.get().person == person
    assert buyer.refused("checkoutPlace", idempotencyKey=key()) == "NOT_FOUND"


def test_anothers_cart_is_not_placed():
    mine = Buyer(a_person()).fill(a_lot())
    for other in (Buyer(a_person()), Buyer()):
        assert other.refused("checkoutPlace", cartId=mine["id"], idempotencyKey=key()) == "NOT_FOUND"
    assert Order.objects.count() == 0


@pytest.mark.parametrize(
    ("told", "problem", "field"),
    [
        ({"email": "", "phone": "0717-3881234"}, "CART_PROBLEM", ["email"]),
        ({"street": ""}, "CART_PROBLEM", ["street"]),
        ({"regionCode": KASHGAR}, "CART_PROBLEM", ["lines", "0"]),
    ],
)
def test_a_cart_with_a_problem_is_refused_and_nothing_is_reserved(told, problem, field):
    lot, buyer = a_lot(), Buyer()
    cart = buyer.fill(lot, **told)
    answer = buyer.do("checkoutPlace", cartId=cart["id"], idempotencyKey=key())
    assert [(e["code"], e["field"]) for e in answer["errors"]] == [(problem, field)]
    assert Order.objects.count() == 0 and shelf(lot) == (100, 0, 0)
    assert buyer.cart(cart["id"])["lines"]


def test_a_price_that_changed_meanwhile_is_not_charged_unseen():
    lot, buyer = a_lot(), Buyer()
    cart = buyer.fill(lot)
    Variant.objects.update(price_minor=4990)
    assert buyer.refused("checkoutPlace", cartId=cart["id"], idempotencyKey=key()) == "CART_PROBLEM"
    buyer.done("cartUpdate", cartId=cart["id"], acceptPrices=True)
    buyer.done("checkoutPlace", cartId=cart["id"], idempotencyKey=key())
    assert Order.objects.get().goods_minor == 4990


def test_too_little_stock_is_refused_with_what_is_left_and_all_or_nothing_is_kept():
    much, little = a_lot(units=10), a_lot(units=2)
    buyer = Buyer()
    cart = buyer.fill(much, little, quantity=3)
    asked = {"cartId": cart["id"], "idempotencyKey": key(), "expectedTotal": total_of({"cartId": cart["id"]})}
    document = """mutation($input: CheckoutPlaceInput!) { checkoutPlace(input: $input) {
        order { number } errors { code field message ... on InsufficientStock { unitsLeft } } } }"""
    (error,) = buyer.ask(document, input=asked)["checkoutPlace"]["errors"]
    assert (error["code"], error["field"], error["unitsLeft"]) == (
        "INSUFFICIENT_STOCK",
        ["lines", "1", "quantity"],
        2,
    )
    assert shelf(much) == (10, 0, 0) and shelf(little) == (2, 0, 0)
    # A refusal is not kept: with the cart put right, the same key works.
    buyer.done("cartLineUpdate", cartId=cart["id"], lineId=cart["lines"][1]["id"], quantity=2)
    buyer.done("checkoutPlace", **{**asked, "expectedTotal": total_of({"cartId": cart["id"]})})
    assert shelf(much) == (7, 3, 0) and shelf(little) == (0, 2, 0)


def test_an_order_bears_the_mobiliser_and_the_organisation_it_was_bought_for():
    person = a_person()
    union = an_organisation(members=(person,))
    from core.api.ids import global_id

    Buyer(person).place(
        a_lot(), mobiliserCode=union.mobiliser_code, organisationId=global_id("Organisation", union.uid)
    )
    order = Order.objects.get()
    assert order.mobiliser_organisation == union and order.organisation == union
    assert (order.channel, order.supporter) == ("shop", union.kind)


def in_threads(count, deed):
    """Run the deed at once in threads on connections of their own."""
    barrier, told = threading.Barrier(count), []

    def run(number):
        try:
            barrier.wait()
            told.append(deed(number))
        except Exception as failure:
            told.append(failure)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return told


@pytest.mark.parametrize("trial", range(3))
def test_twenty_buyers_on_five_units_buy_five(trial):
    lot = a_lot(units=5)
    buyers = [Buyer() for _ in range(20)]
    carts = [buyer.fill(lot) for buyer in buyers]

    def buy(n):
        return buyers[n].do("checkoutPlace", "order { number }", cartId=carts[n]["id"], idempotencyKey=key())

    told = in_threads(20, buy)
    refusals = [answer["errors"][0]["code"] for answer in told if answer["errors"]]
    assert refusals == ["INSUFFICIENT_STOCK"] * 15
    assert Order.objects.count() == 5 and shelf(lot) == (0, 5, 0)
    at_rest()


def test_carts_of_three_in_any_order_never_wait_for_each_other_in_a_ring():
    lots = [a_lot(units=20) for _ in range(3)]
    buyers = [Buyer() for _ in range(12)]
    # Each her own: of one mailbox or phone only a part of a lot is kept unpaid.
    own = [{"email": f"b{n}@example.com", "phone": f"138001380{n:02d}"} for n in range(12)]
    carts = [buyer.fill(*random.sample(lots, 3), **own[n]) for n, buyer in enumerate(buyers)]

    def buy(n):
        return buyers[n].do("checkoutPlace", "order { number }", cartId=carts[n]["id"], idempotencyKey=key())

    assert [answer["errors"] for answer in in_threads(12, buy)] == [[]] * 12
    assert [shelf(lot) for lot in lots] == [(8, 12, 0)] * 3
    at_rest()


def test_fifty_identical_requests_place_one_order():
    lot, buyer = a_lot(units=60), Buyer()
    cart = buyer.fill(lot)
    once = key()

    def place(_):
        return buyer.do("checkoutPlace", "order { number }", cartId=cart["id"], idempotencyKey=once)

    buyer.client.defaults["REMOTE_ADDR"] = "10.0.0.1"
    told = in_threads(10, place)
    assert {answer["order"] and answer["order"]["number"] for answer in told} == {Order.objects.get().number}
    assert shelf(lot) == (59, 1, 0)


def test_what_runs_out_unpaid_is_free_again_and_its_page_is_closed(till):
    lot, buyer = a_lot(units=3), Buyer()
    order = buyer.place(lot, quantity=3)
    payment = buyer.begin(order)
    Order.objects.update(reserved_until=timezone.now() - timedelta(seconds=1))
    assert cancel.expire() == 1 and cancel.expire() == 0
    assert shelf(lot) == (3, 0, 0)
    seen = buyer.look(order)
    assert seen["state"] == "EXPIRED" and seen["allowedActions"] == []
    at_rest()
    assert Payment.objects.get().state == "cancelled"
    with pytest.raises(Exception, match="no longer open"):
        till.pay(session_of(payment), "alipay")
    assert buyer.refused("paymentBegin", **order, idempotencyKey=key()) == "TOO_LATE"


def purchases(lots):
    """As many purchases as lots, each of one unit."""
    return [
        placing.Purchase(
            email="buyer@example.com",
            recipient="示例",
            phone="13800138000",
            region_id="420106",
            street="1",
            wants=[placing.Want(Variant.objects.select_related("product").get(pk=lot.variant_id), 1)],
            shipping={lot.variant.product.team_id: 600},
        )
        for lot in lots
    ]


def test_a_hundred_orders_take_as_many_statements_as_one():
    lots = [a_lot() for _ in range(10)]
    one, many = purchases(lots[:1]), purchases(lots * 10)
    counts = []
    clock.now()  # each process reads how far it stands once in a while
    for batch in (one, many):
        with CaptureQueriesContext(connection) as asked:
            orders = placing.place_many(batch)
        counts.append(len(asked))
        assert len(orders) == len(batch)
    # BEGIN, the lots, what is held, cards, the rows and their events, programs that are told, COMMIT
    assert counts == [7, 7]
    assert LineLot.objects.count() == 101 and Lot.objects.filter(units_reserved=10).count() == 9
    settle_all()
    at_rest()


# --- The total that was seen ----------------------------------------------------------------------------

CHANGED = """mutation($input: %sInput!) { %s(input: $input) {
    order { number } errors { code field message ... on TotalChanged { total { minor amount } } } } }"""


def asked_for(buyer: Buyer, act: str, **given) -> dict:
    return buyer.ask(CHANGED % (act[0].upper() + act[1:], act), input={**given, "idempotencyKey": key()})[act]


def test_a_total_that_has_changed_since_it_was_seen_is_refused_with_the_new_one():
    lot = a_lot()
    buyer = Buyer()
    cart = buyer.fill(lot, quantity=2)
    seen = total_of({"cartId": cart["id"]})
    # The product became heavier, and so did its sending.
    Variant.objects.filter(pk=lot.variant_id).update(weight_grams=200_000)
    now = total_of({"cartId": cart["id"]})
    assert now != seen
    (error,) = asked_for(buyer, "checkoutPlace", cartId=cart["id"], expectedTotal=seen)["errors"]
    assert (error["code"], error["field"]) == ("TOTAL_CHANGED", ["expectedTotal"])
    assert error["total"]["amount"] == now and now in error["message"].replace(",", "")
    assert Order.objects.count() == 0 and shelf(lot) == (100, 0, 0)
    # The cart is open as it was, and is placed at what it comes to.
    placed = asked_for(buyer, "checkoutPlace", cartId=cart["id"], expectedTotal=error["total"]["amount"])
    assert placed["errors"] == [] and row(placed["order"]).total_minor == error["total"]["minor"]


def test_another_tab_that_asks_for_more_is_not_paid_unseen():
    lot = a_lot()
    buyer = Buyer()
    cart = buyer.fill(lot)
    seen = total_of({"cartId": cart["id"]})
    buyer.done("cartLineUpdate", cartId=cart["id"], lineId=cart["lines"][0]["id"], quantity=16)
    (error,) = asked_for(buyer, "checkoutPlace", cartId=cart["id"], expectedTotal=seen)["errors"]
    assert error["code"] == "TOTAL_CHANGED" and Order.objects.count() == 0


def test_in_one_call_another_total_is_refused_with_the_new_one():
    lot = a_lot()
    lines = [{"variantId": variant_id(lot), "quantity": 1}]
    buyer = Buyer()
    (error,) = asked_for(buyer, "buyNow", lines=lines, **BUYER, expectedTotal="36.90")["errors"]
    assert error["code"] == "TOTAL_CHANGED" and shelf(lot) == (100, 0, 0)
    assert error["total"]["amount"] == total_of({"lines": lines, **BUYER})


@pytest.mark.parametrize("written", ["", "1e3", "-1.00", "1,00", "１.00", "1.000", "9" * 5000, "NaN", " 1"])
def test_a_total_that_is_no_amount_is_refused_on_its_field(written):
    buyer = Buyer()
    cart = buyer.fill(a_lot())
    (error,) = asked_for(buyer, "checkoutPlace", cartId=cart["id"], expectedTotal=written)["errors"]
    assert (error["code"], error["field"]) == ("INVALID", ["expectedTotal"])
    assert Order.objects.count() == 0
