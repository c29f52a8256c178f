"""A coupon by its pages: made at the desk after a look at what it leaves, used in the cart, seen on order and receipt."""

import pytest
from django.test import Client

from core.money import show
from orders.links import token_for
from orders.models import Coupon, Order
from tests.catalog.world import an_operator
from tests.orders.coupons import a_coupon
from tests.orders.world import BUYER
from tests.web.conftest import signed_in
from tests.web.test_desk import sure
from tests.web.test_pages import fields, post, unfolded, words

pytestmark = pytest.mark.django_db(transaction=True)
DESK, OFFICE = "/en/desk/coupons/", "/en/office/coupons/"


def test_a_manager_sees_what_a_coupon_leaves_the_households_before_she_makes_it(shelf):
    desk = signed_in(shelf.manager)
    assert f'href="{DESK}?team=' in words(desk.get("/en/desk/"))
    page = unfolded(desk, DESK, "make_coupon")
    assert "the households’ part and all others become less" in page
    asked = fields(page, "make_coupon") | {"percent": "10", "mostEach": "0"}
    page = words(desk.post("/do/make_coupon/", asked, follow=True))
    assert "with 0 nobody could use it" in page and not Coupon.objects.exists()
    asked |= {"mostEach": "1", "code": "ｔｅａ　２０２６"}
    page = words(desk.post("/do/make_coupon/", asked, follow=True))
    variant = shelf.lot.variant
    share = variant.story.household_bps
    before, after = variant.price_minor, variant.price_minor - variant.price_minor * 10 // 100
    assert f"{show(before)} → {show(after)}" in page
    assert f"{show(before * share // 10_000)} → {show(after * share // 10_000)}" in page
    assert not Coupon.objects.exists(), "it is looked at first"
    page = words(
        desk.post("/do/make_coupon/", asked | {"seen": fields(page, "make_coupon")["seen"]}, follow=True)
    )
    made = Coupon.objects.get()
    assert (made.team, made.code, made.percent, made.most_each) == (shelf.team, "TEA2026", 10, 1)
    assert "TEA2026" in page and "used 0 times" in page
    assert "It is over" in sure(desk, DESK, "end_coupon")
    made.refresh_from_db()
    assert made.ended_at is not None


def test_an_operator_makes_one_of_the_shops_and_sees_what_it_has_cost(shelf):
    office = signed_in(an_operator())
    page = unfolded(office, OFFICE, "make_shop_coupon")
    asked = fields(page, "make_shop_coupon") | {"amountMinor": "10", "leastMinor": "20", "mostInAll": "50"}
    page = words(office.post("/do/make_shop_coupon/", asked, follow=True))
    assert "Used up, the shop has paid at most" in page and "¥500.00" in page
    page = words(
        office.post(
            "/do/make_shop_coupon/", asked | {"seen": fields(page, "make_shop_coupon")["seen"]}, follow=True
        )
    )
    made = Coupon.objects.get()
    assert (made.team, made.code, made.amount_minor, made.least_minor) == (None, "", 1000, 2000)
    assert "¥10.00 off from ¥20.00 on" in page and "used 0 of 50 times" in page and "¥0.00 off so far" in page
    assert signed_in(shelf.manager).get(OFFICE).status_code == 404


def test_a_buyer_uses_a_code_in_the_cart_and_sees_it_on_her_order_and_receipt(shelf):
    a_coupon(None, code="TENOFF", amount_minor=1000, least_minor=2000)
    guest = Client()
    post(guest, "add_to_cart", variant=shelf.variant, quantity="2")
    post(guest, "choose_region", region=BUYER["regionCode"])
    page = words(guest.get("/en/cart/"))
    asked = fields(page, "keep_cart")
    page = words(guest.post("/do/keep_cart/", asked | {"couponCode": "nosuch"}, follow=True))
    assert "There is no such coupon" in page and 'value="nosuch"' in page
    used = guest.post("/do/keep_cart/", asked | {"couponCode": "ten off"})
    assert used["Location"] == "/en/cart/#coupon", "on a phone it stands below the goods"
    page = words(guest.get("/en/cart/"))
    assert "¥10.00 off from ¥20.00 on" in page and "−¥10.00" in page and "the shop" in page
    page = words(guest.post("/do/keep_cart/", fields(page, "keep_cart") | {"coupon": "leave"}, follow=True))
    assert "−¥10.00" not in page and "No coupon is used" in page
    page = words(
        guest.post("/do/keep_cart/", fields(page, "keep_cart") | {"couponCode": "TENOFF"}, follow=True)
    )
    assert "−¥10.00" in page
    told = {"email": "a@example.com", "recipient": "Ann", "phone": "13800138000", "street": "1 Road"}
    post(guest, "tell_cart", region=BUYER["regionCode"], **told)
    page = words(guest.get("/en/checkout/"))
    assert "−¥10.00" in page
    asked = fields(page, "tell_cart")
    guest.post("/do/place_order/", asked | told | {"first": "tell_cart"})
    order = Order.objects.get()
    assert order.discount_minor == 1000
    page = words(guest.get(f"/en/order/{order.number}/?token={token_for(order)}"))
    assert "−¥10.00" in page and show(order.total_minor) in page


def test_a_code_that_is_emptied_is_taken_off_and_what_needs_none_counts_again(shelf):
    a_coupon(None, code="TENOFF", amount_minor=1000, least_minor=2000)
    a_coupon(None, percent=3)
    guest = Client()
    post(guest, "add_to_cart", variant=shelf.variant, quantity="2")
    asked = fields(words(guest.get("/en/cart/")), "keep_cart") | {"couponCode": "TENOFF"}
    page = words(guest.post("/do/keep_cart/", asked, follow=True))
    assert "−¥10.00" in page
    page = words(guest.post("/do/keep_cart/", fields(page, "keep_cart") | {"couponCode": ""}, follow=True))
    assert "−¥10.00" not in page and "3% off" in page and 'value="TENOFF"' not in page


def test_a_guest_with_a_code_for_a_first_purchase_is_led_to_sign_in_and_then_it_counts(shelf):
    a_coupon(None, code="FIRST", percent=10, is_for_first=True)
    guest = Client()
    post(guest, "add_to_cart", variant=shelf.variant, quantity="2")
    asked = fields(words(guest.get("/en/cart/")), "keep_cart") | {"couponCode": "FIRST"}
    page = words(guest.post("/do/keep_cart/", asked, follow=True))
    assert "please sign in with a mailbox or number" in page and "?next=%2Fen%2Fcart%2F" in page
    post(guest, "sign_in", email=shelf.buyer.email, password=shelf.password)
    page = words(guest.get("/en/cart/"))
    assert "10% off your first purchase" in page and "−¥7.38" in page and "please sign in" not in page
