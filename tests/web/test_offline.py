"""Without a signal: public pages that were seen, with the moment they are of; never anything of somebody's own (N32)."""

import re
from typing import Any

import pytest

from shop.web.found import doors
from tests.web.conftest import a_shelf, an_order
from tests.web.test_pages import words

# All that a browser keeps for the shop beside its cookies.
KEPT = """async () => {
  const told = [JSON.stringify(await indexedDB.databases()), JSON.stringify({...localStorage, ...sessionStorage})];
  for (const name of await caches.keys())
    for (const one of await (await caches.open(name)).matchAll()) told.push(`${name} ${one.url} ${await one.text()}`);
  return told.join("\\n");
}"""
IN_ITS_OWN_DRESS = "() => getComputedStyle(document.body).backgroundColor === 'rgb(251, 247, 239)'"
IS_KEPT = "async (url) => Boolean(await caches.match(url))"


@pytest.mark.django_db
def test_a_pages_one_script_weighs_less_than_fifteen_kilobytes_and_its_worker_half_of_that(guest, shelf):
    worker = guest.get("/worker.js")
    assert worker["Content-Type"].startswith("text/javascript") and worker["Cache-Control"] == "no-cache"
    page = words(guest.get("/zh/"))
    assert re.findall(r'<script src="([^"]*)"', page) == ["/static/sheaf.js"]
    assert 'data-worker="/worker.js"' in page
    assert (doors.HERE / "static" / "sheaf.js").stat().st_size < 15_000 and len(worker.content) < 7_500


@pytest.mark.django_db
def test_another_release_has_another_worker(guest, shelf, monkeypatch):
    before = guest.get("/worker.js").content
    assert guest.get("/worker.js").content == before and b"{{" not in before
    monkeypatch.setattr(doors, "release", lambda: "another")
    assert guest.get("/worker.js").content != before


def test_without_a_signal_she_sees_what_is_everybodys_and_nothing_of_anybodys(
    live_shop, browser, django_db_blocker
):
    with django_db_blocker.unblock(), live_shop.database():
        shelf = a_shelf()
        order = an_order(shelf, shelf.buyer)
    own = [shelf.buyer.name, shelf.buyer.nickname, shelf.buyer.email, order["number"]]
    product, account = f"{live_shop.url}/zh/p/{shelf.product.slug}/", f"{live_shop.url}/zh/account/"
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{live_shop.url}/zh/")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.goto(f"{live_shop.url}/zh/sign-in/")
    page.fill("[name=email]", shelf.buyer.email)
    page.fill("[name=password]", shelf.password)
    page.click("main form:has([name=password]) button[type=submit]")
    page.goto(product)
    keeps(page, product)
    for path in (
        account,
        f"{account}addresses/",
        f"{account}details/",
        f"{live_shop.url}/zh/order/{order['number']}/",
    ):
        assert page.goto(path).ok
    assert shelf.product.name_zh in page.evaluate(KEPT) and none_of(own, page.evaluate(KEPT))

    page.goto(account)
    context.set_offline(True)
    page.goto(product)
    said = page.inner_text("[role=status].band")
    assert "没有信号。这一页是" in said and page.inner_text("h1") == shelf.product.name_zh
    for path in (account, f"{live_shop.url}/zh/order/{order['number']}/", f"{live_shop.url}/zh/desk/"):
        page.goto(path)
        assert page.inner_text("h1") == "现在没有信号" and none_of(own, page.content())
        assert page.locator(f'a[href="{product}"]').count() == 1
    page.goto(f"{live_shop.url}/en/shop/")
    assert page.inner_text("h1") == "There is no signal" and "No page has been kept" in page.inner_text(
        "main"
    )
    assert page.evaluate(IN_ITS_OWN_DRESS), "the page is dressed as the others are"

    context.set_offline(False)
    page.goto(account)
    context.set_offline(True)
    page.click("text=退出")
    assert "有信号时就会退出" in page.inner_text("[role=status].band")
    assert shelf.product.name_zh not in page.evaluate(KEPT) and none_of(own, page.evaluate(KEPT))
    page.go_back()
    assert none_of(own, page.content())
    context.set_offline(False)
    page.goto(account)
    assert "/zh/sign-in/" in page.url, "the sign-out was made up for before anything else was asked"
    context.close()


def keeps(page: Any, url: str) -> None:
    """Wait until the page is on the device."""
    for _ in range(50):
        if page.evaluate(IS_KEPT, url):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"{url} was not kept")


def none_of(planted: list[str], text: str) -> bool:
    return not any(word and word in text for word in planted)
