"""From home to the provider's page: every tap is counted, and a field is a tap. Nothing is pressed that is not there."""

import re
from html import unescape

import pytest
from django.test import Client

from accounts.models import Address
from orders.models import Cart, Order, Payment
from tests.orders.world import Buyer, session_of, tell
from tests.web.conftest import signed_in
from tests.web.test_pages import words
from tests.web.typist import Form, read

pytestmark = pytest.mark.django_db


class Thumb:
    """Somebody on a phone without scripts: she taps links, fields and buttons, and each is one."""

    def __init__(self, client: Client):
        self.client, self.taps, self.path, self.html = client, 0, "", ""

    def opens(self, path: str) -> None:
        self._arrive(self.client.get(path))

    def follows(self, part: str) -> None:
        """The first link on the page whose address has this in it."""
        self.taps += 1
        links = [link for link in read(self.html)[1] if part in link]
        assert links, (self.path, part)
        self.opens(links[0])

    def presses(self, action: str, name: str = "", **given: str) -> None:
        """Fill in what is given, a tap a field, and press the button that does this."""
        form, button = self._button(action, name)
        self.taps += len(given) + 1
        assert "disabled" not in button
        assert given.keys() <= self._named(), given.keys() - self._named()
        sent = (
            self._chosen()
            | form.sent
            | given
            | ({button["name"]: button.get("value", "")} if button.get("name") else {})
        )
        ask = self.client.post if form.method == "post" else self.client.get
        there = button.get("formaction") or form.action or self.path
        self._arrive(ask(there.partition("#")[0], {k: v for k, v in sent.items() if k != "photo"}))

    def _button(self, action: str, name: str) -> tuple[Form, dict[str, str]]:
        for form in read(self.html)[0]:
            for button in form.buttons:
                if action in (button.get("formaction") or form.action) and button.get("name", "") == name:
                    return form, button
        raise AssertionError(f"nothing on {self.path} does {action}")

    def _chosen(self) -> dict[str, str]:
        """What stands chosen on the page among several, as its size does."""
        tags = [
            tag
            for tag in re.findall(r"<input[^>]*>", self.html)
            if "checked" in tag and 'type="radio"' in tag
        ]
        return {re.findall(r'name="([^"]*)"', tag)[0]: re.findall(r'value="([^"]*)"', tag)[0] for tag in tags}

    def _named(self) -> set[str]:
        return set(re.findall(r'<(?:input|select|textarea)\b[^>]*\bname="([^"]+)"', self.html))

    def _arrive(self, answer) -> None:
        for _ in range(4):
            if answer.status_code != 302 or not answer.url.startswith("/"):
                break
            answer = self.client.get(unescape(answer.url).partition("#")[0])
        self.answer = answer
        self.path = answer.url if answer.status_code == 302 else answer.request["PATH_INFO"]
        self.html = "" if answer.status_code == 302 else words(answer)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_new_guest_is_sixteen_taps_from_paying_at_most(shelf, till, language):
    thumb = Thumb(Client())
    thumb.opens(f"/{language}/")
    thumb.follows(f"/p/{shelf.product.slug}/")
    thumb.presses("/do/add_to_cart/")
    thumb.presses("/do/keep_cart/", "on")
    thumb.presses("/checkout/", province="420000")
    thumb.presses("/do/choose_region/", region="420527")
    told = {"street": "示例路 1 号", "recipient": "Ann", "phone": "13800138000", "email": "ann@example.com"}
    thumb.presses("/do/tell_cart/", **told)
    thumb.presses("/do/place_order/", "first")
    assert thumb.path.startswith(till.base)
    assert thumb.taps == 13 <= 16


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_returning_buyer_is_four_taps_from_paying_two_of_them_in_the_cart(shelf, till, a_stand, language):
    buyer = Buyer(shelf.buyer)
    till.pay(session_of(buyer.begin(buyer.place(shelf.lot))), "wechat_pay")
    tell(a_stand, "checkout.session.completed")
    address = {"recipient": "Ann", "phone": "13800138000", "region_id": "420527", "street": "示例路 1 号"}
    Address.objects.create(person=shelf.buyer, is_default=True, **address)
    thumb = Thumb(signed_in(shelf.buyer))
    thumb.opens(f"/{language}/")
    thumb.follows(f"/p/{shelf.product.slug}/")
    thumb.presses("/do/add_to_cart/")
    assert thumb.path == f"/{language}/cart/"
    thumb.presses("/do/keep_cart/", "on")
    thumb.presses("/do/place_order/", "first")
    assert thumb.path.startswith(till.base)
    assert thumb.taps == 4
    order = Order.objects.latest("pk")
    parcel = order.shipments.get().parcel
    assert {name: getattr(parcel, name) for name in address} == address
    assert Payment.objects.get(order=order).asked_first == "wechat_pay"


def test_a_cart_that_was_begun_before_she_kept_an_address_goes_to_the_usual_one_too(shelf):
    her = signed_in(shelf.buyer)
    thumb = Thumb(her)
    thumb.opens(f"/en/p/{shelf.product.slug}/")
    thumb.presses("/do/add_to_cart/")
    address = {"recipient": "Ann", "phone": "13800138000", "region_id": "420527", "street": "示例路 1 号"}
    Address.objects.create(person=shelf.buyer, is_default=True, **address)
    thumb.opens("/en/cart/")
    thumb.presses("/do/keep_cart/", "on")
    cart = Cart.objects.get(person=shelf.buyer)
    assert {name: getattr(cart, name) for name in address} == address
    Address.objects.update(street="另一条路 2 号")
    thumb.opens("/en/cart/")
    thumb.presses("/do/keep_cart/", "on")
    assert Cart.objects.get(person=shelf.buyer).street == address["street"], "what was said stays"
