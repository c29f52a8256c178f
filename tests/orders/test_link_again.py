"""A guest finds an order again by its number and where she is told of it; and what she bought joins her account."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.actions import way as ways
from accounts.models import NumberDay, SignInWay
from core.deliveries import drain
from core.models import OutboxEvent
from orders.links import LASTS
from orders.models import Order
from tests import texts
from tests.catalog.world import a_lot
from tests.orders.world import Buyer, a_person, row
from tests.web.test_pages import post

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("whole_shop")]
NUMBER, MAILBOX = "+8617112345678", "ann@example.com"


@pytest.fixture(autouse=True)
def nothing_sent_yet():
    texts.SENT.clear()
    mail.outbox.clear()


def bought(**told):
    """A guest's order, its number as a person types it."""
    order = Buyer().place(a_lot(), **told)
    return order["number"].lower().replace("-", " ")


def ask(number, told_at):
    return Buyer().do("orderLinkRequest", number=number, contact=told_at)["errors"]


def link_in_the_letter():
    drain()
    (letter,) = mail.outbox
    assert letter.to == [MAILBOX]
    (link,) = re.findall(r"http\S*/order/\S+", letter.body)
    return link


def test_the_link_comes_to_the_mailbox_and_opens_the_order():
    number = bought(email=MAILBOX)
    assert ask(f" {number} ", "Ann@Example.com ") == []
    page = Client().get(link_in_the_letter())
    assert page.status_code == 200 and number.upper().replace(" ", "-") in page.content.decode()


def test_the_link_comes_to_the_number_by_text_and_counts_among_its_five():
    number = bought(email="", phone="17112345678")
    assert ask(number, "+86 171 1234 5678") == []
    drain()
    ((to, template, _, facts),) = texts.SENT
    assert (to, template) == (NUMBER, "order_link") and mail.outbox == []
    assert f"/order/{facts['order']}/?token=" in Client().get(f"/o/{facts['key']}")["Location"]
    assert NumberDay.objects.get(number=NUMBER).sent == 1
    assert [error["code"] for error in ask(number, "17112345678")] == ["TOO_MANY_REQUESTS"], "one a minute"


def test_by_the_couriers_number_the_link_goes_to_her_mailbox_all_the_same():
    number = bought(email=MAILBOX, phone="17112345678")
    assert ask(number, "17112345678") == [] and texts.SENT == []
    assert "token=" in link_in_the_letter()


def test_an_accounts_order_is_found_by_its_number_and_its_link_asks_to_sign_in():
    mei = a_person(email=None, email_verified_at=None)
    ways.prove(mei, SignInWay.Kind.PHONE, NUMBER)
    order = Buyer(mei).place(a_lot(), email="")
    assert ask(order["number"], NUMBER) == []
    drain()
    (text,) = texts.SENT
    assert text.facts["key"] == order["number"].replace("-", "")


def test_whether_there_is_such_an_order_no_answer_no_count_and_no_row_tells():
    number = bought(email=MAILBOX)
    seen = []
    for asked, told_at in ((number, MAILBOX), ("2222-2222-2222", MAILBOX), (number, "li@example.com")):
        with CaptureQueriesContext(connection) as made:
            errors = ask(asked, told_at)
        seen.append((errors, len(made)))
    assert seen == [([], seen[0][1])] * 3
    told = OutboxEvent.objects.filter(name="OrderLinkRequested").order_by("pk")
    assert [event.payload["order_id"] > 0 for event in told] == [True, False, False]
    link_in_the_letter()
    for asked, mobile in ((number, "17112345670"), ("2222-2222-2222", "17112345671")):
        assert ask(asked, mobile) == []
    drain()
    assert texts.SENT == [] and set(NumberDay.objects.values_list("sent", flat=True)) == {1}


def test_a_mailbox_gets_five_a_day_and_what_is_no_address_is_said():
    number = bought(email=MAILBOX)
    errors = [ask(number, MAILBOX) for _ in range(6)]
    assert errors[:5] == [[]] * 5 and errors[5][0]["code"] == "TOO_MANY_REQUESTS"
    for asked, told_at, field in (
        ("12", MAILBOX, "number"),
        (number, "027-87654321", "contact"),
        (number, "a@", "contact"),
    ):
        (error,) = ask(asked, told_at)
        assert (error["code"], error["field"]) == ("INVALID", [field])


def test_of_an_order_older_than_its_link_no_letter_goes():
    number = bought(email=MAILBOX)
    Order.objects.update(placed_at=timezone.now() - LASTS)
    assert ask(number, MAILBOX) == []
    drain()
    assert mail.outbox == []


@pytest.mark.parametrize("lang, words", [("zh", "如果有这个订单"), ("en", "If there is such an order")])
def test_the_page_is_found_from_sign_in_and_help_and_says_the_same_to_all(lang, words):
    for path in ("sign-in/", "help/"):
        assert f"/{lang}/find-order/" in Client().get(f"/{lang}/{path}").content.decode()
    guest, back = Client(), f"/{lang}/find-order/"
    given = {"number": bought(email=MAILBOX), "contact": "027", "next": back, "back": back, "lang": lang}
    post(guest, "ask_for_order", **given)
    page = guest.get(back).content.decode()
    assert given["number"] in page and 'value="027"' in page, "nothing typed is lost"
    sent = post(guest, "ask_for_order", **{**given, "contact": MAILBOX})
    assert words in guest.get(sent["Location"]).content.decode()


# --- What a guest has bought joins her account ------------------------------------------------------


def listed(person):
    rows = Buyer(person).ask("query { myOrders(first: 10) { nodes { number } } }")["myOrders"]["nodes"]
    return {one["number"] for one in rows}


def test_once_her_mailbox_is_proved_what_she_bought_as_a_guest_is_hers():
    number = row({"number": bought(email=MAILBOX).upper().replace(" ", "-")}).number
    mei = a_person(email=MAILBOX, email_verified_at=None)
    assert listed(mei) == set() and Buyer(mei).look({"number": number}) is None
    ways.prove(mei, SignInWay.Kind.EMAIL, MAILBOX)
    assert listed(mei) == {number} and Buyer(mei).look({"number": number})["number"] == number
    assert listed(a_person()) == set()


def test_a_number_brings_what_was_bought_under_it_but_nothing_of_long_before():
    """Case N22: numbers are given to others."""
    fresh, old = (bought(email="", phone="17112345678").upper().replace(" ", "-") for _ in range(2))
    Order.objects.filter(number=old).update(placed_at=timezone.now() - timedelta(days=200))
    mei = a_person(email=None, email_verified_at=None)
    ways.prove(mei, SignInWay.Kind.PHONE, NUMBER)
    assert listed(mei) == {fresh}
    assert Buyer(mei).look({"number": old}) is None
    ways.end(SignInWay.objects.get(value=NUMBER), None)
    assert listed(mei) == set(), "a number that is somebody else's by now shows nothing"
