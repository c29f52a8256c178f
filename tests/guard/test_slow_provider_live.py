"""Twelve purchases beside a provider that takes twenty seconds: everybody else's pages answer all the while."""

import re
import threading
import time
from urllib.request import ProxyHandler, build_opener

import pytest

from catalog.models import Product
from local.stripe.control import Control
from tests.orders.world import a_lot

pytestmark = pytest.mark.django_db(transaction=True)
OPENER = build_opener(ProxyHandler({}))
BUY = """mutation($input: BuyNowInput!) { buyNow(input: $input) {
    payment { url isPreparing } errors { code message } } }"""


def test_home_answers_within_a_second_beside_twelve_purchases_at_a_slow_provider(live_shop):
    import json
    from urllib.request import Request
    from uuid import uuid4

    from core.api.ids import global_id

    with live_shop.database():
        lots = [a_lot(units=20) for _ in range(12)]
        Product.objects.update(illustration="bamboo-shoot")  # home shows pictures that there are
        variants = [(global_id("Variant", lot.variant.uid), lot.variant.price_minor) for lot in lots]
    till = Control(live_shop.env["STRIPE_API_BASE"])
    told, waits = [], []

    def buy(n, expected):
        given = {"lines": [{"variantId": variants[n][0], "quantity": 1}], "idempotencyKey": str(uuid4()),
                 "email": f"buyer{n}@example.com", "recipient": "示例买家", "phone": f"1380013{n:04}",
                 "regionCode": "420106", "street": "示例路 1 号", "expectedTotal": f"{expected / 100:.2f}"}  # fmt: skip
        headers = {"Content-Type": "application/json", "X-Guest": uuid4().hex}
        body = json.dumps({"query": BUY, "variables": {"input": given}}).encode()
        answer = OPENER.open(Request(f"{live_shop.url}/graphql", body, headers), timeout=60).read()
        return json.loads(answer)["data"]["buyNow"]

    def look(path):
        began = time.monotonic()
        assert OPENER.open(live_shop.url + path, timeout=60).status == 200
        return time.monotonic() - began

    look("/zh/")
    # What it costs with sending is told by the refusal of another sum.
    refused = buy(0, 1)["errors"][0]
    assert refused["code"] == "TOTAL_CHANGED", refused
    total = round(float(re.search(r"¥([0-9.]+)", refused["message"])[1]) * 100)
    till.trouble("slow", times=100, seconds=20, path="/v1/checkout")
    buyers = [threading.Thread(target=lambda n=n: told.append(buy(n, total))) for n in range(12)]
    for one in buyers:
        one.start()
    while any(one.is_alive() for one in buyers):
        waits.append(look("/zh/"))
    till.trouble("none")
    assert all(one["errors"] == [] and one["payment"]["isPreparing"] for one in told), told
    assert max(waits) < 1.0, waits
