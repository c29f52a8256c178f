"""How the shop is found: one address a page, in both languages; what search engines read; what a phone keeps of it."""

import re
from html import unescape
from typing import Any
from urllib.parse import urldefrag, urljoin
from xml.etree import ElementTree

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from PIL import Image

from catalog import search
from shop.web.found import sitemap
from tests.catalog.world import a_category, a_product, a_team
from tests.impact.world import a_round
from tests.web.conftest import an_order, signed_in
from tests.web.test_pages import words

pytestmark = pytest.mark.django_db
SITE = settings.SITE_URL
NAMES = {
    "s": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "x": "http://www.w3.org/1999/xhtml",
}


@pytest.fixture(autouse=True)
def written_anew(shelf):
    """Nothing is kept of another test's shop, and what is on the shelf is found there."""
    sitemap.files.forget()
    search.index([shelf.product.id])


def opened(client: Client, url: str) -> Any:
    assert url.startswith(SITE), url
    return client.get(url.removeprefix(SITE))


def locations(client: Client, url: str) -> dict[str, dict[str, str]]:
    """Each page that a file of the sitemap names, with its address in each language."""
    tree = ElementTree.fromstring(opened(client, url).content)
    return {
        page.findtext("s:loc", "", NAMES): {
            link.attrib["hreflang"]: link.attrib["href"] for link in page.findall("x:link", NAMES)
        }
        for page in tree.findall("s:url", NAMES)
    }


def mapped(client: Client) -> dict[str, dict[str, str]]:
    """All of the sitemap, as robots.txt leads there."""
    (start,) = re.findall(r"^Sitemap: (.*)$", client.get("/robots.txt").content.decode(), re.M)
    tree = ElementTree.fromstring(opened(client, start).content)
    found: dict[str, dict[str, str]] = {}
    for file in tree.findall("s:sitemap/s:loc", NAMES):
        rows = locations(client, file.text or "")
        assert rows and not rows.keys() & found.keys()
        found |= rows
    return found


def head(page: str) -> tuple[str, dict[str, str]]:
    """(canonical, address by hreflang) of a page; nothing of one that is not to be found."""
    canonical = re.findall(r'<link rel="canonical" href="([^"]*)">', page)
    pairs = re.findall(r'<link rel="alternate" hreflang="([^"]*)" href="([^"]*)">', page)
    noindex = page.count('<meta name="robots" content="noindex">')
    assert len(canonical) + noindex == 1 and len(pairs) == (0 if noindex else 3)
    return unescape(canonical[0]) if canonical else "", {tag: unescape(url) for tag, url in pairs}


def is_found(page: str) -> bool:
    return bool(head(page)[0])


def test_sitemap_and_pages_name_each_other_in_every_language(guest, shelf):
    a_round(shelf.team)
    told = mapped(guest)
    assert {url.removeprefix(SITE) for url in told} >= {
        *("/zh/", "/en/shop/", "/en/shop/?category=fruit", "/zh/teams/", "/en/help/"),
        *(f"/{spoken}/p/{shelf.product.slug}/" for spoken in ("zh", "en")),
        f"/en/t/{shelf.team.slug}/",
    }
    assert any(re.search(r"/en/contest/[\w-]+/provincial/$", url) for url in told)
    for url, languages in told.items():
        shown = opened(guest, url)
        assert shown.status_code == 200, url
        assert head(words(shown)) == (url, languages)
        assert languages.keys() == {"zh-Hans", "en", "x-default"} and url in languages.values()
        assert languages["x-default"] == languages["zh-Hans"]
        for other in languages.values():
            assert told[other] == languages, "whoever is named names back"


def test_what_says_that_it_is_to_be_found_is_in_the_sitemap(guest, shelf):
    """Wherever a link leads from there."""
    a_round(shelf.team)
    told = mapped(guest)
    links = {
        urldefrag(urljoin(url, unescape(href)))[0]
        for url in told
        for href in re.findall(r'<a\b[^>]*?\shref="([^"]*)"', words(opened(guest, url)))
    }
    beyond = [url for url in links - told.keys() if url.startswith((f"{SITE}/zh/", f"{SITE}/en/"))]
    shown = {url: opened(guest, url) for url in beyond}
    says = {url: head(words(page))[0] for url, page in shown.items() if page.status_code == 200}
    assert len(says) > 20 and {url for url in says.values() if url} <= told.keys()


def test_what_is_not_public_is_in_no_sitemap(guest, shelf):
    draft = a_product(shelf.team, state="draft", category=a_category("tea", "茶", "Tea"))
    shut = a_team(is_active=False)
    told = " ".join(mapped(guest))
    assert shelf.product.slug in told
    for hidden in (
        draft.slug,
        shut.slug,
        "category=tea",
        "order/",
        "cart",
        "account",
        "desk",
        "office",
        "/g/",
    ):
        assert hidden not in told, hidden


def test_a_sitemap_of_many_pages_is_several_files(guest, shelf, monkeypatch):
    monkeypatch.setattr(sitemap, "A_FILE", 2)
    more = [a_product(shelf.team).slug for _ in range(4)]
    told = mapped(guest)
    assert all(f"{SITE}/en/p/{slug}/" in told for slug in [*more, shelf.product.slug])
    assert guest.get("/sitemaps/en/products-3.xml").status_code == 200
    for odd in ("products-4", "products-0", "orders-1"):
        assert guest.get(f"/sitemaps/en/{odd}.xml").status_code == 404


def test_what_is_somebodys_own_or_narrowed_asks_not_to_be_indexed(guest, shelf):
    order = an_order(shelf)
    hers = signed_in(shelf.buyer)
    own = [
        f"/en/order/{order['number']}/?token={order['token']}",
        "/en/cart/",
        "/en/checkout/",
        "/en/sign-in/",
    ]
    narrowed = (
        "query=tea",
        "sort=NEWEST",
        "category=fruit&sort=NEWEST",
        "category=fruit&category=tea",
        "category=x",
    )
    product = f"/en/p/{shelf.product.slug}/"
    for path in [
        *own,
        *(f"/en/shop/?{query}" for query in narrowed),
        f"{product}?preview=true",
        "/en/no/such/",
    ]:
        assert not is_found(words(guest.get(path))), path
    for path in ("/en/account/", "/en/account/addresses/"):
        assert not is_found(words(hers.get(path))), path
    assert is_found(words(hers.get(product)))


def test_a_networks_own_mark_makes_no_other_page(guest, shelf):
    path = f"/en/p/{shelf.product.slug}/"
    assert head(words(guest.get(f"{path}?utm_source=x")))[0] == SITE + path


def test_robots_hides_no_page_that_says_so_itself(guest):
    """A page that may not be read cannot say that it is not to be indexed."""
    hidden = re.findall(r"^Disallow: (.*)$", guest.get("/robots.txt").content.decode(), re.M)
    assert hidden and not any(word in " ".join(hidden) for word in ("order", "cart", "account", "office"))


# --- what a network and a phone keep ---


def test_a_shared_page_says_what_it_is(guest, shelf):
    page = words(guest.get(f"/en/p/{shelf.product.slug}/"))
    told = dict(re.findall(r'<meta property="og:([\w:]+)" content="([^"]*)">', page))
    assert told["title"] == shelf.product.name_en and told["url"] == f"{SITE}/en/p/{shelf.product.slug}/"
    assert told["locale"] == "en_GB" and told["image"] == f"{SITE}/cards/en/product/{shelf.product.slug}.png"
    home = words(guest.get("/zh/"))
    assert f'<meta property="og:image" content="{SITE}/cards/zh/shop.png">' in home
    assert "og:image" not in words(guest.get("/en/cart/"))


@pytest.mark.parametrize("spoken", ["zh", "en"])
def test_a_phone_can_put_the_shop_on_its_home_screen(guest, shelf, spoken):
    page = words(guest.get(f"/{spoken}/"))
    (where,) = re.findall(r'<link rel="manifest" href="([^"]*)">', page)
    shown = guest.get(where)
    assert shown["Content-Type"] == "application/manifest+json"
    manifest = shown.json()
    assert manifest["start_url"] == f"/{spoken}/" and manifest["lang"] == {"zh": "zh-Hans"}.get(
        spoken, spoken
    )
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        name = re.sub(r"^/static/(.*?)(\.[0-9a-f]{12})?\.png$", r"\1.png", icon["src"])
        with Image.open(finders.find(name)) as picture:
            assert icon["sizes"] == f"{picture.width}x{picture.height}"
    assert guest.get("/favicon.ico").url.startswith("/static/brand/icon-48")
