"""Goods sent in place of goods by their pages: offered at the desk, wanted by the buyer, sent, and come."""

import pytest

from orders.models import Claim, Replacement
from tests.orders.test_replaced import TEA, Spoilt
from tests.web.conftest import signed_in
from tests.web.test_desk import fill, sure
from tests.web.test_pages import fields, words

pytestmark = pytest.mark.django_db(transaction=True)
DESK = "/en/desk/claims/"


@pytest.fixture
def spoilt(till, a_stand):
    return Spoilt(till, a_stand)


def hers(spoilt):
    order = spoilt.order
    return f"/en/order/{order['number']}/claim/{spoilt.line_id(TEA)}/?token={order['token']}"


def test_what_is_offered_wanted_sent_and_come_is_told_on_the_pages_of_both(spoilt, guest):
    desk, page = signed_in(spoilt.managers[TEA].person), hers(spoilt)
    sure(desk, DESK, "answer_claim", replaceUnits="1")
    assert "has put 1 aside for you" in words(guest.get(page))
    sure(guest, page, "accept_claim")
    assert Replacement.objects.get().state == "agreed"
    told = words(desk.get(DESK))
    assert "1 in their place, to be sent by" in told and spoilt.parcel(TEA).parcel.street in told
    assert "the team sends it by" in words(guest.get(page))
    fill(desk, DESK, "ship_replacement", carrier="顺丰", trackingNumber="SF777009")
    told = words(guest.get(page))
    assert "SF777009" in told and "On its way" in told
    sure(guest, page, "confirm_replacement")
    assert (Replacement.objects.get().state, Claim.objects.get().state) == ("delivered", "done")


def test_what_cannot_be_sent_is_called_off_with_a_reason_that_the_buyer_reads(spoilt, guest):
    desk, page = signed_in(spoilt.managers[TEA].person), hers(spoilt)
    sure(desk, DESK, "answer_claim", replaceUnits="1")
    sure(guest, page, "accept_claim")
    told = words(fill(desk, DESK, "call_off_replacement", words=""))
    assert "Please tell the buyer why" in told or "required" in told
    why = {"words": "受潮了，寄不了"}
    looked = fields(words(fill(desk, DESK, "call_off_replacement", **why)), "call_off_replacement")
    desk.post("/do/call_off_replacement/", looked | why | {"lang": "en"})
    told = words(guest.get(page))
    assert "cannot send it after all" in told and "受潮了，寄不了" in told
    assert "open=answer_claim" in words(desk.get(DESK))
