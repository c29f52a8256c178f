"""Goods that are past their best-before date are not sent, whoever paid for them and when: all concerned are told."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.core import mail
from django.test import Client

from accounts.models import AuditEntry
from catalog.models import Lot, Reservation
from core import clock
from core.api.ids import global_id
from core.deliveries import drain
from core.language import use
from orders.actions import out_of_date
from orders.models import Order, Refund, Shipment
from orders.reads import desk
from orders.reads.held_back import Why
from tests.catalog.world import a_lot, a_product, a_team, a_variant
from tests.orders.world import Buyer, a_person, at_rest, key, row, session_of, tell

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop", "no_rates")]

PAID = "checkout.session.completed"
HELD = "{ desk { parcelsDue parcelsWaiting parcelsHeldBack heldBack { number reasons explanations } } }"


@pytest.fixture
def manager():
    return a_person(language="en")


@pytest.fixture
def lots(manager):
    """Oranges that keep until today, and others that keep for long, of one team."""
    product = a_product(a_team(manager=manager))
    other = a_variant(product, price_minor=5000, name_en="5 kg box", name_zh="5 公斤装")
    return [a_lot(a_variant(product), units=20), a_lot(other, units=20)]


@pytest.fixture
def paid(till, a_stand, lots):
    buyer = Buyer()
    order = buyer.place(*lots, quantity=2)
    till.pay(session_of(buyer.begin(order)), "alipay")
    tell(a_stand, PAID)
    drain()
    mail.outbox.clear()
    return buyer, order


def turn(lot, days):
    """It keeps until so many days from today."""
    day = clock.today() + timedelta(days=days)
    Lot.objects.filter(pk=lot.pk).update(best_before=day, harvest_from=day - timedelta(days=30))
    Lot.objects.filter(pk=lot.pk).update(harvest_to=day - timedelta(days=20))


def send(manager, order):
    parcel = Shipment.objects.get(order=row(order))
    given = {
        "shipmentId": global_id("Shipment", parcel.uid),
        "carrier": "示例速运",
        "trackingNumber": "SL0001",
    }
    return [e["code"] for e in Buyer(manager).do("shipmentShip", **given, idempotencyKey=key())["errors"]]


@pytest.mark.parametrize("state", ["open", "closed"])
def test_a_paid_parcel_is_not_sent_once_what_lies_in_it_is_past_its_date(paid, lots, manager, state):
    buyer, order = paid
    team = lots[0].variant.product.team
    turn(lots[0], 0)
    assert len(desk.packing_rows(team)) == 1, "today it still is good"
    Lot.objects.filter(pk=lots[0].pk).update(state=state)
    turn(lots[0], -1)
    assert desk.packing_rows(team) == [] and desk.piles(team) == []
    assert send(manager, order) == ["CONFLICT"]
    seen = Buyer(manager).ask(HELD)["desk"]
    (held,) = seen.pop("heldBack")
    assert seen == {"parcelsDue": 0, "parcelsWaiting": 0, "parcelsHeldBack": 1}
    assert (held["number"], held["reasons"]) == (order["number"], ["OUT_OF_DATE"])
    client = Client()
    client.force_login(manager)
    for language in ("zh", "en"):
        page = unescape(client.get(f"/{language}/desk/orders/").content.decode())
        with use(language):
            assert str(Why.OUT_OF_DATE.words) in page and order["number"] in page
    # Its buyer may call all of it off, sending included.
    assert buyer.look(order)["allowedActions"] == ["CANCEL"]
    buyer.done("orderCancel", **order, idempotencyKey=key())
    assert Refund.objects.get().amount_minor == row(order).total_minor
    drain()
    at_rest()


def test_what_is_left_is_sent_once_the_part_that_is_past_its_date_was_given_back(paid, lots, manager):
    _, order = paid
    turn(lots[0], -1)
    assert send(manager, order) == ["CONFLICT"]
    line = row(order).lines.get(variant=lots[0].variant)
    part = {"lineId": global_id("Line", line.uid), "units": 2}
    Buyer(manager).done("refundRequest", number=order["number"], lines=[part], idempotencyKey=key())
    assert Reservation.objects.get(lot=lots[0]).units_returned == 2
    (packed,) = desk.packing_rows(lots[0].variant.product.team)
    assert len(packed.contents) == 1
    assert send(manager, order) == []
    drain()
    at_rest()


def test_a_confirmed_groups_parcel_is_held_too(together, till, a_stand):
    made = together(minimum=2, maximum=2)
    made.fill(2)
    assert made.row.state == "confirmed"
    turn(made.lot, -1)
    given = {"groupId": made.id, "carrier": "示例速运", "trackingNumber": "SL0001", "expectedUnits": 2}
    refused = made.manager.do("groupShip", **given, idempotencyKey=key())
    assert [e["code"] for e in refused["errors"]] == ["CONFLICT"]
    assert not Shipment.objects.exclude(state="waiting").exists()
    drain()
    mail.outbox.clear()
    assert out_of_date.find() == 2
    drain()
    assert len([m for m in mail.outbox if m.to == [made.manager.person.email]]) == 1
    at_rest()


def test_team_and_buyer_are_told_once_what_is_true_for_each(paid, lots, manager):
    _, order = paid
    turn(lots[0], 0)
    assert out_of_date.find() == 0
    turn(lots[0], -1)
    assert [out_of_date.find() for _ in range(3)] == [1, 0, 0]
    drain()
    (desks,) = [m for m in mail.outbox if m.to == [manager.email]]
    assert "best-before" in desks.subject and order["number"] in desks.body
    assert "/en/desk/orders/" in desks.body and "buyer@" not in desks.body
    (buyers,) = [m for m in mail.outbox if m.to == ["buyer@example.com"]]
    assert "best-before" in buyers.subject and "cancel" in buyers.body and "?token=" in buyers.body
    name = row(order).lines.get(variant=lots[0].variant).name_en
    assert name in buyers.body and row(order).lines.get(variant=lots[1].variant).name_en not in buyers.body
    assert AuditEntry.objects.filter(deed="hold_out_of_date").count() == 1


def test_what_was_sent_given_back_or_never_paid_tells_nobody(till, a_stand, lots, manager):
    buyer = Buyer()
    unpaid = buyer.place(lots[0])
    sent = buyer.place(lots[1])
    till.pay(session_of(buyer.begin(sent)), "alipay")
    tell(a_stand, PAID)
    assert send(manager, sent) == []
    drain()
    mail.outbox.clear()
    for lot in lots:
        turn(lot, -1)
    assert out_of_date.find() == 0 and row(unpaid).state == "placed"
    assert Order.objects.get(number=sent["number"]).state == "shipped" and mail.outbox == []


@pytest.mark.parametrize("called", ["request_refund", "give_back"])
def test_a_team_gives_a_part_back_on_its_own_page_after_a_last_look(paid, lots, manager, called):
    """Whoever is told to give something back has a page to do it on, without a script; one that she has had open since
    its act was called otherwise does it too."""
    _, order = paid
    turn(lots[0], -1)
    client = Client()
    client.force_login(manager)
    link = re.search(
        r'href="([^"]*open=request_refund[^"]*)"', client.get("/en/desk/orders/").content.decode()
    )
    page = client.get(unescape(link[1])).content.decode()
    link_then = unescape(link[1]).replace("request_refund", called)
    line = global_id("Line", row(order).lines.get(variant=lots[0].variant).uid)
    assert line in page and 'name="units"' in page
    form = {"number": order["number"], "line": line, "units": "2", "item": order["number"], "lang": "en"}

    def send(**more):
        reply = client.post(
            f"/do/{called}/",
            {**form, "idempotencyKey": key(), "back": link_then, **more},
        )
        seen = client.get(reply.url.split("#")[0]).content.decode()
        return seen, re.search(r'name="seen" value="(\w+)"', seen)

    page, word = send()
    assert word and "¥73.80" in page and not Refund.objects.exists(), "nothing goes before it was looked at"
    page, other = send(units="1", seen=word[1])
    assert other and "¥36.90" in page and not Refund.objects.exists()
    send(seen=word[1])
    assert Refund.objects.get().amount_minor == 7380
    assert send(units="1", seen=word[1])[1] is None and Refund.objects.count() == 1
    assert desk.counts(lots[0].variant.product.team).held_back == 0
    assert "request_refund" in client.get("/en/desk/orders/").content.decode()
    stranger = Client()
    stranger.force_login(a_person())
    stranger.post("/do/request_refund/", {**form, "idempotencyKey": key(), "back": "/en/"})
    assert Refund.objects.count() == 1
    drain()
    at_rest()
