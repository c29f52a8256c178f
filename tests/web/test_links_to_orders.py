"""A letter's link to an order, opened by whoever is not signed in: she is asked who she is, and comes back to it."""

import re

import pytest
from django.test import Client

from core.api.ids import global_id
from orders.links import page_of
from orders.models import Line, Order
from tests.web.conftest import an_order, signed_in
from tests.web.test_pages import post, words

pytestmark = pytest.mark.django_db


def below(order: Order) -> list[str]:
    """Every page of an order that a letter of ours, or its page, leads to."""
    line = global_id("Line", Line.objects.filter(order=order).first().uid)
    here = f"/en/order/{order.number}/"
    return [here, f"{here}receipt/", f"{here}claim/{line}/", f"{here}review/{line}/"]


def test_her_letters_link_asks_her_to_sign_in_and_comes_back_to_it(shelf, guest):
    order = Order.objects.get(number=an_order(shelf, shelf.buyer)["number"])
    letter = re.sub(r"^https?://[^/]+", "", page_of(order))
    asked = guest.get(letter)
    assert asked.status_code == 302
    page = words(guest.get(asked.url))
    (back,) = re.findall(r'name="next" value="([^"]+)"', page)
    assert back == letter
    there = post(guest, "sign_in", email=shelf.buyer.email, password=shelf.password, next=back)
    assert there.url == letter and order.number in words(guest.get(there.url))


def test_a_stranger_hears_the_same_of_an_order_that_is_there_and_of_one_that_is_not(shelf):
    mine = Order.objects.get(number=an_order(shelf, shelf.buyer)["number"])
    guests = Order.objects.get(number=an_order(shelf)["number"])
    nothing = "NOSU-CHOR-DERX"
    for path in (*below(mine), *below(guests)):
        other = re.sub(r"/order/[^/]+/", f"/order/{nothing}/", path)
        known, unknown = Client().get(path), Client().get(other)
        assert (known.status_code, unknown.status_code) == (302, 302)
        number = path.split("/")[3]
        assert known.url.replace(number, nothing) == unknown.url
        seen, unseen = (words(Client().get(answer.url)) for answer in (known, unknown))
        bare = [re.sub(r'value="[^"]{20,}"', "", page.replace(number, nothing)) for page in (seen, unseen)]
        assert bare[0] == bare[1] and "has the key to the order" in seen
        somebody = signed_in(shelf.manager)
        assert (somebody.get(path).status_code, somebody.get(other).status_code) == (404, 404)


def test_a_key_that_is_none_is_answered_as_no_key(shelf, guest):
    order = an_order(shelf)
    path = f"/en/order/{order['number']}/"
    assert guest.get(f"{path}?token={order['token']}").status_code == 200
    for token in ("", "x", order["token"][:-2] + "AA"):
        assert guest.get(path, {"token": token}).url.startswith("/en/sign-in/?next=")
