"""A product is remembered from its page, by a guest too, who signs in first; the list leads back to it."""

import re

import pytest
from django.test import Client

from orders.models import Wish
from tests.catalog.world import a_product, a_variant
from tests.web.conftest import signed_in
from tests.web.test_pages import fields, post, queries, words

pytestmark = pytest.mark.django_db
LIST = "/en/account/wishes/"


def press(client: Client, path: str, button: str, **more: str):
    """Press a button of a product's page, with the form that it belongs to."""
    page = words(client.get(path))
    (value,) = re.findall(
        rf'formaction="/do/wish/"[^>]*value="([^"]*)"[^>]*>\s*{re.escape(button)}\s*<', page
    )
    return client.post("/do/wish/", fields(page, "add_to_cart") | {"wish": value, **more})


def test_a_guest_signs_in_comes_back_and_has_it_on_her_list(shelf, guest):
    path = f"/en/p/{shelf.product.slug}/"
    asked = press(guest, path, "Put on my wish list")
    assert asked.url.startswith("/en/sign-in/?next=%2Fen%2Fp%2F") and not Wish.objects.exists()
    page = words(guest.get(asked.url))
    assert "Sign in and it is on your wish list" in page
    signing = fields(page, "sign_in") | {"email": shelf.buyer.email, "password": shelf.password}
    back = guest.post("/do/sign_in/", signing)
    assert back.url.partition("#")[0] == path
    page = words(guest.get(back.url))
    assert "It is on your wish list." in page and "On your wish list: take it off" in page
    assert Wish.objects.get().person == shelf.buyer
    guest.post("/do/sign_out/", {"next": "/en/"})
    guest.post("/do/sign_in/", signing)
    assert Wish.objects.count() == 1, "what waited is taken once"


def test_she_takes_it_off_on_the_page_or_on_her_list(shelf):
    her = signed_in(shelf.buyer)
    path = f"/en/p/{shelf.product.slug}/"
    assert "Nothing yet." in words(her.get(LIST))
    assert f'href="{LIST}"' in words(her.get("/en/account/"))
    back = press(her, path, "Put on my wish list", quantity="7")
    assert back.url == f"{path}#wish"
    assert 'value="7"' in words(her.get(path)), "the number that was chosen stays"
    page = words(her.get(LIST))
    assert f'href="{path}"' in page and "from ¥36.90" in page
    her.post("/do/leave_wish/", fields(page, "leave_wish"))
    press(her, path, "Put on my wish list")
    press(her, path, "On your wish list: take it off")
    assert not Wish.objects.exists()


def test_of_a_size_that_is_sold_out_a_letter_is_asked_for_by_its_own_button(shelf):
    her = signed_in(shelf.buyer)
    path = f"/en/p/{shelf.product.slug}/"
    assert "Write to me when" not in words(her.get(path)), "all of it can be bought"
    size = a_variant(shelf.product, name_en="gift box")
    press(her, path, "Write to me when gift box is back")
    wish = Wish.objects.get()
    assert (wish.letter, wish.variant) == ("back", size)
    assert "gift box: we write once, when it is back" in words(her.get(path))
    page = words(her.get(LIST))
    assert "A letter when it is back" in page and "No letter" in page


def test_what_is_not_on_the_shelf_any_more_says_so_and_leads_nowhere(shelf):
    her = signed_in(shelf.buyer)
    post(her, "keep_wish", product=shelf.product.slug)
    name = shelf.product.name_en
    type(shelf.product).objects.filter(pk=shelf.product.pk).update(state="suspended", name_en="unseen words")
    page = words(her.get(LIST))
    assert name in page and "Not on sale now" in page and "unseen words" not in page
    assert f'href="/en/p/{shelf.product.slug}/"' not in page


def test_nobody_sees_anothers_list(shelf, guest):
    assert guest.get(LIST).url.startswith("/en/sign-in/")
    post(signed_in(shelf.buyer), "keep_wish", product=shelf.product.slug)
    assert "Nothing yet." in words(signed_in(shelf.manager).get(LIST))
    assert Client().get(f"/en/p/{shelf.product.slug}/").status_code == 200


def test_the_products_page_asks_for_her_list_once_however_many_sizes_are_sold_out(shelf, guest):
    her, path = signed_in(shelf.buyer), f"/en/p/{shelf.product.slug}/"
    a_variant(shelf.product, name_en="box 0")
    few, as_guest = queries(her, path), queries(guest, path)
    for n in range(1, 6):
        a_variant(shelf.product, name_en=f"box {n}")
    post(her, "keep_wish", product=shelf.product.slug)
    assert queries(her, path) == few and queries(guest, path) == as_guest
    few_lines = queries(her, LIST)
    for _ in range(4):
        post(her, "keep_wish", product=a_product().slug)
    assert queries(her, LIST) == few_lines
