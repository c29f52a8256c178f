"""A group on a harvest that is not in says so: on its pages, at its button, and in every letter about it."""

from datetime import date

import pytest
from django.test import Client

from catalog import search
from tests.catalog.world import a_planned_lot, a_product, a_team, a_variant
from tests.orders.sold import settle
from tests.orders.test_mails import new_mails
from tests.orders.world import Buyer, a_person
from tests.web.test_pages import words

pytestmark = pytest.mark.django_db

SHIPS = date(2027, 4, 1)
SAID = {"en": "Pre-sale, sent by 1 Apr 2027", "zh": "预售，2027年4月1日前发货"}


def a_browser_of(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_a_group_on_a_harvest_that_is_not_in_says_so_before_and_after(together):
    manager = a_person()
    lot = a_planned_lot(a_variant(a_product(a_team(manager=manager))), ship_by=SHIPS, units=50)
    search.index([lot.variant.product_id])
    made = together(minimum=2, maximum=2, lot=lot)
    for language, button in (("zh", "预订，每份"), ("en", "Pre-order,")):
        page = words(Client().get(f"/{language}/g/{made.code}/"))
        assert SAID[language] in page and button in page
        its = a_browser_of(made.coordinator.person)
        assert SAID[language] in words(its.get(f"/{language}/groups/"))
        assert SAID[language] in words(its.get(f"/{language}/groups/open/"))
    new_mails()
    orders = made.fill(2)
    settle()
    assert made.row.state == "confirmed"
    mails = {mail.subject.split(":")[0].split("：")[0]: mail.body for mail in new_mails()}
    told = [body for body in mails.values() if "2027年4月1日前发出" in body or "sent by 1 Apr 2027" in body]
    assert len(told) >= 3, mails.keys()
    assert SAID["en"] in words(Client().get(f"/en/g/{made.code}/"))
    page = words(Client().get(f"/en/order/{orders[0]['number']}/?token={orders[0]['token']}"))
    assert SAID["en"] in page
    # What is on the shelf later changes nothing of what they have bought.
    type(lot).objects.filter(pk=lot.pk).update(state="open")
    assert SAID["en"] in words(Client().get(f"/en/g/{made.code}/"))


def test_a_group_on_a_harvest_that_is_in_does_not(together):
    made = together(minimum=2, maximum=2)
    assert "Pre-" not in words(Client().get(f"/en/g/{made.code}/"))
    made.fill(2)
    assert "Pre-sale" not in words(Client().get(f"/en/g/{made.code}/"))
    assert Buyer().ask(
        "query($code: String!) { groupPurchase(code: $code) { presaleShipBy } }", code=made.code
    ) == {"groupPurchase": {"presaleShipBy": None}}
