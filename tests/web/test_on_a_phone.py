"""On a phone: what one came for is on the first screen, letters twice as large fit, and nothing covers anything."""

from types import SimpleNamespace
from typing import Any

import pytest

from catalog import search
from tests.figures import full
from tests.together.world import Together
from tests.web.conftest import a_shelf, an_order
from tests.web.test_browser import LARGE

# What a finger aims at and something else lies over. What is scrolled into view by the browser stands clear of bars.
COVERED = """() => [...document.querySelectorAll('a, button, input:not([type=hidden]), select, summary, textarea')]
  .filter(e => e.checkVisibility() && e.getClientRects().length && !e.closest('.skip, .unseen') && e.offsetWidth > 1)
  .filter(e => {
    e.scrollIntoView({ block: 'nearest', behavior: 'instant' });
    const box = e.getClientRects()[0];
    const there = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    return !(there && (e.contains(there) || there.contains(e) || there.closest('label')?.contains(e) || there.closest('.card')?.contains(e)));
  })
  .map(e => `${e.tagName} ${(e.textContent || e.name || '').trim().slice(0, 30)}`)"""
WIDER = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture(scope="module")
def shop(live_shop: Any, django_db_blocker: Any) -> SimpleNamespace:
    """A living shop's public pages."""
    with django_db_blocker.unblock(), live_shop.database():
        shelf = a_shelf()
        search.index([shelf.product.id])
        together = Together(lot=shelf.lot, minimum=5, maximum=20)
        order = an_order(shelf)
    main = ["", "shop/", f"p/{shelf.product.slug}/", "cart/", "checkout/", "checkout/now/", "help/"]
    others = [
        *(
            "teams/",
            f"t/{shelf.team.slug}/",
            "groups/",
            f"g/{together.code}/",
            "contest/",
            "about/",
            "privacy/",
        ),
        *(
            "terms/",
            "incidents/",
            "sign-in/",
            "sign-up/",
            "password/",
            "no/such/page/",
            "shop/?query=nothing",
        ),
        f"order/{order['number']}/?token={order['token']}",
    ]
    return SimpleNamespace(url=live_shop.url, shelf=shelf, pages=full(main + others, main))


def opened(browser: Any, width: int, **options: Any) -> Any:
    return browser.new_context(
        viewport={"width": width, "height": 700}, bypass_csp=True, **options
    ).new_page()


def with_a_cart(page: Any, shop: SimpleNamespace, language: str) -> None:
    """Something in the cart and something bought at once, a region chosen."""
    product = f"{shop.url}/{language}/p/{shop.shelf.product.slug}/"
    for button in (".buy-bar > .quiet", ".buy-bar > .grow:last-child"):
        page.goto(product)
        page.click(button)


@pytest.mark.proof
@pytest.mark.parametrize(("language", "width"), full([("zh", 390), ("en", 320)], [("zh", 390)]))
def test_letters_twice_as_large_fit_and_nothing_covers_anything(browser, shop, language, width):
    page = opened(browser, width)
    with_a_cart(page, shop, language)
    wrong = []
    for path in shop.pages:
        page.goto(f"{shop.url}/{language}/{path}")
        wrong += [f"/{path} scrolls sideways"] * page.evaluate(WIDER)
        wrong += [f"/{path} covers {what}" for what in page.evaluate(COVERED)]
        wrong += [f"/{path} scrolls sideways at 200 %"] * (width == 390 and page.evaluate(LARGE))
    page.context.close()
    assert wrong == []


@pytest.mark.proof
@pytest.mark.parametrize("is_scripted", full([True, False], [True]))
def test_buy_now_is_on_the_first_screen_and_leads_to_checkout_with_the_chosen_number(
    browser, shop, is_scripted
):
    page = opened(browser, 390, java_script_enabled=is_scripted)
    page.goto(f"{shop.url}/zh/p/{shop.shelf.product.slug}/")
    bar = page.locator(".buy-bar")
    for button in (bar.locator("text=加入购物车"), bar.locator("text=马上买")):
        box = button.bounding_box()
        assert box["y"] + box["height"] <= 700 and box["height"] >= 44
    # It stays where one reads on, and does not cover the end of the page.
    page.mouse.wheel(0, 10**5)
    page.wait_for_timeout(200)
    assert bar.bounding_box()["y"] + bar.bounding_box()["height"] <= 700
    last = page.locator(".foot .frame > :last-child").bounding_box()
    assert last["y"] + last["height"] <= bar.bounding_box()["y"]
    bar.locator("[aria-label=多一份]").click()
    assert page.input_value("[name=quantity]") == "2"
    bar.locator("text=马上买").click()
    page.wait_for_url(f"{shop.url}/zh/checkout/now/")
    assert "× 2" in page.locator("main").inner_text()
    page.context.close()
