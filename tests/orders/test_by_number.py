"""Somebody with a number and no mailbox buys: what she must know comes by text, and nothing else does."""

import pytest
from django.core import mail
from django.test import Client

from accounts.actions import text_code
from accounts.actions import way as ways
from accounts.models import NumberDay, SignInWay
from core.deliveries import drain
from core.models import OutboxEvent
from orders.links import key_of
from orders.models import Order, Refund
from orders.people import IS_FORGOTTEN, is_forgotten
from orders.reads.proof import is_proved
from tests import texts
from tests.catalog.world import a_lot
from tests.orders.sold import Sold
from tests.orders.world import Buyer, a_person, settle_all, tell
from tests.orders.world import key as a_key

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]
NUMBER = "+8617112345678"


@pytest.fixture(autouse=True)
def no_texts_yet():
    texts.SENT.clear()
    mail.outbox.clear()


def told():
    drain()
    sent = [(text.to, text.template, text.facts) for text in texts.SENT]
    texts.SENT.clear()
    return sent


def buying_without_a_mailbox(buyer, monkeypatch, **more):
    place = buyer.place
    monkeypatch.setattr(buyer, "place", lambda *lots, **given: place(*lots, **{**given, "email": "", **more}))
    return buyer


def yuan(order):
    return f"¥{order.total_minor / 100:.2f}"


def test_who_has_a_number_alone_buys_and_hears_of_money_and_parcels_by_text(till, a_stand, monkeypatch):
    mei = a_person(email=None, email_verified_at=None)
    ways.prove(mei, SignInWay.Kind.PHONE, NUMBER)
    sold = Sold(till, a_stand, buyer=buying_without_a_mailbox(Buyer(mei), monkeypatch))
    number, order = sold.order["number"], sold.row
    key = number.replace("-", "")
    assert (order.email, order.mobile) == ("", "") and not is_forgotten(order)
    assert not Order.objects.filter(IS_FORGOTTEN).exists()
    assert told() == [(NUMBER, "order_paid", {"order": number, "amount": yuan(order), "key": key})]
    assert sold.ship()["errors"] == []
    assert told() == [
        (NUMBER, "parcel_sent", {"order": number, "carrier": "顺丰", "tracking": "SF0000", "key": key})
    ]
    sold.buyer.done("shipmentDelivered", shipmentId=sold.parcel_id(0), token=None)
    assert told() == [] and text_code.the_day().letters == 2
    assert text_code.the_day().codes == 0, "the budget of codes is not touched"
    assert [m for m in mail.outbox if m.to != ["manager@example.com"] and "desk" not in m.body] == []


def test_a_guest_with_a_number_alone_buys_and_the_link_of_her_text_opens_her_order(
    till, a_stand, monkeypatch
):
    guest = buying_without_a_mailbox(Buyer(), monkeypatch, phone="171 1234 5678")
    sold = Sold(till, a_stand, buyer=guest)
    number, order = sold.order["number"], sold.row
    assert (order.email, order.mobile) == ("", NUMBER)
    assert not is_forgotten(order) and not is_proved(order)
    ((to, template, facts),) = told()
    assert (to, template, facts["order"], facts["amount"]) == (NUMBER, "order_paid", number, yuan(order))
    assert len(facts["key"]) == 24
    browser = Client()
    page = browser.get(f"/o/{facts['key'].lower()}", follow=True)
    assert page.status_code == 200 and f"/order/{number}/" in page.redirect_chain[-1][0]
    html = page.content.decode()
    assert 'action="/do/prove_order/"' in html and "Is this number yours?" in html
    query = page.wsgi_request.GET
    proved = Buyer().do(
        "orderProve", "order { mobile }", number=number, token=query["token"], proof=query["proof"]
    )
    assert proved["errors"] == [] and proved["order"]["mobile"] == NUMBER
    order.refresh_from_db()
    assert is_proved(order) and OutboxEvent.objects.filter(name="BuyerProved").count() == 1


def test_a_guest_with_a_number_alone_is_texted_that_her_refund_came_back(till, a_stand, monkeypatch):
    guest = buying_without_a_mailbox(Buyer(), monkeypatch, phone="171 1234 5678")
    sold = Sold(till, a_stand, buyer=guest)
    guest.done("orderCancel", **sold.order, idempotencyKey=a_key())
    settle_all()
    told()
    refund = Refund.objects.get()
    till.settle_refund(refund.provider_id, "failed")
    tell(a_stand, "refund.failed")
    order = sold.row
    facts = {"order": order.number, "amount": yuan(order), "key": key_of(order)}
    assert told() == [(NUMBER, "refund_came_back", facts)]


def test_a_key_that_was_never_texted_opens_nothing_and_does_not_tell_whether_there_is_such_an_order(
    till, a_stand, monkeypatch
):
    sold = Sold(till, a_stand, buyer=buying_without_a_mailbox(Buyer(), monkeypatch, phone="17112345678"))
    key, number = key_of(sold.row), sold.order["number"]
    wrong = key[:12] + key[12:][::-1]
    none = "2" * 12 + key[12:]
    answers = []
    for tried in (wrong, key[:12], none, none[:12]):
        page = Client().get(f"/o/{tried}", follow=True)
        answers.append((page.status_code, page.redirect_chain[-1][0].partition("?")[0]))
        assert number not in page.content.decode() or tried[:12] == key[:12]
    assert set(answers) == {(200, answers[0][1])} and "/sign-in/" in answers[0][1]


def test_a_landline_or_a_shop_without_texts_asks_for_a_mailbox(a_stand, settings):
    lot = a_lot(units=5)
    for buyer in (Buyer(), Buyer(a_person(email=None, email_verified_at=None))):
        asked = {problem["code"] for problem in buyer.fill(lot, email="", phone="027-87654321")["problems"]}
        assert "NO_EMAIL" in asked
        assert "NO_EMAIL" not in {
            problem["code"] for problem in buyer.fill(lot, email="", phone="17112345678")["problems"]
        }
    settings.TEXT_HOUSE = {"adapter": "", "options": {}}
    asked = {problem["code"] for problem in Buyer().fill(lot, email="", phone="17112345678")["problems"]}
    assert "NO_EMAIL" in asked


def test_the_code_for_another_address_comes_by_text_and_is_one_of_the_numbers_five(
    till, a_stand, monkeypatch
):
    sold = Sold(till, a_stand, buyer=buying_without_a_mailbox(Buyer(), monkeypatch, phone="17112345678"))
    told()
    there = {"recipient": "Ann", "phone": "13800138000", "street": "Another road 2", "region": "420106"}
    asked = {"shipmentId": sold.parcel_id(0), "token": sold.order["token"], **there}
    assert sold.buyer.refused("shipmentAddressChange", **asked) == "CODE_REQUIRED"
    ((to, template, facts),) = told()
    assert (to, template) == (NUMBER, "address_code")
    assert NumberDay.objects.get(number=NUMBER).sent == 1
    assert sold.buyer.refused("shipmentAddressChange", **asked) == "TOO_MANY_REQUESTS"
    assert sold.buyer.do("shipmentAddressChange", **asked, code=facts["code"])["errors"] == []
    assert [template for _, template, _ in told()] == ["address_changed"]


def test_a_house_without_a_template_for_it_is_not_asked(till, a_stand, monkeypatch, settings):
    settings.TEXT_HOUSE = {
        "adapter": "tests.texts.Outbox",
        "options": {"templates": {"order_paid.zh": "SMS_1"}},
    }
    from accounts.texting import carries

    assert carries("order_paid") and not carries("parcel_sent")
