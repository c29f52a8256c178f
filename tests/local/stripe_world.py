"""A stand-in for Stripe with a shop's ear beside it, for the tests of the stand-in."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import requests
import stripe

from local.stripe.control import Control

SECRET = "whsec_of_the_test"
KEY = "sk_test_of_the_test"
SUCCESS = "http://shop.test/paid?session={CHECKOUT_SESSION_ID}"
CANCEL = "http://shop.test/cart"


@dataclass
class Heard:
    """One notice as it arrived."""

    body: bytes
    signature: str
    event: dict[str, Any]


@dataclass
class Ear:
    """Listens for notices, checks each signature as a shop must, and answers with `answers` before 200."""

    heard: list[Heard] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    refused: int = 0

    def __post_init__(self) -> None:
        ear = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                status = ear.answers.pop(0) if ear.answers else 200
                if status == 200:
                    signature = self.headers["Stripe-Signature"]
                    event = stripe.Webhook.construct_event(body, signature, SECRET)  # type: ignore[no-untyped-call]
                    ear.heard.append(Heard(body, signature, event.to_dict()))
                else:
                    ear.refused += 1
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/notices/stripe/"
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def kinds(self) -> list[str]:
        return [one.event["type"] for one in self.heard]

    def count(self) -> Counter[str]:
        return Counter(self.kinds())

    def about(self, id: str) -> list[str]:
        """The types of the events about one object, in the order they came."""
        return [one.event["type"] for one in self.heard if one.event["data"]["object"]["id"] == id]

    def wait_for(self, kind: str, times: int = 1, seconds: float = 5) -> dict[str, Any]:
        """The last event of a kind, once it has come so often."""
        until(lambda: self.count()[kind] >= times, f"{times} × {kind}, heard {dict(self.count())}", seconds)
        return [one.event for one in self.heard if one.event["type"] == kind][-1]


def until(true: Any, what: str, seconds: float = 5) -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"never came: {what}"
        time.sleep(0.01)


def refused(deed: Callable[[], Any], kind: type[stripe.StripeError] = stripe.InvalidRequestError) -> Any:
    """The error a deed meets."""
    with pytest.raises(kind) as caught:
        deed()
    return caught.value


class World:
    """The official SDK's client, the controls, and a browser without JavaScript, at one stand-in."""

    def __init__(self, url: str, ear: Ear) -> None:
        self.url, self.ear, self.control = url, ear, Control(url)
        self.client = stripe.StripeClient(
            KEY,
            base_addresses={"api": url},
            max_network_retries=0,
            http_client=stripe.RequestsClient(timeout=8),
        )
        self.v1 = self.client.v1
        self.browser = requests.Session()

    def intent(self, amount: int = 1000, method: str | None = "pm_card_visa", **more: Any) -> Any:
        """A PaymentIntent, paid by card unless told otherwise."""
        params: dict[str, Any] = {
            "amount": amount,
            "currency": "cny",
            "allowed_payment_method_types": ["card"],
            **more,
        }
        if method:
            params |= {"payment_method": method, "confirm": True}
        return self.v1.payment_intents.create(params)  # type: ignore[arg-type]

    def wallet(self, kind: str = "alipay", amount: int = 1000, **more: Any) -> Any:
        """A PaymentIntent that waits for the buyer's word in a wallet."""
        made = self.v1.payment_intents.create(
            {"amount": amount, "currency": "cny", "allowed_payment_method_types": [kind], **more}  # type: ignore[typeddict-item,misc]
        )
        options: Any = {"wechat_pay": {"client": "web"}} if kind == "wechat_pay" else {}
        return self.v1.payment_intents.confirm(
            made.id,
            {
                "payment_method_data": {"type": kind},  # type: ignore[typeddict-item]
                "payment_method_options": options,
                "return_url": "http://shop.test/back?order=7",
            },
        )

    def session(self, amount: int = 1250, quantity: int = 2, **more: Any) -> Any:
        """A Checkout Session as the shop opens it."""
        price = {"currency": "cny", "unit_amount": amount, "product_data": {"name": "宜红茶"}}
        params: dict[str, Any] = {
            "mode": "payment",
            "line_items": [{"price_data": price, "quantity": quantity}],
            "success_url": SUCCESS,
            "cancel_url": CANCEL,
            "client_reference_id": "payment-1",
            "metadata": {"order": "o-1"},
            **more,
        }
        return self.v1.checkout.sessions.create(params)  # type: ignore[arg-type]

    def seen(self, session: Any, *expand: str) -> Any:
        return self.v1.checkout.sessions.retrieve(session.id, {"expand": list(expand)})

    def submit(self, url: str, **values: str) -> requests.Response:
        """Send a form of a page, and stop at the redirect."""
        return self.browser.post(url, data=values, allow_redirects=False)

    def pay_by_card(
        self, session: Any, number: str = "4242 4242 4242 4242", **more: str
    ) -> requests.Response:
        card = {"method": "card", "number": number, "expiry": "12/34", "cvc": "123", "locale": "en"}
        return self.submit(session.url, **(card | more))

    def follow(self, answer: requests.Response) -> requests.Response:
        """Go where a redirect leads, within the stand-in."""
        assert answer.status_code == 303, answer.text
        return self.browser.get(self.url + answer.headers["Location"], allow_redirects=False)
