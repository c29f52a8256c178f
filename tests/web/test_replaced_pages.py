"""Goods sent in place of goods by their pages: offered at the desk, wanted by the buyer, sent, and come."""

import pytest
from django.utils import timezone

from core.api.ids import global_id
from orders.models import Claim, Order, Replacement
from tests.catalog.world import a_person
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


def test_what_waits_for_its_buyer_is_told_in_her_account_and_on_her_order_in_the_second_person(spoilt, guest):
    desk, page = signed_in(spoilt.managers[TEA].person), hers(spoilt)
    her = a_person(email_verified_at=timezone.now())
    Order.objects.filter(pk=spoilt.row.pk).update(person=her)
    account, order = signed_in(her), f"/en/order/{spoilt.order['number']}/"
    assert "The team has answered" not in words(account.get("/en/account/"))
    why = {"words": "这是正常的。"}
    looked = fields(words(fill(desk, DESK, "answer_claim", **why)), "answer_claim")
    desk.post("/do/answer_claim/", looked | why | {"lang": "en"})
    told = words(account.get("/en/account/"))
    assert "The team has answered: " in told and f"{order}claim/{spoilt.line_id(TEA)}/" in told
    assert "unless you say otherwise by" in words(account.get(order))
    seen = words(account.get(page))
    assert "Your report" in seen and "What is wrong?" not in seen
    assert "yours whatever you choose" not in seen, "nothing was given back"
    account.post("/do/dispute_claim/", disputed(account, page))
    seen = words(account.get(page))
    assert "You said it is not enough" in seen and "The buyer does not agree" not in seen
    assert "The buyer does not agree" in words(desk.get(DESK))
    sure(desk, DESK, "answer_claim", amount="20.00")
    assert "yours whatever you choose" in words(account.get(page))
    assert "on the order’s page" not in words(desk.get(DESK)), "that page is its buyer's"
    sure(account, page, "accept_claim")
    Claim.objects.update(state="done", ended_at=timezone.now())  # the money has arrived
    seen = words(account.get(page))
    assert 'name="words"' not in seen and "Something else is wrong" in seen
    assert 'name="words"' in words(account.get(page + "&open=make_claim"))


def disputed(browser, page):
    """What its buyer says to an answer that is not enough."""
    asked = browser.get(f"{page}&open=dispute_claim~{global_id('Claim', Claim.objects.get().uid)}")
    return fields(words(asked), "dispute_claim") | {"words": "里面是湿的。", "lang": "en"}
