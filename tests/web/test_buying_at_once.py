"""Buy now: one thing goes straight to checkout, and the cart is kept as it is."""

import re
from html import unescape

import pytest
from django.test import Client

from core.api.ids import global_id
from orders.models import Cart, CartLine, Order
from orders.people import CARTS_LAST, forget_old
from tests.catalog.world import a_lot, a_product, a_variant
from tests.orders.coupons import a_coupon
from tests.orders.world import Buyer, key
from tests.web.conftest import signed_in
from tests.web.test_pages import fields, post, words

pytestmark = pytest.mark.django_db
TOLD = {
    "email": "guest@example.com",
    "recipient": "示例",
    "phone": "13800138000",
    "street": "1",
    "region": "420106",
}


@pytest.fixture
def tea(shelf):
    """Another product, to lie in the cart meanwhile."""
    return a_lot(a_variant(a_product(shelf.team)), units=9)


def kept(client: Client, tea) -> None:
    """Put the other product into the cart, and say where it goes."""
    post(client, "add_to_cart", variant=global_id("Variant", tea.variant.uid), quantity="2")
    post(client, "tell_cart", **TOLD)


def at_checkout(client: Client) -> str:
    return words(client.get("/en/checkout/now/"))


def placed(client: Client) -> Order:
    form = fields(at_checkout(client), "tell_cart")
    client.post("/do/place_order/", {**form, "idempotencyKey": key()})
    return Order.objects.latest("id")


def test_a_coupons_code_is_written_on_the_way_and_nothing_else_that_was_is_lost(shelf):
    a_coupon(None, code="TENOFF", amount_minor=1000, least_minor=2000)
    client = Client()
    post(client, "buy_at_once", variant=shelf.variant, quantity="3")
    post(client, "choose_region", region="420106", apart="1")
    page = at_checkout(client)
    half = fields(page, "tell_cart") | {"street": "半条街", "turn": "tell_cart"}
    (to,) = re.findall(r'formaction="(/do/turn/[^"]*use_coupon[^"]*)"', page)
    opened = words(client.get(client.post(unescape(to), half).url))
    assert "/do/place_order/" not in opened, "one thing to send at a time"
    wrong = client.post("/do/use_coupon/", fields(opened, "use_coupon") | {"couponCode": "NOSUCH"})
    told = words(client.get(wrong.url))
    assert "There is no such coupon" in told and 'value="NOSUCH"' in told
    used = client.post("/do/use_coupon/", fields(told, "use_coupon") | {"couponCode": "tenoff"})
    page = words(client.get(used.url))
    assert "−¥10.00" in page and "/do/place_order/" in page and 'value="半条街"' in page
    post(client, "tell_cart", apart="1", **TOLD)
    assert placed(client).discount_minor == 1000


@pytest.mark.parametrize("is_known", [False, True])
def test_one_thing_is_ordered_and_the_cart_is_kept(shelf, tea, is_known):
    client = signed_in(shelf.buyer) if is_known else Client()
    kept(client, tea)
    before = client.session.get("cart")
    assert post(client, "buy_at_once", variant=shelf.variant, quantity="3").url == "/en/checkout/now/"
    page = at_checkout(client)
    # It knows where the cart goes, and asks nothing again.
    assert "This one alone; what is in your cart stays there." in page and 'value="示例"' in page
    order = placed(client)
    assert [(line.variant_id, line.quantity) for line in order.lines.all()] == [(shelf.lot.variant_id, 3)]
    assert order.person == (shelf.buyer if is_known else None)
    assert client.session.get("cart") == before and client.session.get("apart") is None
    cart = words(client.get("/en/cart/"))
    assert "2 items" in cart and str(shelf.product.slug) not in cart
    assert CartLine.objects.get(cart__closed_at=None).quantity == 2


def test_whoever_signs_in_on_the_way_keeps_the_two_apart(shelf, tea):
    client = Client()
    kept(client, tea)
    post(client, "buy_at_once", variant=shelf.variant, quantity="1")
    form = {"email": shelf.buyer.email, "password": shelf.password, "next": "/en/checkout/now/", "lang": "en"}
    client.post("/do/sign_in/", form)
    order = placed(client)
    assert order.person == shelf.buyer
    assert [line.variant_id for line in order.lines.all()] == [shelf.lot.variant_id]
    assert "2 items" in words(client.get("/en/cart/"))


def test_no_address_leads_into_anothers_cart(shelf, tea):
    strangers = Buyer().done(
        "cartLinesAdd", "cart { id }", lines=[{"variantId": shelf.variant, "quantity": 1}]
    )
    client = Client()
    kept(client, tea)
    for page in ("checkout/", "checkout/now/"):
        client.get(f"/en/{page}?cart={strangers['cart']['id']}&apart=1")
    assert "Your cart is empty" in at_checkout(client)
    assert Cart.objects.filter(person=None, closed_at=None).count() == 2


def test_what_cannot_be_bought_comes_back_as_it_was_written(shelf):
    client = Client()
    form = {"variant": shelf.variant, "quantity": "0", "back": f"/en/p/{shelf.product.slug}/"}
    assert post(client, "buy_at_once", **form).url == f"/en/p/{shelf.product.slug}/#refused"
    page = words(client.get(f"/en/p/{shelf.product.slug}/"))
    assert 'value="0"' in page and 'class="wrong"' in page
    assert not Cart.objects.exists()


@pytest.mark.parametrize(
    ("written", "step", "shown"),
    [("2", "more", "3"), ("1", "fewer", "1"), ("999", "more", "999"), ("x", "more", "2")],
)
def test_the_number_is_stepped_without_a_script(shelf, written, step, shown):
    other = global_id("Variant", a_lot(a_variant(shelf.product), units=5).variant.uid)
    client = Client()
    back = f"/en/p/{shelf.product.slug}/"
    form = {"quantity": written, "step": step, "variant": other, "back": back, "lang": "en"}
    assert client.post("/do/step_quantity/", form).url == f"{back}#buy"
    page = words(client.get(back))
    assert re.search(r'name="quantity"[^>]*?value="(\d+)"', page)[1] == shown
    assert re.findall(r'value="([^"]+)" required checked', page) == [other]
    assert not Cart.objects.exists()


def test_what_was_to_be_bought_at_once_and_never_was_is_forgotten_with_other_carts(shelf, tea):
    client = signed_in(shelf.buyer)
    kept(client, tea)
    post(client, "buy_at_once", variant=shelf.variant, quantity="1")
    for cart in Cart.objects.all():
        Cart.objects.filter(pk=cart.pk).update(changed_at=cart.changed_at - 2 * CARTS_LAST)
    forget_old()
    assert [cart.is_apart for cart in Cart.objects.all()] == [False]
