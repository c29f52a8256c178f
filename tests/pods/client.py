"""Buyers who come by https under a name that only they know, trusting nobody but the shop's own authority."""

import socket
import threading
import time
import traceback
import uuid
from collections import Counter
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from urllib3.util import connection

ADDRESS = {
    "email": "buyer@example.com",
    "recipient": "Li Demo",
    "phone": "13800138000",
    "regionCode": "420106",
    "street": "1 Demo Road",
}
_FIND = """{ search(query: "脐橙", first: 3) { nodes { slug variants { id unitsAvailable } } } }"""


@contextmanager
def named(name: str, address: str) -> Any:
    """In this process the name leads to this address, wherever the machine would look."""
    before = socket.getaddrinfo

    def found(host: Any, *args: Any, **more: Any) -> Any:
        return before(address if host == name else host, *args, **more)

    socket.getaddrinfo = found  # type: ignore[assignment]
    connection.socket.getaddrinfo = found  # type: ignore[attr-defined]
    try:
        yield
    finally:
        socket.getaddrinfo = before
        connection.socket.getaddrinfo = before  # type: ignore[attr-defined]


class Buyer:
    """A guest with a script."""

    def __init__(self, url: str, authority: Path):
        self.url = url
        self.session = requests.Session()
        self.session.trust_env = False  # REQUESTS_CA_BUNDLE would be asked first
        self.session.verify = str(authority)
        # Each is somebody of her own.
        self.session.headers["X-Guest"] = uuid.uuid4().hex
        self.variant = ""

    def get(self, path: str) -> requests.Response:
        """A page."""
        return self.session.get(self.url + path, timeout=30)

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """What the API answers; an error of the API's is an error here."""
        sent = {"query": query, "variables": variables}
        answer = self.session.post(self.url + "/graphql", json=sent, timeout=30)
        assert answer.status_code == 200, f"{answer.status_code} {dict(answer.headers)} {answer.text[:500]}"
        told = answer.json()
        assert "errors" not in told, told
        return dict(told["data"])

    def done(self, name: str, wanted: str, **given: Any) -> dict[str, Any]:
        """What a mutation led to; refusals are errors here."""
        query = f"mutation($i: {name[0].upper()}{name[1:]}Input!) {{ {name}(input: $i) {{ {wanted} errors {{ code message }} }} }}"
        told = dict(self.ask(query, i=given)[name])
        assert told["errors"] == [], told["errors"]
        return told

    def find(self) -> str:
        """A variant that can be bought."""
        for product in self.ask(_FIND)["search"]["nodes"]:
            for variant in product["variants"]:
                if variant["unitsAvailable"]:
                    return str(variant["id"])
        raise AssertionError("nothing is for sale")

    def place(self) -> dict[str, Any]:
        """An order, by cart and checkout."""
        self.variant = self.variant or self.find()
        lines = [{"variantId": self.variant, "quantity": 1}]
        cart = self.done("cartLinesAdd", "cart { id }", lines=lines)["cart"]["id"]
        seen = self.done("cartUpdate", "cart { total { amount } }", cartId=cart, **ADDRESS)["cart"]
        placed = self.done(
            "checkoutPlace",
            "order { number } token",
            cartId=cart,
            expectedTotal=seen["total"]["amount"],
            idempotencyKey=str(uuid.uuid4()),
        )
        return {"number": placed["order"]["number"], "token": placed["token"]}

    def buy(self) -> dict[str, Any]:
        """An order that is paid, at the provider's own page."""
        order = self.place()
        url, key, ends = "", str(uuid.uuid4()), time.monotonic() + 60
        while not url and time.monotonic() < ends:
            # Where the provider takes its time, its page is told to whoever asks once more.
            begun = self.done("paymentBegin", "payment { url }", **order, idempotencyKey=key)
            url = begun["payment"]["url"]
            time.sleep(0 if url else 3)  # as a patient buyer: so many tries a minute are hers
        card = {"number": "4242424242424242", "expiry": "12/34", "cvc": "123"}
        paid = requests.post(url, data=card, timeout=30, allow_redirects=False)
        assert paid.status_code in (302, 303), paid.text[:500]
        return order

    def state(self, order: dict[str, Any]) -> str:
        """How far the order is."""
        query = "query($n: String!, $t: String) { order(number: $n, token: $t) { state } }"
        return str(self.ask(query, n=order["number"], t=order["token"])["order"]["state"])


class Load:
    """Buyers who look and buy all the while; `with Load(...) as load: ...` and then `load.failed`."""

    def __init__(self, url: str, authority: Path, buyers: int = 3):
        self.url, self.authority, self.buyers = url, authority, buyers
        self.over = threading.Event()
        self.failed: list[str] = []
        self.did: Counter[str] = Counter()
        self.longest = 0.0
        self.orders: list[tuple[Buyer, dict[str, Any]]] = []

    def __enter__(self) -> "Load":
        work = [self._buys, *[self._looks] * (self.buyers - 1)]
        self.threads = [threading.Thread(target=one, daemon=True) for one in work]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(60)

    def _once(self, name: str, do: Any) -> None:
        began = time.monotonic()
        try:
            do()
            self.did[name] += 1
        except Exception as failure:
            where = traceback.extract_tb(failure.__traceback__)
            step = next((frame.line for frame in where if frame.name in ("place", "buy", "find")), "")
            lasted = f"{datetime.now(UTC):%H:%M:%S} after {time.monotonic() - began:.1f} s"
            self.failed.append(f"{name} {lasted}: {step}: {type(failure).__name__}: {str(failure)[:300]}")
        self.longest = max(self.longest, time.monotonic() - began)

    def _looks(self) -> None:
        guest = Buyer(self.url, self.authority)
        while not self.over.is_set():
            for path in ("/zh/", "/en/", "/livez", "/zh/contest/"):
                self._once("looked", lambda path=path: guest.get(path).raise_for_status())
                time.sleep(0.1)

    def _buys(self) -> None:
        while not self.over.is_set():
            guest = Buyer(self.url, self.authority)
            self._once("bought", lambda guest=guest: self.orders.append((guest, guest.buy())))
            time.sleep(9)  # so many orders a minute one address may place
