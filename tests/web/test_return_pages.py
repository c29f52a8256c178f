"""Goods that go back, by the pages of their buyer and their team."""

import re

import pytest
from django.test import Client

from orders.models import ReturnParcel
from tests.orders.test_replaced import TEA
from tests.orders.test_returns import WHERE, Back
from tests.orders.test_several_addresses import inflated
from tests.web.conftest import signed_in
from tests.web.test_desk import fill, sure
from tests.web.test_pages import fields, words
from tests.web.test_replaced_pages import DESK, hers

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def back(till, a_stand):
    return Back(till, a_stand)


def test_it_is_asked_for_sent_with_a_label_and_paid_for_by_pages_alone(back, guest):
    desk, page = signed_in(back.managers[TEA].person), hers(back)
    asked = {"amount": "50.00", "returnTo": WHERE, "returnCarrier": "顺丰", "returnNumber": "SFBACK01"}
    looked = words(fill(desk, DESK, "answer_claim", **asked))
    assert "Given back once the goods have come" in looked and "¥50.00" in looked
    desk.post("/do/answer_claim/", fields(looked, "answer_claim") | asked | {"lang": "en"})
    assert "¥50.00 goes back to you once it has come" in words(guest.get(page))
    sure(guest, page, "accept_claim")
    told = words(guest.get(page))
    one = ReturnParcel.objects.get()
    label = f"/en/order/{back.order['number']}/return/"
    assert "示例村 1 号" in told and label in told and "left unsent" in told
    (where,) = [part.split('"')[0] for part in told.split('href="')[1:] if part.startswith(label)]
    paper = guest.get(where)
    assert paper.content.startswith(b"%PDF-") and "no-store" in paper["Cache-Control"]
    streams = re.findall(rb"stream\r?\n(.*?)endstream", paper.content, re.DOTALL)
    inside = b"".join(inflated(one) for one in streams).upper()
    written = "示例村SFBACK01" + back.order["number"]
    assert [one for one in written if f"<{ord(one):04X}>".encode() not in inside] == []
    assert Client().get(where.split("?")[0]).status_code == 404, "a label is its buyer's"
    fill(guest, page, "send_return")
    one.refresh_from_db()
    assert (one.state, one.tracking_number) == ("sent", "SFBACK01")
    assert guest.get(where).status_code == 200 and "On its way back" in words(guest.get(page))
    assert "confirmed by the team by" in words(desk.get(DESK))
    sure(desk, DESK, "receive_return")
    one.refresh_from_db()
    assert (one.state, back.line(TEA).refunded_minor) == ("received", 5000)
    assert guest.get(where).status_code == 404, "nothing is sent any more"
