"""J1 on a phone in Chinese with a telephone number and no mailbox: from a search to a reviewed parcel, by pages and texts."""

import re
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from catalog import search
from core.api.ids import global_id
from orders.models import Order, Review
from tests.orders.world import Buyer, key
from tests.web.conftest import a_shelf

MOBILE = "17112345678"


@pytest.fixture(scope="module")
def sold_here(live_shop: Any, django_db_blocker: Any) -> SimpleNamespace:
    """A product of a living shop, in its search."""
    with django_db_blocker.unblock(), live_shop.database():
        shelf = a_shelf()
        search.index([shelf.product.id])
    return shelf


def texts_in(folder: Path, but: set[Path]) -> list[Path]:
    return sorted(path for path in folder.glob("*.txt") if path not in but)


def the_next_text(folder: Path, seen: set[Path]) -> str:
    """What her phone shows next; a worker sends it."""
    ends = time.monotonic() + 30
    while not (found := texts_in(folder, seen)):
        assert time.monotonic() < ends, "no text has come"
        time.sleep(0.2)
    seen.add(found[0])
    text = found[0].read_text()
    assert text.startswith(f"To: +86{MOBILE}\n")
    return text


def test_she_buys_follows_and_reviews_with_a_number_and_no_mailbox(
    live_shop, browser, sold_here, django_db_blocker
):
    sms, seen = live_shop.folder / "sms", set()
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(f"{live_shop.url}/zh/")
    page.fill("#top-q", sold_here.product.name_zh)
    page.press("#top-q", "Enter")
    page.locator(f"main a[href*='/p/{sold_here.product.slug}/']").first.click()
    page.get_by_role("button", name="加入购物车", exact=True).click()
    page.click("main >> text=去结算")
    page.select_option("#province", label="湖北省")
    page.click("text=下一步")
    page.select_option("[name=region]", "420106")
    page.click("text=看运费")
    for name, value in {"street": "示例路 1 号", "recipient": "梅", "phone": MOBILE}.items():
        page.fill(f"[name={name}]", value)
    page.click("text=保存，下一步")
    page.click("text=下单，去付款")
    page.click("text=用银行卡支付")
    page.wait_for_url(f"{live_shop.url}/zh/order/**")
    paid = the_next_text(sms, seen)
    assert "已付款" in paid
    context.close()  # another day, and the browser has forgotten all
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(re.findall(r"http\S+/o/\w+", paid)[0])
    page.click("text=是我的手机号")
    number = re.findall(r"/order/([^/]+)/", page.url)[0]
    with django_db_blocker.unblock(), live_shop.database():
        order = Order.objects.get(number=number)
        assert (order.email, order.mobile) == ("", f"+86{MOBILE}") and order.buyer_proved_at
        sent = {"carrier": "顺丰", "trackingNumber": "SF1234567890", "idempotencyKey": key()}
        parcel = global_id("Shipment", order.shipments.get().uid)
        assert Buyer(sold_here.manager).do("shipmentShip", shipmentId=parcel, **sent)["errors"] == []
    text = the_next_text(sms, seen)
    assert "已发货" in text and "SF1234567890" in text
    page.goto(re.findall(r"http\S+/o/\w+", text)[0])
    page.click("text=收到了")
    page.locator("form[action='/do/confirm_delivery/'] button").last.click()
    page.locator("main a[href*='/review/']").first.click()
    page.locator("label.choice", has_text="5").click()
    page.fill("[name=words]", "很甜，个个新鲜。")
    page.click("text=发表")
    page.goto(f"{live_shop.url}/zh/p/{sold_here.product.slug}/")
    assert "很甜，个个新鲜。" in page.inner_text("main")
    context.close()
    with django_db_blocker.unblock(), live_shop.database():
        assert Review.objects.get(line__order__number=number).stars == 5
    assert texts_in(sms, seen) == [], "a text costs money: nothing but payment and parcel"
