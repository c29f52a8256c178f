"""Lighthouse 12 over the pages that everybody opens: nothing to mend for whoever hears a page, for its safety, for who searches.

How fast they are is measured apart, on a quiet machine.
"""

import json
import os
import shutil
import subprocess
from types import SimpleNamespace
from typing import Any

import pytest

from catalog import search
from local import machine
from tests.browsers import chromium
from tests.figures import FULL
from tests.web.conftest import a_shelf, an_order

LIGHTHOUSE = machine.ROOT / ".tools" / "lighthouse" / "node_modules" / "lighthouse" / "cli" / "index.js"
KINDS = "accessibility,best-practices,seo"
pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not FULL, reason="opens each page for ten seconds: make test-full"),
    pytest.mark.skipif(
        not (LIGHTHOUSE.exists() and shutil.which("node")),
        reason="no Lighthouse is in .tools/lighthouse, or no node is found: .ci/run fetches it",
    ),
]


@pytest.fixture(scope="module")
def shop(live_shop: Any, django_db_blocker: Any) -> SimpleNamespace:
    """A living shop with a product, and a guest's order of it."""
    with django_db_blocker.unblock(), live_shop.database():
        shelf = a_shelf()
        search.index([shelf.product.id])
        order = an_order(shelf)
    return SimpleNamespace(url=live_shop.url, slug=shelf.product.slug, order=order)


@pytest.fixture(scope="module")
def a_cart(shop: SimpleNamespace, browser: Any) -> str:
    """The cookies of a guest who has put the product into her cart."""
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{shop.url}/zh/p/{shop.slug}/")
    page.get_by_role("button", name="加入购物车", exact=True).click()
    page.wait_for_url("**/cart/**")
    cookies = "; ".join(f"{one['name']}={one['value']}" for one in context.cookies())
    context.close()
    return cookies


def lacks(url: str, cookies: str = "") -> list[str]:
    """What keeps this page from 100 in each of the three."""
    headers = ["--extra-headers", json.dumps({"Cookie": cookies})] if cookies else []
    said = subprocess.run(
        [
            *("node", str(LIGHTHOUSE), url, "--quiet", "--output=json", f"--only-categories={KINDS}"),
            *("--chrome-flags=--headless=new --no-sandbox --disable-dev-shm-usage", *headers),
        ],
        env=os.environ | {"CHROME_PATH": chromium() or ""},
        capture_output=True,
        text=True,
        timeout=180,
        check=True,
    )
    told = json.loads(said.stdout)
    assert not told.get("runtimeError"), told["runtimeError"]
    assert set(told["categories"]) == set(KINDS.split(","))
    return sorted(
        one["id"]
        for kind in told["categories"].values()
        for one in kind["auditRefs"]
        if one["weight"] and (told["audits"][one["id"]]["score"] or 0) < 1
        and told["audits"][one["id"]]["scoreDisplayMode"] not in ("notApplicable", "manual", "informative")
    )  # fmt: skip


@pytest.mark.parametrize("path", ["zh/", "en/", "zh/shop/", "zh/p/{slug}/", "en/p/{slug}/"])
def test_what_is_to_be_found_lacks_nothing(shop: SimpleNamespace, path: str) -> None:
    assert lacks(f"{shop.url}/{path.format(slug=shop.slug)}") == []


@pytest.mark.parametrize("path", ["zh/cart/", "zh/checkout/"])
def test_what_is_hers_lacks_but_that_search_engines_find_it(
    shop: SimpleNamespace, a_cart: str, path: str
) -> None:
    assert lacks(f"{shop.url}/{path}", a_cart) == ["is-crawlable"]


def test_an_order_lacks_but_that_search_engines_find_it(shop: SimpleNamespace) -> None:
    order = shop.order
    assert lacks(f"{shop.url}/zh/order/{order['number']}/?token={order['token']}") == ["is-crawlable"]
