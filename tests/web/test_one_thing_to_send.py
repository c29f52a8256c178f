"""Of what is typed on a page nothing is lost because the button of another form was pressed; without a script."""

import re

import pytest
from django.test import Client

from core.api.ids import global_id
from orders.models import Cart, CartLine, Order, Parcel
from shop.web.document import HERE
from tests.catalog.world import a_lot, a_product, a_variant
from tests.web.test_desk import a_photo, drafted
from tests.web.test_pages import fields, post, unfolded, words

pytestmark = pytest.mark.django_db
TOLD = {"street": "示例路 1 号", "recipient": "Ann", "phone": "13800138000", "email": "ann@example.com"}


@pytest.fixture
def ready(guest, shelf):
    """A guest's cart that can be placed."""
    post(guest, "add_to_cart", variant=shelf.variant, quantity="2")
    post(guest, "choose_region", region="420527")
    post(guest, "tell_cart", **TOLD)
    return guest


def pressed(page: str, button: str) -> dict[str, str]:
    """Where a button sends its form, and the name and value that it adds."""
    (found,) = [tag for tag in re.findall(r"<button[^>]*>", page) if button in tag]
    return dict(re.findall(r'(\w+)="([^"]*)"', found))


def checkout(client: Client) -> tuple[dict[str, str], dict[str, str]]:
    """What the checkout's one form would send, and its placing button."""
    page = words(client.get("/en/checkout/"))
    button = pressed(page, 'formaction="/do/place_order/"')
    assert f'id="{button["form"]}"' in page
    return {**fields(page, "tell_cart"), button["name"]: button["value"]}, button


def test_a_street_that_was_changed_and_not_saved_is_where_the_order_goes(ready, shelf):
    form, button = checkout(ready)
    reply = ready.post(button["formaction"], {**form, "street": "另一条路 9 号"})
    assert reply.url.startswith("/en/order/")
    assert Parcel.objects.get().street == "另一条路 9 号"


def test_what_cannot_be_saved_is_shown_again_and_nothing_is_placed(ready):
    form, button = checkout(ready)
    reply = ready.post(button["formaction"], {**form, "street": "另一条路 9 号", "phone": "12"})
    page = words(ready.get(reply.url))
    assert (
        reply.url == "/en/checkout/#refused" and 'value="另一条路 9 号"' in page and 'class="wrong"' in page
    )
    assert not Order.objects.exists() and Cart.objects.get().street == TOLD["street"]


def test_placing_sends_along_no_other_form_than_its_own(ready):
    form, button = checkout(ready)
    ready.post(
        button["formaction"], {**form, "first": "update_person", "nickname": "x", "street": "elsewhere"}
    )
    assert Parcel.objects.get().street == TOLD["street"]


def cart_form(client: Client) -> dict[str, str]:
    page = words(client.get("/en/cart/"))
    form = re.search(r'<form[^>]*action="/do/keep_cart/".*?</form>', page, re.DOTALL)
    return dict(re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form[0]))


def quantities() -> list[int]:
    return list(CartLine.objects.order_by("pk").values_list("quantity", flat=True))


@pytest.fixture
def two_lines(guest, shelf):
    other = a_lot(a_variant(a_product(shelf.team)), units=30)
    post(guest, "add_to_cart", variant=shelf.variant, quantity="1")
    post(guest, "add_to_cart", variant=global_id("Variant", other.variant.uid), quantity="1")
    return guest


def test_a_quantity_that_was_typed_goes_to_checkout_with_her(two_lines):
    form = cart_form(two_lines)
    first, second = [name for name in form if name.startswith("quantity.")]
    reply = two_lines.post("/do/keep_cart/", {**form, first: "5", second: "3", "on": "checkout"})
    assert reply.url == "/en/checkout/" and quantities() == [5, 3]


def test_of_two_quantities_that_were_typed_both_are_kept_by_either_button(two_lines):
    form = cart_form(two_lines)
    first, second = [name for name in form if name.startswith("quantity.")]
    assert two_lines.post("/do/keep_cart/", {**form, first: "4", second: "2"}).url == "/en/cart/"
    assert quantities() == [4, 2]


def test_taking_a_line_out_keeps_what_was_typed_for_another(two_lines):
    form = cart_form(two_lines)
    first, second = [name for name in form if name.startswith("quantity.")]
    gone = second.removeprefix("quantity.")
    two_lines.post("/do/keep_cart/", {**form, first: "4", second: "", "remove": gone})
    assert quantities() == [4]


def test_a_quantity_that_cannot_be_is_said_beside_its_line_and_stays_as_typed(two_lines):
    form = cart_form(two_lines)
    _, second = [name for name in form if name.startswith("quantity.")]
    reply = two_lines.post("/do/keep_cart/", {**form, second: "1,5", "on": "checkout"})
    page = words(two_lines.get(reply.url))
    assert (
        reply.url == "/en/cart/#refused"
        and 'value="1,5"' in page
        and "-wrong" in page
        and quantities() == [1, 1]
    )


def test_what_nobody_changed_is_not_written_again(two_lines):
    form = cart_form(two_lines)
    CartLine.objects.update(quantity=7)  # in another tab
    two_lines.post("/do/keep_cart/", {**form, "on": "checkout"})
    assert quantities() == [7, 7]


@pytest.mark.parametrize("path", ["/en/cart/", "/en/checkout/"])
def test_enter_in_a_field_presses_what_keeps_and_never_what_takes_away(ready, path):
    page = words(ready.get(path))
    act = "keep_cart" if "cart" in path else "tell_cart"
    form = re.search(rf'<form[^>]*action="/do/{act}/".*?</form>', page, re.DOTALL)
    (first, *_) = re.findall(r"<button[^>]*>", form[0])
    assert "remove" not in first and "formaction" not in first and "accept" not in first


# --- A product's words and its photo -------------------------------------------------------------------


@pytest.fixture
def desk(shelf):
    """A manager at a product's page: what its form would send."""
    client, product, path = drafted(shelf)
    form = fields(unfolded(client, path, "update_product"), "update_product")
    form.pop("seasonMonths")
    return client, product, path, form


def test_the_text_is_kept_when_the_photo_is_sent_and_the_photo_when_the_text_is(desk):
    client, product, path, form = desk
    button = pressed(unfolded(client, path, "update_product"), 'formaction="/do/upload_picture/"')
    typed = {**form, button["name"]: button["value"], "storyZh": "山上的蜜橘", "photo": a_photo()}
    assert client.post(button["formaction"], typed).url == path
    product.refresh_from_db()
    assert product.story_zh == "山上的蜜橘" and product.pictures.count() == 1
    client.post("/do/update_product/", {**form, "storyZh": "又一句", "photo": a_photo(), "altZh": "一筐"})
    product.refresh_from_db()
    assert product.story_zh == "又一句" and product.pictures.count() == 2


def test_a_photo_that_is_refused_takes_no_text_away(desk):
    client, product, path, form = desk
    reply = client.post("/do/upload_picture/", {**form, "first": "update_product", "storyZh": "山上的蜜橘"})
    product.refresh_from_db()
    assert reply.url == f"{path}?open=update_product#refused" and product.story_zh == "山上的蜜橘"
    page = words(client.get(reply.url))
    assert 'class="wrong"' in page.split('id="photos"')[1]


def test_a_product_is_submitted_as_it_was_written(desk):
    client, product, path, form = desk
    button = pressed(unfolded(client, path, "update_product"), 'formaction="/do/submit_product/"')
    typed = {**form, button["name"]: button["value"], "storyZh": "山上的蜜橘"}
    client.post(button["formaction"], typed)
    product.refresh_from_db()
    assert product.story_zh == "山上的蜜橘"


# --- With a script --------------------------------------------------------------------------------------


def test_the_pages_ask_before_they_let_go_of_what_was_typed(guest, shelf):
    assert 'data-unsaved="' in words(guest.get("/en/cart/"))
    script = (HERE / "static" / "sheaf.js").read_text()
    assert "dataset.unsaved" in script and script.index("dataset.unsaved") < script.index("dataset.sent")
