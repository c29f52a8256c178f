"""A paid parcel goes elsewhere while it is not packed: at the same price, and by whoever has shown that she may."""

import re

import pytest
from django.core import mail
from django.db import connection
from django.test import Client

from accounts.models import AuditEntry
from contest.reads.delivered import delivered
from core.api.ids import global_id
from core.deliveries import drain
from orders import verify
from orders.models import ShippingRate
from orders.reads import shipping
from orders.reads.desk import changed_since_list, packing_rows
from tests.accounts.world import a_person
from tests.catalog.world import a_product, a_team, a_variant
from tests.orders.world import KASHGAR, PAID, WUHAN, Buyer, a_lot, key, row, tell
from tests.together.world import pay_at_the_till

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop", "no_rates")]
NEXT_DOOR, FAR = "420111", "330102"
THERE = {"recipient": "李示例", "phone": "13700137000", "region": WUHAN, "street": "新路 9 号"}


class Bought:
    """A guest has paid for one parcel of dry goods, for ¥8 within Hubei and ¥12 to Zhejiang."""

    def __init__(self, till, stand, by=None):
        manager = a_person()
        self.team, self.manager = a_team(manager=manager), Buyer(manager)
        for province, minor in (("420000", 800), ("330000", 1200), ("650000", None)):
            figures = {"is_served": minor is not None, "first_grams": 99_000, "first_minor": minor or 0}
            ShippingRate.objects.create(team=self.team, storage="dry", region_id=province, **figures)
        shipping.forget()
        self.lot = a_lot(a_variant(a_product(self.team, storage="dry")), units=9)
        self.buyer = by or Buyer()
        self.order = self.buyer.place(self.lot)
        pay_at_the_till(till, self.buyer, self.order)
        tell(stand, PAID)
        drain()
        mail.outbox.clear()

    @property
    def parcel(self):
        return row(self.order).shipments.select_related("parcel").get().parcel

    @property
    def shipment(self):
        return global_id("Shipment", row(self.order).shipments.get().uid)

    def change(self, by=None, **told):
        given = {"shipmentId": self.shipment, "token": self.order["token"], **THERE, **told}
        return (by or self.buyer).do("shipmentAddressChange", "shipment { recipient address }", **given)

    def code(self):
        """What stands in the letter that came last."""
        drain()
        (letter,) = [one for one in mail.outbox if "验证码" in one.subject or "Code" in one.subject][-1:]
        return re.search(r"[0-9]{6}", letter.subject)[0]


def no_rates_are_left():
    ShippingRate.objects.exclude(team=None).delete()
    shipping.forget()


@pytest.fixture
def bought(till, a_stand):
    yield Bought(till, a_stand)
    no_rates_are_left()


def codes(answer):
    return [(error["code"], error["field"]) for error in answer["errors"]]


def test_a_guest_shows_by_a_code_that_she_reads_the_orders_mailbox(bought):
    before = bought.parcel.street
    assert codes(bought.change()) == [("CODE_REQUIRED", ["code"])]
    code = bought.code()
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert codes(bought.change(code=wrong)) == [("INVALID", ["code"])]
    # It is good for this address alone.
    assert codes(bought.change(code=code, street="别处 1 号")) == [("INVALID", ["code"])]
    assert bought.parcel.street == before
    spelled = code.translate({ord(n): ord(n) + 0xFEE0 for n in "0123456789"})
    answer = bought.change(code=f" {spelled[:3]} {spelled[3:]}\t")
    assert answer["errors"] == [] and answer["shipment"]["recipient"] == "李示例"
    assert (bought.parcel.recipient, bought.parcel.street) == ("李示例", "新路 9 号")
    drain()
    assert "新路 9 号" in mail.outbox[-1].body or "新路 9 号" in mail.outbox[-2].body
    assert list(verify.verify()) == []


def test_five_wrong_codes_are_all_however_many_new_ones_are_asked_for(bought, monkeypatch):
    from core import rates

    monkeypatch.undo()
    rates.forget()
    bought.change()
    code = bought.code()
    for n in range(5):
        assert codes(bought.change(code=f"{(int(code) + 1 + n) % 1_000_000:06d}"))[0][0] == "INVALID"
    assert codes(bought.change(code=code))[0][0] == "TOO_MANY_REQUESTS"


def test_whoever_has_signed_in_just_now_is_not_asked_again(till, a_stand):
    person = a_person()
    bought = Bought(till, a_stand, by=Buyer(person))
    page = Client()
    page.force_login(person)
    form = {"shipment": bought.shipment, **THERE, "next": f"/zh/order/{bought.order['number']}/"}
    assert page.post("/do/change_address/", form).url == form["next"]
    assert bought.parcel.recipient == "李示例"
    assert AuditEntry.objects.filter(noun="Shipment", deed="change_address", actor=person).count() == 1
    # A session of a quarter of an hour ago may be somebody else's by now.
    session = page.session
    session["began"] -= 15 * 60
    session.save()
    drain()
    mail.outbox.clear()
    page.post("/do/change_address/", {**form, "street": "别处 1 号"})
    drain()
    assert bought.parcel.street == "新路 9 号" and "Code" in mail.outbox[-1].subject
    assert codes(bought.change(by=Buyer(a_person()), token=None)) == [("NOT_FOUND", [])]
    no_rates_are_left()


@pytest.mark.parametrize(
    ("where", "field"), [(FAR, "region"), (KASHGAR, "region")], ids=["costs more", "is not served"]
)
def test_where_it_costs_otherwise_or_is_not_sent_it_is_bought_again(bought, where, field):
    (error,) = bought.change(region=where)["errors"]
    assert (error["code"], error["field"]) == ("INVALID", [field]) and "again" in error["message"]
    assert bought.parcel.region_id == WUHAN and not mail.outbox


def test_the_teams_list_and_the_place_of_delivery_follow(bought):
    packing = Client()
    packing.force_login(bought.manager.person)
    assert packing.get("/zh/desk/packing.csv").status_code == 200
    bought.change(region=NEXT_DOOR)
    assert bought.change(region=NEXT_DOOR, code=bought.code())["errors"] == []
    (change,) = changed_since_list(bought.team)
    assert change.number == bought.order["number"] and not change.is_called_off
    assert change.new_address.startswith("李示例 · 13700137000 · 湖北省武汉市洪山区")
    (line,) = packing_rows(bought.team)
    assert (line.recipient, line.phone) == ("李示例", "13700137000")
    with connection.cursor() as cursor:
        order, team = row(bought.order).pk, bought.team.pk
        cursor.execute(f"SELECT d.region_id FROM (SELECT 1) x {delivered(str(order), str(team))}")
        assert cursor.fetchall() == [(NEXT_DOOR,)]


def test_what_is_packed_stays_as_it_is_and_can_be_unpacked(bought):
    given = {"shipmentId": bought.shipment}
    assert bought.buyer.refused("shipmentPack", **given, isPacked=True) == "SIGN_IN_REQUIRED"
    bought.manager.done("shipmentPack", **given, isPacked=True)
    assert codes(bought.change())[0][0] == "TOO_LATE" and not mail.outbox
    look = "query($number: String!, $token: String) { order(number: $number, token: $token) { shipments { allowedActions } } }"
    assert bought.buyer.ask(look, **bought.order)["order"]["shipments"] == [{"allowedActions": []}]
    bought.manager.done("shipmentPack", **given, isPacked=False)
    assert codes(bought.change()) == [("CODE_REQUIRED", ["code"])]
    code = bought.code()
    sent = {"carrier": "顺丰", "trackingNumber": "SF1234", "idempotencyKey": key()}
    bought.manager.done("shipmentShip", **given, **sent)
    assert codes(bought.change(code=code))[0][0] == "TOO_LATE"
