"""What she has looked at is remembered by her browser alone, until she signs out or asks that it be forgotten."""

from typing import Any

import pytest

from catalog.models import Product
from tests.web.conftest import a_shelf, an_order
from tests.web.test_pages import words

STORED = "() => JSON.stringify({...localStorage})"
SEEN = "section[data-seen]"


@pytest.mark.django_db
def test_without_a_script_it_is_not_there(guest, shelf):
    page = words(guest.get(f"/zh/p/{shelf.product.slug}/"))
    (section,) = [part for part in page.split("<section") if "data-seen" in part]
    assert " hidden " in section.partition(">")[0]
    assert "data-seen" not in words(guest.get("/zh/"))


def test_goods_she_has_seen_are_shown_on_the_next_and_are_gone_when_she_signs_out(
    live_shop, browser, django_db_blocker
):
    with django_db_blocker.unblock(), live_shop.database():
        shelf = a_shelf()
        other = a_shelf().product
        Product.objects.filter(pk=other.pk).update(name_zh="示例茶")
        order = an_order(shelf, shelf.buyer)
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(f"{request.url} {request.post_data or ''}"))
    first, second = (f"{live_shop.url}/zh/p/{slug}/" for slug in (shelf.product.slug, other.slug))
    page.goto(f"{live_shop.url}/zh/sign-in/")
    page.fill("[name=email]", shelf.buyer.email)
    page.fill("[name=password]", shelf.password)
    page.click("main form:has([name=password]) button[type=submit]")
    page.goto(first)
    assert not page.locator(SEEN).is_visible()
    page.goto(f"{live_shop.url}/zh/order/{order['number']}/")
    page.goto(second)
    assert shown(page) == [shelf.product.name_zh]
    assert page.locator(f"{SEEN} a").get_attribute("href") == f"/zh/p/{shelf.product.slug}/"
    page.goto(first)
    assert shown(page) == ["示例茶"]
    # Of her own nothing is kept, and no address that is asked for tells what she has seen before.
    assert order["number"] not in page.evaluate(STORED) and shelf.buyer.email not in page.evaluate(STORED)
    assert not [one for one in asked if "seen-zh" in one]
    page.click(f"{SEEN} button")
    assert not page.locator(SEEN).is_visible() and page.evaluate(STORED) == "{}"
    page.goto(second)
    assert not page.locator(SEEN).is_visible() and "示例茶" in page.evaluate(STORED)
    page.goto(f"{live_shop.url}/zh/account/")
    page.click("text=退出")
    page.wait_for_url(f"{live_shop.url}/zh/")
    assert page.evaluate(STORED) == "{}"
    context.close()


def shown(page: Any) -> list[str]:
    """The names of the goods in it, in their order."""
    return page.locator(f"{SEEN} .name").all_inner_texts() if page.locator(SEEN).is_visible() else []
