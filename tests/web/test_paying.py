"""From the last press of checkout to "paid, thank you", and back again after an order that was never paid."""

import re
from urllib.request import urlopen

import pytest
from django.test import Client
from django.utils import timezone

from catalog.models import Product, Variant
from orders.models import Cart, Order, Payment
from tests.catalog.world import a_lot, a_product, a_variant
from tests.orders.world import Buyer, session_of, tell
from tests.web.conftest import signed_in
from tests.web.test_pages import fields, post, words

pytestmark = pytest.mark.django_db

TOLD = {"street": "示例路 1 号", "recipient": "Ann", "phone": "13800138000", "email": "ann@example.com"}


def ready(client: Client, shelf, quantity: str = "2") -> dict[str, str]:
    """A cart that can be placed; what its last press sends."""
    post(client, "add_to_cart", variant=shelf.variant, quantity=quantity)
    post(client, "choose_region", region="420527")
    post(client, "tell_cart", **TOLD)
    return {**fields(words(client.get("/en/checkout/")), "tell_cart"), "first": "tell_cart"}


def test_one_press_places_the_order_and_stands_on_the_providers_page(guest, shelf, till):
    form = ready(guest, shelf)
    pressed = guest.post("/do/place_order/", form)
    assert pressed.url.startswith(till.base)
    order, payment = Order.objects.get(), Payment.objects.get()
    assert (order.state, payment.url) == ("placed", pressed.url)
    assert guest.post("/do/place_order/", form).url == pressed.url, "a second press"
    assert (Order.objects.count(), Payment.objects.count()) == (1, 1)


def test_while_the_provider_is_away_the_orders_page_has_the_button(guest, shelf):
    placed = guest.post("/do/place_order/", ready(guest, shelf))
    assert re.fullmatch(r"/en/order/[^/]+/\?token=.+", placed.url)
    page = words(guest.get(placed.url))
    assert "Waiting for payment" in page and 'action="/do/begin_payment/"' in page
    assert Order.objects.get().state == "placed"


def test_inside_wechat_the_last_step_and_the_orders_page_say_what_works_there(guest, shelf):
    inside = {"HTTP_USER_AGENT": "Mozilla/5.0 (iPhone) AppleWebKit/605 Mobile/15E148 MicroMessenger/8.0.49"}
    works = (
        "You are inside WeChat",
        "a card works as it is",
        "Alipay does not open here",
        "open it in your browser",
    )
    form = ready(guest, shelf)
    assert works[0] not in words(guest.get("/en/checkout/"))
    checkout = words(guest.get("/en/checkout/", **inside))
    assert all(said in checkout for said in works)
    placed = guest.post("/do/place_order/", form).url
    assert works[0] not in words(guest.get(placed)) and works[0] in words(guest.get(placed, **inside))
    assert "支付宝在微信里打不开" in words(guest.get(placed.replace("/en/", "/zh/"), **inside))


def test_whoever_comes_back_from_paying_is_thanked_and_told_what_happens_next(guest, shelf, till, a_stand):
    buyer = Buyer()
    order = buyer.place(shelf.lot)
    path = f"/en/order/{order['number']}/?token={order['token']}&paid=1"
    page = buyer.begin(order)
    assert "Paid, thank you" not in words(guest.get(path)), "no word of it has come yet"
    till.pay(session_of(page))
    tell(a_stand, "checkout.session.completed")
    shown = words(guest.get(path))
    assert re.findall(r"<h1>(.*?)</h1>", shown) == ["Paid, thank you"]
    day = Order.objects.get().shipments.get().ship_by
    assert f"sent by {day.day} {day:%b}" in shown and order["number"] in shown
    assert f"go to {Order.objects.get().email}" in shown
    assert "Paid, thank you" not in words(guest.get(path.replace("&paid=1", "")))


def test_a_returning_buyer_is_offered_first_by_what_she_paid_last(shelf, till, a_stand):
    buyer = Buyer(shelf.buyer)
    first = buyer.place(shelf.lot)
    till.pay(session_of(buyer.begin(first)), "alipay")
    tell(a_stand, "checkout.session.completed")
    assert Payment.objects.get().asked_first == ""
    second = buyer.place(shelf.lot)
    page = buyer.begin(second)
    assert Payment.objects.get(order__number=second["number"]).asked_first == "alipay"
    with urlopen(page["url"]) as answer:
        offered = re.findall(r'<button ([^>]*)name="method" value="(\w+)"', answer.read().decode())
    assert [kind for _, kind in offered] == ["alipay", "card", "wechat_pay"]
    assert "autofocus" in offered[0][0]


def test_the_goods_of_an_order_that_was_never_paid_go_back_into_the_cart(guest, shelf):
    gone = a_lot(a_variant(a_product(shelf.team, name_en="Summer tea")), units=9)
    order = Buyer().place(shelf.lot, gone, quantity=2)
    path = f"/en/order/{order['number']}/?token={order['token']}"
    assert 'action="/do/buy_again/"' not in words(guest.get(path)), "it can still be paid"
    Order.objects.update(state="expired", closed_at=timezone.now())
    Product.objects.filter(pk=gone.variant.product_id).update(state="suspended")
    assert 'action="/do/buy_again/"' in words(guest.get(path))
    answer = post(guest, "buy_again", number=order["number"], token=order["token"])
    assert answer.url == "/en/cart/"
    page = words(guest.get(answer.url))
    assert "Not to be had now, and not in your cart: Summer tea" in page
    (line,) = Cart.objects.get(closed_at=None).lines.all()
    assert (line.variant, line.quantity) == (shelf.lot.variant, 2)


def test_what_is_sold_out_is_named_and_nothing_of_anothers_order_is_told(guest, shelf):
    order = Buyer(shelf.buyer).place(shelf.lot)
    her = signed_in(shelf.buyer)
    Order.objects.update(state="cancelled", closed_at=timezone.now())
    Variant.objects.update(units_available=0)
    given = {"number": order["number"], "back": "/en/cart/"}
    assert post(her, "buy_again", **given).url == "/en/shop/"
    assert "Not to be had now" in words(her.get("/en/shop/"))
    assert post(guest, "buy_again", **given).url == "/en/cart/#refused"
    unknown = post(Client(), "buy_again", number="NO-SUCH-ORDER", back="/en/cart/")
    assert unknown.url == "/en/cart/#refused" and not Cart.objects.filter(closed_at=None, lines__isnull=False)
