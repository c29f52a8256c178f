"""J1 by keyboard alone, on a phone's width in Chinese: from a search to a reviewed parcel, without a pointer."""

from types import SimpleNamespace
from typing import Any

import pytest

from catalog import search
from core.api.ids import global_id
from orders.models import Order, Review
from tests.figures import FULL
from tests.orders.world import Buyer, key
from tests.web.conftest import a_shelf

# So many stops lie between two things one does on a page, at most: who goes from one to the next hears each of them.
MOST_STOPS = 60
# What has the focus: what it is, what it says, and whether one sees that it has it.
FOCUSED = """() => {
  const e = document.activeElement;
  const told = e.labels?.[0]?.innerText || e.getAttribute('aria-label') || e.innerText || e.value || '';
  const around = [];
  for (let one = e; one && one.tagName !== 'MAIN'; one = one.parentElement) around.push(getComputedStyle(one));
  return { tag: e.tagName, name: e.name || '', id: e.id, href: e.getAttribute('href') || '', told: told.trim(),
           type: e.type || '', value: e.value || '', chosen: e.selectedOptions?.[0]?.label || '',
           act: e.form?.getAttribute('action') || '', isMain: !!e.closest('main'),
           isSeen: around.some(s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0) };
}"""


pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not FULL, reason="walks J1 stop by stop, half a minute: make test-full"),
]


@pytest.fixture(scope="module")
def sold_here(live_shop: Any, django_db_blocker: Any) -> SimpleNamespace:
    """A product of a living shop, in its search."""
    with django_db_blocker.unblock(), live_shop.database():
        shelf = a_shelf()
        search.index([shelf.product.id])
    return shelf


class Keys:
    """Somebody with a keyboard and no pointer."""

    def __init__(self, page: Any):
        self.page, self.stops = page, 0

    def goes_to(self, is_it: Any, what: str) -> dict[str, Any]:
        """Tab until what has the focus is this; each stop on the way shows that it has it."""
        heard = []
        for _ in range(MOST_STOPS):
            self.page.keyboard.press("Tab")
            at = self.page.evaluate(FOCUSED)
            self.stops += 1
            if at["tag"] not in ("BODY", "HTML"):
                assert at["isSeen"], f"nobody sees that this has the focus: {at}"
            if is_it(at):
                return at
            heard.append(at["told"][:20] or at["name"])
        raise AssertionError(f"{what} is not reached within {MOST_STOPS} stops: {heard}")

    def presses(self, words: str, within: str = "", tag: str = "") -> None:
        """A link or button that says this, of the page's main part; then the next page."""
        self.goes_to(
            lambda at: words in at["told"] and at["isMain"] and within in at["act"] and tag in ("", at["tag"])
            and at["tag"] in ("A", "BUTTON", "SUMMARY"),
            words,
        )  # fmt: skip
        self.enters()

    def enters(self) -> None:
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def types(self, name: str, text: str) -> None:
        self.goes_to(lambda at: at["name"] == name and at["tag"] in ("INPUT", "TEXTAREA"), name)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)

    def chooses(self, name: str, label: str) -> None:
        """By the letters of its name where the box knows them, by the arrow else."""
        at = self.goes_to(lambda at: at["name"] == name and at["tag"] == "SELECT", name)
        for _ in range(60):
            if at["chosen"] == label:
                return
            self.page.keyboard.press("ArrowDown")
            at = self.page.evaluate(FOCUSED)
        raise AssertionError(f"{label} cannot be chosen")


def test_she_finds_buys_receives_and_reviews_without_a_pointer(
    live_shop, browser, sold_here, django_db_blocker
):
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{live_shop.url}/zh/")
    keys = Keys(page)
    # The first stop leads past what stands on every page.
    page.keyboard.press("Tab")
    assert page.evaluate(FOCUSED)["href"] == "#main"
    keys.types("query", sold_here.product.name_zh)
    keys.enters()
    slug = sold_here.product.slug
    keys.goes_to(lambda at: f"/p/{slug}/" in at["href"] and at["isMain"], slug)
    keys.enters()
    keys.presses("加入购物车", tag="BUTTON")
    keys.presses("去结算")
    keys.chooses("province", "湖北省")
    keys.presses("下一步")
    keys.chooses("region", "武昌区")
    keys.presses("看运费")
    given = {"street": "示例路 1 号", "recipient": "梅", "phone": "17112345678", "email": "mei@example.com"}
    for name in page.evaluate("[...document.querySelectorAll('main input, main textarea')].map(e => e.name)"):
        if name in given:
            keys.types(name, given[name])
    keys.presses("保存，下一步")
    keys.presses("下单，去付款")
    with page.expect_navigation(url=f"{live_shop.url}/zh/order/**"):
        keys.goes_to(lambda at: "用银行卡支付" in at["told"], "the till")
        page.keyboard.press("Enter")
    number = page.url.split("/order/")[1].split("/")[0]
    with django_db_blocker.unblock(), live_shop.database():
        order = Order.objects.get(number=number)
        sent = {"carrier": "顺丰", "trackingNumber": "SF1234567890", "idempotencyKey": key()}
        parcel = global_id("Shipment", order.shipments.get().uid)
        assert Buyer(sold_here.manager).do("shipmentShip", shipmentId=parcel, **sent)["errors"] == []
    page.reload()
    keys.presses("收到了")
    keys.presses("", within="/do/confirm_delivery/", tag="BUTTON")
    keys.goes_to(lambda at: "/review/" in at["href"], "the review")
    keys.enters()
    keys.goes_to(lambda at: at["name"] == "stars", "stars")
    while page.evaluate(FOCUSED)["value"] != "5":
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    keys.types("words", "很甜，个个新鲜。")
    keys.presses("发表")
    page.goto(f"{live_shop.url}/zh/p/{slug}/")
    assert "很甜，个个新鲜。" in page.inner_text("main")
    context.close()
    with django_db_blocker.unblock(), live_shop.database():
        assert Review.objects.get(line__order__number=number).stars == 5
