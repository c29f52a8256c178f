"""Somebody with a number and no mailbox buys: what she must know comes by text, and nothing else does."""

import pytest
from django.core import mail

from accounts.actions import text_code
from accounts.actions import way as ways
from accounts.models import SignInWay
from core.deliveries import drain
from orders.models import Order
from orders.people import IS_FORGOTTEN, is_forgotten
from tests import texts
from tests.orders.sold import Sold
from tests.orders.world import Buyer, a_person

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]
NUMBER = "+8617112345678"


def told():
    drain()
    sent = [(text.to, text.template, text.facts) for text in texts.SENT]
    texts.SENT.clear()
    return sent


def test_who_has_a_number_alone_buys_and_hears_of_money_and_parcels_by_text(till, a_stand, monkeypatch):
    texts.SENT.clear()
    mei = a_person(email=None, email_verified_at=None)
    ways.prove(mei, SignInWay.Kind.PHONE, NUMBER)
    her = Buyer(mei)
    place = her.place
    monkeypatch.setattr(her, "place", lambda *lots, **given: place(*lots, **{**given, "email": ""}))
    sold = Sold(till, a_stand, buyer=her)
    mail.outbox.clear()
    number, order = sold.order["number"], sold.row
    assert order.email == "" and not is_forgotten(order)
    assert not Order.objects.filter(IS_FORGOTTEN).exists()
    assert told() == [(NUMBER, "order_paid", {"order": number, "amount": f"¥{order.total_minor / 100:.2f}"})]
    assert sold.ship()["errors"] == []
    assert told() == [(NUMBER, "parcel_sent", {"order": number, "carrier": "顺丰", "tracking": "SF0000"})]
    sold.buyer.done("shipmentDelivered", shipmentId=sold.parcel_id(0), token=None)
    assert told() == [] and text_code.the_day().letters == 2
    assert text_code.the_day().codes == 0, "the budget of codes is not touched"


def test_a_guest_and_an_account_with_neither_are_asked_for_an_address(a_stand):
    from tests.catalog.world import a_lot

    lot = a_lot(units=5)
    for buyer in (Buyer(), Buyer(a_person(email=None, email_verified_at=None))):
        cart = buyer.fill(lot, email="")
        assert "NO_EMAIL" in {problem["code"] for problem in cart["problems"]}
