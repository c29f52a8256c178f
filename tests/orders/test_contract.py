"""Stripe's own OpenAPI: each request of our adapter is one, and each answer of our stand-in.

Its server for tests (stripe-mock) and its schema are fetched by .ci/run where Go is.
"""

import json
import subprocess
import time
from collections.abc import Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen
from uuid import uuid4

import jsonschema_rs
import pytest
import stripe
from django.utils import timezone

from local import machine
from local.postgres import free_port
from orders.provider.port import Attempt, Noun, RefundAttempt
from orders.provider.stripe import StripeProvider
from orders.provider.stripe.wire import Wire

FOLDER = machine.ROOT / ".tools" / "stripe-mock"
SPEC = FOLDER / "spec3.json"
pytestmark = pytest.mark.skipif(
    not SPEC.exists(), reason="No stripe-mock is in .tools/stripe-mock; .ci/run fetches it where Go is"
)
# What the library's own version of the API calls otherwise than the newest schema that stripe-mock brings.
RENAMED = {"allowed_payment_method_types": "payment_method_types"}


@cache
def spec() -> dict[str, Any]:
    told = json.loads(SPEC.read_text())
    for path in ("/v1/checkout/sessions", "/v1/payment_intents"):
        body = told["paths"][path]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]
        asked = body["schema"]["properties"]
        for new, old in RENAMED.items():
            asked.setdefault(new, asked[old])
    return told


@pytest.fixture(scope="module")
def mock(tmp_path_factory) -> Iterator[str]:
    """Stripe's own server for tests, on the schema as the library speaks it."""
    file: Path = tmp_path_factory.mktemp("stripe") / "spec3.json"
    file.write_text(json.dumps(spec()))
    port = free_port()
    command = [str(FOLDER / "stripe-mock"), "-http-addr", f"127.0.0.1:{port}"]
    command += ["-spec", str(file), "-fixtures", str(FOLDER / "fixtures3.json")]
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    base = f"http://127.0.0.1:{port}"
    try:
        for _ in range(200):
            try:
                urlopen(f"{base}/", timeout=1)
            except URLError as failure:
                if hasattr(failure, "code"):
                    break
                time.sleep(0.1)
        yield base
    finally:
        running.kill()
        running.wait()


def test_each_kind_of_request_that_we_make_is_one_of_stripes(mock, monkeypatch):
    told: list[tuple[str, str, int, bytes]] = []
    call = Wire.request

    def noted(self, method, url, headers, post_data=None):
        body, status, headers = call(self, method, url, headers, post_data)
        told.append((method, url.removeprefix(mock), status, body))
        return body, status, headers

    monkeypatch.setattr(Wire, "request", noted)
    shop = StripeProvider("sk_test_contract", mock, "whsec_tests")
    asked = {
        "payment": uuid4(), "order": uuid4(), "amount_minor": 4590, "title": "订单 7V5A", "language": "zh",
        "ends_at": timezone.now() + timedelta(minutes=35),
        "success_url": "https://shop.example/paid", "cancel_url": "https://shop.example/",
    }  # fmt: skip
    for noun in (Noun.PAGE, Noun.PAYMENT):
        shop.begin(Attempt(noun=noun, **asked))
        shop.close(noun, "id_1")
    for noun in Noun:
        shop.look(noun, "id_1")
    for noun in (Noun.REFUND, Noun.DISPUTE):
        list(shop.about(noun, "pi_1"))
    for noun in (Noun.PAYMENT, Noun.REFUND, Noun.DISPUTE):
        list(shop.recent(noun, timezone.now() - timedelta(days=3)))
    shop.refund(RefundAttempt(uuid4(), 1, "pi_1", 100, timezone.now()))
    assert len(told) >= 16
    assert [(method, url, body) for method, url, status, body in told if status != 200] == []


# --- The stand-in ---------------------------------------------------------------------------------------


def _plain(schema: Any) -> Any:
    """OpenAPI's `nullable` in JSON Schema's own words."""
    if isinstance(schema, list):
        return [_plain(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    made = {name: _plain(value) for name, value in schema.items() if name != "nullable"}
    if schema.get("nullable") is True:
        return {"anyOf": [made, {"type": "null"}]}
    return made


@cache
def _components() -> dict[str, Any]:
    return _plain(spec()["components"])


@cache
def validator(name: str) -> Any:
    document = {"$ref": f"#/components/schemas/{name}", "components": _components()}
    return jsonschema_rs.Draft4Validator(document)


def wrong(name: str, told: Any) -> list[str]:
    """What of an answer is not as Stripe's schema has it."""
    return [
        f"{name} {'/'.join(map(str, e.instance_path))}: {e.message[:200]}"
        for e in validator(name).iter_errors(told)
    ]


def test_each_answer_of_our_stand_in_is_one_of_stripes(till, a_stand):
    shop = StripeProvider("sk_test_contract", a_stand.url, "whsec_tests")
    asked = {
        "order": uuid4(), "amount_minor": 4590, "title": "订单 7V5A", "language": "zh",
        "ends_at": timezone.now() + timedelta(minutes=35),
        "success_url": "https://shop.example/paid", "cancel_url": "https://shop.example/",
    }  # fmt: skip
    pages = [shop.begin(Attempt(payment=uuid4(), noun=Noun.PAGE, **asked)).page_ref for _ in range(5)]
    shop.begin(Attempt(payment=uuid4(), noun=Noun.PAYMENT, **asked))
    shop.close(Noun.PAGE, pages[0])
    for page, way in zip(pages[1:], ("card", "alipay", "wechat_pay", "alipay"), strict=True):
        till.pay(page, way)
    paid = [
        intent for intent in a_stand.store.select("payment_intent", [], 20) if intent["status"] == "succeeded"
    ]
    till.refund_at_the_desk(paid[0]["id"], 100)
    till.refund_mode("pending", after=None)
    till.settle_refund(till.refund_at_the_desk(paid[0]["id"], 100)["id"], "failed")
    till.refund_at_the_desk(paid[0]["id"], 100)
    made = till.dispute(payment_intent=paid[1]["id"])["id"]
    for status in ("under_review", "lost", "won"):
        till.move_dispute(made, status)
    till.dispute(payment_intent=paid[2]["id"], status="warning_needs_response")
    found: list[str] = []
    for noun, path, expanded in (
        ("checkout.session", "checkout/sessions", "data.payment_intent.latest_charge"),
        ("payment_intent", "payment_intents", "data.latest_charge"),
        ("refund", "refunds", ""), ("dispute", "disputes", ""), ("event", "events", ""), ("charge", "charges", ""),
    ):  # fmt: skip
        asked_for = {"limit": 100, **({"expand": [expanded]} if expanded else {})}
        told = shop.client.raw_request("get", f"/v1/{path}", **asked_for).data
        assert told["data"], path
        for one in told["data"]:
            found += wrong(noun, one)
    with pytest.raises(stripe.InvalidRequestError) as refused:
        shop.client.raw_request("get", "/v1/refunds/re_nobody")
    found += wrong("error", refused.value.json_body)
    assert not found, "\n".join(sorted(set(found)))
    assert wrong("refund", {"object": "refund", "amount": "9"})  # the schema does say no
