"""A team's news by its pages: written at the desk, let out in the office, read and switched off by whoever bought."""

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from accounts.models import Consent
from catalog.models import TeamNews
from orders.links import token_for
from orders.models import Order
from tests.catalog.world import a_news
from tests.web.conftest import an_order, signed_in
from tests.web.test_desk import sure
from tests.web.test_pages import fields, queries, unfolded, words

pytestmark = pytest.mark.django_db
DESK, OFFICE, HERS, LETTERS = (
    "/en/desk/news/",
    "/en/office/news/",
    "/en/account/news/",
    "/en/account/letters/",
)
TEXT = {
    "kind": "THANKS",
    "titleZh": "谢谢大家",
    "wordsZh": "橙子都卖完了，修了蓄水池。",
    "titleEn": "Thank you",
    "wordsEn": "",
}


def hand_in(desk, **written):
    form = fields(unfolded(desk, DESK, "hand_in_news"), "hand_in_news")
    return words(desk.post("/do/hand_in_news/", {**form, **TEXT, **written, "lang": "en"}, follow=True))


def bought(shelf, person=None):
    """A paid order's address."""
    order = an_order(shelf, person)
    Order.objects.filter(number=order["number"]).update(state="paid", paid_at=timezone.now())
    token = f"?token={order['token']}" if order["token"] else ""
    return f"/en/order/{order['number']}/{token}"


def press(client, path, act):
    form = fields(words(client.get(path)), act)
    return words(client.post(f"/do/{act}/", {**form, "lang": "en"}, follow=True))


def test_from_the_desk_by_the_office_to_whoever_bought_and_off_by_one_press(shelf, office, run_deliveries):
    desk, her = signed_in(shelf.manager), signed_in(shelf.buyer)
    order = bought(shelf, shelf.buyer)
    assert f'href="{DESK}?team=' in words(desk.get("/en/desk/questions/"))
    assert "it is on this page" in words(her.get(order))
    page = hand_in(desk, titleZh="")
    assert "Please fill this in." in page and "修了蓄水池" in page and not TeamNews.objects.exists()
    page = hand_in(desk)
    assert "Handed in; an operator reads it first." in page and "Waits to be read" in page
    assert "News from teams to read" in words(office.get("/en/office/")) and OFFICE in words(
        office.get("/en/office/")
    )
    assert "修了蓄水池" not in words(her.get(HERS))
    assert "comes to you" in press(her, order, "choose_news")
    assert "is let out" in press(office, OFFICE, "approve_news")
    run_deliveries()
    page = words(her.get(HERS))
    assert "Thank you" in page and "修了蓄水池" in page and "at most twice in thirty days" in page
    assert "Thank you" in words(her.get(order))
    (letter,) = [one for one in mail.outbox if one.to == [shelf.buyer.email] and "letters/off/" in one.body]
    link = next(word for word in letter.body.split() if "letters/off/?" in word).removeprefix(
        "http://testserver"
    )
    assert "Switched off: no more news comes." in press(Client(), link, "switch_off_news")
    assert Consent.objects.get().ended_at and "no letter comes" in words(her.get(HERS))
    assert "The next is taken from" in words(desk.get(DESK))


def test_what_is_returned_is_written_anew_from_what_was_there(shelf, office, run_deliveries):
    desk = signed_in(shelf.manager)
    hand_in(desk)
    form = fields(unfolded(office, OFFICE, "return_news"), "return_news")
    refused = words(office.post("/do/return_news/", {**form, "reason": " ", "lang": "en"}, follow=True))
    assert "Please fill this in." in refused
    office.post("/do/return_news/", {**form, "reason": "有一户的名字", "lang": "en"})
    page = words(desk.get(DESK))
    assert "有一户的名字" in page and "Returned" in page
    assert fields(unfolded(desk, DESK, "hand_in_news"), "hand_in_news")["titleZh"] == TEXT["titleZh"]
    assert "有一户的名字" in words(office.get(f"{OFFICE}?all=true"))
    hand_in(desk)
    assert "It is taken back." in sure(desk, DESK, "withdraw_news")
    assert list(TeamNews.objects.order_by("pk").values_list("state", flat=True)) == ["returned", "withdrawn"]


def test_a_guest_is_asked_on_her_orders_page_once_its_mailbox_is_proved(shelf):
    guest, path = Client(), bought(shelf)
    assert 'id="news"' not in words(guest.get(path))
    Order.objects.update(buyer_proved_at=timezone.now())
    assert "comes to you" in press(guest, path, "choose_news")
    assert "Send no more" in words(guest.get(path)) and token_for(Order.objects.get()) in path
    assert "Switched off" in press(guest, path, "choose_news")


def test_on_her_letters_page_no_box_is_ticked_for_her_and_hers_stays(shelf):
    her = signed_in(shelf.buyer)
    page = words(her.get(LETTERS))
    assert "None comes unless you say so" in page
    assert not any('value="NEWS"' in box and "checked" in box for box in page.split("<label"))
    wanted = ["", "NEWS", "PARCELS", "ANSWERS", "REMINDERS", "WISHES"]
    form = fields(page, "choose_letters") | {"wanted": wanted, "lang": "en"}
    her.post("/do/choose_letters/", form)
    page = words(her.get(LETTERS))
    assert any('value="NEWS"' in box and "checked" in box for box in page.split("<label"))
    shelf.buyer.refresh_from_db()
    assert shelf.buyer.letters_off == [] and Consent.objects.get().words
    assert "News from teams by letter" in words(her.get("/en/account/ways/"))


def test_her_page_asks_once_however_much_there_is(shelf):
    her = signed_in(shelf.buyer)
    order = bought(shelf, shelf.buyer)
    a_news(shelf.team, "published")
    few = queries(her, HERS), queries(her, order)
    for _ in range(3):
        a_news(shelf.team, "published")
    assert (queries(her, HERS), queries(her, order)) == few
