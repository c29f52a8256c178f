"""An address is typed once: kept where she says so, beforehand in the next cart, edited, one of them the usual one."""

import pytest
from django.test import Client

from accounts.models import Address
from orders.models import Cart
from tests.web.conftest import signed_in
from tests.web.test_pages import fields, post, words

pytestmark = pytest.mark.django_db

TOLD = {"street": "示例路 1 号", "recipient": "Ann", "phone": "13800138000", "email": "ann@example.com"}
HERE = {"recipient": "Ann", "phone": "13800138000", "region_id": "420527", "street": "示例路 1 号"}


@pytest.fixture
def her(shelf) -> Client:
    """The buyer, with something in her cart that goes to a county she has chosen."""
    client = signed_in(shelf.buyer)
    post(client, "add_to_cart", variant=shelf.variant, quantity="1")
    post(client, "choose_region", region="420527")
    return client


def test_what_is_typed_at_checkout_is_kept_where_she_says_so_and_no_box_is_ticked_for_her(her, guest, shelf):
    page = words(her.get("/en/checkout/"))
    assert 'type="checkbox" value="true" id="' in page and 'name="keepAddress"' in page
    assert "checked" not in page
    post(her, "tell_cart", **TOLD)
    assert not Address.objects.exists()
    for _ in range(2):
        post(her, "tell_cart", **TOLD, keepAddress="true")
    kept = Address.objects.get()
    assert kept.person == shelf.buyer and kept.is_default
    assert {name: getattr(kept, name) for name in HERE} == HERE
    post(guest, "add_to_cart", variant=shelf.variant, quantity="1")
    post(guest, "choose_region", region="420527")
    assert "keepAddress" not in words(guest.get("/en/checkout/")), "a guest has nowhere to keep it"


def test_it_is_kept_as_the_order_is_placed_too(her, shelf, till):
    post(her, "tell_cart", **TOLD)
    form = {**fields(words(her.get("/en/checkout/")), "tell_cart"), "first": "tell_cart"}
    placed = her.post("/do/place_order/", {**form, "keepAddress": "true"})
    assert placed.url.startswith(till.base) and Address.objects.get().street == TOLD["street"]


def test_when_twenty_are_kept_already_it_is_said_beside_the_box_and_nothing_is_lost(her, shelf):
    for n in range(20):
        Address.objects.create(
            person=shelf.buyer, is_default=not n, **{**HERE, "street": f"示例路 {n + 10} 号"}
        )
    refused = post(her, "tell_cart", **TOLD, keepAddress="true", back="/en/checkout/")
    page = words(her.get(refused.url))
    assert "At most 20 addresses are kept." in page and f'value="{TOLD["street"]}"' in page


def test_what_she_said_as_a_guest_goes_before_the_usual_address(shelf, guest):
    Address.objects.create(person=shelf.buyer, is_default=True, **{**HERE, "street": "常用路 9 号"})
    post(guest, "add_to_cart", variant=shelf.variant, quantity="1")
    post(guest, "choose_region", region="420106")
    post(guest, "tell_cart", **TOLD)
    post(guest, "sign_in", email=shelf.buyer.email, password=shelf.password)
    cart = Cart.objects.get(person=shelf.buyer)
    assert (cart.region_id, cart.street) == ("420106", TOLD["street"])


def test_one_that_was_said_before_is_not_overwritten_by_a_guests(her, shelf, guest):
    post(her, "tell_cart", **{**TOLD, "street": "早先路 3 号"})
    post(guest, "add_to_cart", variant=shelf.variant, quantity="1")
    post(guest, "choose_region", region="420106")
    post(guest, "sign_in", email=shelf.buyer.email, password=shelf.password)
    cart = Cart.objects.get(person=shelf.buyer)
    assert (cart.region_id, cart.street) == ("420527", "早先路 3 号")


def test_a_kept_address_is_edited_its_place_too(her, shelf):
    one = Address.objects.create(person=shelf.buyer, is_default=True, **HERE)
    page = words(her.get("/en/account/addresses/"))
    link = page.split('href="/en/account/addresses/?open=save_address')[1].split('"')[0]
    shown = words(her.get(f"/en/account/addresses/?open=save_address{link.partition('#')[0]}"))
    form = fields(shown, "save_address")
    assert form["street"] == HERE["street"] and form["region"] == "420527"
    post(her, "save_address", **{**form, "street": "新路 5 号"})
    moved = words(
        her.get(f"/en/account/addresses/?move=1&province=420000&open=save_address{link.partition('#')[0]}")
    )
    again = {**fields(moved, "save_address"), "region": "420106"}
    post(her, "save_address", **again)
    one.refresh_from_db()
    assert (one.street, one.region_id, one.is_default) == ("新路 5 号", "420106", True)
