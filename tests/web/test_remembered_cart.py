"""A guest's browser remembers her cart, and other tabs may have placed it."""

import pytest
from django.test import Client

from orders.models import Cart
from tests.orders.world import CART, Buyer, key
from tests.web.test_pages import fields, words

pytestmark = pytest.mark.django_db


def test_a_browser_whose_cart_another_tab_has_placed_begins_a_new_one(shelf):
    client = Client(headers={"Accept-Language": "en"})
    put = {"variant": shelf.variant, "quantity": 1, "next": "/en/cart/"}
    assert client.post("/do/add_to_cart/", put).url == "/en/cart/"
    first = client.session["cart"]
    Cart.objects.update(closed_at="2026-01-01T00:00Z")
    assert client.post("/do/add_to_cart/", put).url == "/en/cart/"
    second = client.session["cart"]
    Cart.objects.update(closed_at="2026-01-01T00:00Z")
    assert client.post("/do/choose_region/", {"region": "420106", "next": "/en/checkout/"}).status_code == 302
    assert len({first, second, client.session["cart"]}) == 3
    shown = Buyer().ask(f"query($id: ID) {{ cart(id: $id) {{ {CART} }} }}", id=client.session["cart"])
    assert shown["cart"] is not None


def test_a_guest_who_places_in_two_tabs_is_led_to_one_order_and_whoever_has_her_carts_id_to_none(shelf):
    client = Client(headers={"Accept-Language": "en"})
    client.post("/do/add_to_cart/", {"variant": shelf.variant, "quantity": 1, "lang": "en"})
    cart = client.session["cart"]
    told = {
        "email": "guest@example.com",
        "recipient": "示例",
        "phone": "13800138000",
        "street": "1",
        "region": "420106",
    }
    client.post("/do/tell_cart/", {**told, "lang": "en"})

    total = fields(words(client.get("/en/checkout/")), "tell_cart")["expectedTotal"]

    def place(browser):
        given = {
            "cart": cart,
            "idempotencyKey": key(),
            "lang": "en",
            "back": "/en/checkout/",
            "expectedTotal": total,
        }
        return browser.post("/do/place_order/", given).url

    first, second = place(client), place(client)
    assert first == second and "/en/order/" in first and "token=" in first
    other = Client(headers={"Accept-Language": "en"})
    other.get("/en/cart/")
    assert place(other) == "/en/checkout/#refused"


def test_a_page_says_what_the_cart_did_not_take(shelf):
    client = Client(headers={"Accept-Language": "en"})
    put = {"variant": shelf.variant, "next": "/en/cart/", "lang": "en"}
    client.post("/do/add_to_cart/", {**put, "quantity": 2})
    assert "left out" not in words(client.get("/en/cart/"))
    client.post("/do/add_to_cart/", {**put, "quantity": 999})
    assert "A cart holds at most 999 of each and 20 kinds: 2 units were left out." in words(
        client.get("/en/cart/")
    )
    client.post("/do/add_to_cart/", {**put, "quantity": 1, "lang": "zh"})
    assert "每样最多 999 份，最多 20 种；有 1 份没有放进购物车。" in words(client.get("/zh/cart/"))


def test_signing_in_says_what_ones_own_cart_did_not_take(shelf):
    mine = Buyer(shelf.buyer)
    mine.done("cartLinesAdd", "cart { id }", lines=[{"variantId": shelf.variant, "quantity": 990}])
    client = Client(headers={"Accept-Language": "en"})
    client.post("/do/add_to_cart/", {"variant": shelf.variant, "quantity": 12, "lang": "en"})
    form = {"email": shelf.buyer.email, "password": shelf.password, "next": "/en/cart/", "lang": "en"}
    client.post("/do/sign_in/", form)
    assert "3 units were left out." in words(client.get("/en/cart/"))


@pytest.mark.parametrize("page", ["cart", "checkout"])
def test_what_left_the_shelf_is_still_a_line_of_the_cart_that_can_be_taken_out(shelf, page):
    client = Client(headers={"Accept-Language": "en"})
    client.post(
        "/do/add_to_cart/", {"variant": shelf.variant, "quantity": 2, "next": "/en/cart/", "lang": "en"}
    )
    client.post("/do/choose_region/", {"region": "420527", "next": "/en/checkout/", "lang": "en"})
    shelf.product.move_to("suspended")
    answer = client.get(f"/en/{page}/")
    assert answer.status_code == 200 and "This is not offered any more." in words(answer)
