"""Buyers: guests who buy as a client of the API does, each on connections of her own.

A guest pays on the stand-in's page by card; the stand-in signs a notice and delivers it to the shop, and she looks
until her order is paid (and with that attributed: it is one transaction). All of that is inside a purchase's time.
"""

import hashlib
import json
import random
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from bench.client import Apart, Measured, Talk, Wrong, api_request, request

DOCUMENTS = Path(__file__).parent / "documents"
ADDRESS = {
    "recipient": "Li Bench",
    "region": "420106",
    "street": "1 Bench Road",
}
CARD = b"method=card&number=4242424242424242&expiry=12%2F34&cvc=123"
PATIENCE = 20.0  # seconds until a payment that nobody noticed is a failure


@dataclass(frozen=True)
class Errand:
    """What buyers do: how many at a time, how, and for how long or how often."""

    port: int
    variants: list[str]
    clients: int = 1
    seconds: float = 4.0
    count: int = 0  # so many purchases in all, instead of so long
    by_one_call: bool = False  # by the one-call checkout
    looks_after: float = 0.02  # seconds, between paying and looking whether it is paid
    seed: int = 1


def trusted(name: str) -> str:
    """A document of ours by the name that the shop knows it by."""
    return hashlib.sha256((DOCUMENTS / f"{name}.graphql").read_text().encode()).hexdigest()


KNOWN = {name: trusted(name) for name in ("cart", "address", "place", "pay", "buy_now", "state")}


class Guest:
    """One visitor without an account."""

    def __init__(self, port: int):
        self.shop = Talk(port)
        self.provider: Talk | None = None
        self.somebody_new()

    def somebody_new(self) -> None:
        """The next buyer on this connection."""
        # By this she is counted: what a guest holds unpaid is bounded.
        self.headers = {"X-Guest": secrets.token_hex(16)}
        self.address = {
            **ADDRESS,
            "email": f"guest-{secrets.token_hex(8)}@example.com",
            "phone": f"13{secrets.randbelow(10**9):09}",
        }

    def ask(self, name: str, **variables: Any) -> dict[str, Any]:
        """Ask one document; its one field, which must tell of no error."""
        status, body = self.shop.ask(
            api_request({"documentId": KNOWN[name], "variables": variables}, self.headers)
        )
        answer = json.loads(body)
        data = answer.get("data") or {}
        value: dict[str, Any] = next(iter(data.values()), {}) or {}
        if status != 200 or answer.get("errors") or value.get("errors") or not value:
            raise Wrong(f"{name}: {status} {body[:600]!r}")
        return value

    def fill_cart(self, lines: list[dict[str, Any]]) -> dict[str, Any]:
        """A cart with lines, address and shipping: its id and what it will cost."""
        cart = self.ask("cart", lines=lines)["cart"]
        if len(cart["lines"]) != len(lines):
            raise Wrong(f"a cart of {len(cart['lines'])} lines")
        told = self.ask("address", cart=cart["id"], **self.address)["cart"]
        if not told["isReady"]:
            raise Wrong(f"a cart that is not ready: {told}")
        return {"id": cart["id"], "total": told["total"]}

    def order(self, lines: list[dict[str, Any]]) -> tuple[str, str, str]:
        """Cart, address and shipping, place, begin to pay: number, token and where to pay."""
        cart = self.fill_cart(lines)
        placed = self.ask("place", cart=cart["id"], total=cart["total"]["amount"], key=str(uuid4()))
        number, token = placed["order"]["number"], placed["token"]
        if placed["order"]["total"]["minor"] != cart["total"]["minor"]:
            raise Wrong(f"told {cart['total']}, asked {placed['order']['total']}")
        payment = self.ask("pay", number=number, token=token, key=str(uuid4()))["payment"]
        return number, token, payment["url"]

    def buy_now(self, lines: list[dict[str, Any]]) -> tuple[str, str, str]:
        """The same in one call, of lines of one unit; what it comes to was learnt before."""
        total = TOTALS[tuple(line["variantId"] for line in lines)]
        placed = self.ask("buy_now", lines=lines, total=total, key=str(uuid4()), **self.address)
        return placed["order"]["number"], placed["token"], placed["payment"]["url"]

    def pay(self, url: str) -> None:
        """Fill in the provider's form."""
        parts = urlsplit(url)
        if self.provider is None:
            self.provider = Talk(parts.port or 80)
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        status, body = self.provider.ask(request("POST", parts.path, CARD, headers))
        if status != 303 or b"problem=" in self.provider.head:
            raise Wrong(f"the card was refused: {status} {self.provider.head!r}")

    def wait_until_paid(self, number: str, token: str, after: float) -> int:
        """Look until it is paid; how often she looked."""
        began, wait, looks = time.monotonic(), after, 0
        while time.monotonic() - began < PATIENCE:
            time.sleep(wait)
            looks += 1
            if self.ask("state", number=number, token=token)["state"] == "PAID":
                return looks
            wait = 0.02
        raise Wrong(f"order {number} was paid and is not known as paid after {PATIENCE} s")

    def close(self) -> None:
        self.shop.close()
        if self.provider:
            self.provider.close()


def purchase(guest: Guest, errand: Errand, chosen: list[str]) -> int:
    """One purchase from cart to paid; how often was looked whether it is paid."""
    lines = [{"variantId": variant, "quantity": 1} for variant in chosen]
    guest.somebody_new()
    number, token, url = guest.buy_now(lines) if errand.by_one_call else guest.order(lines)
    guest.pay(url)
    return guest.wait_until_paid(number, token, errand.looks_after)


def placing(guest: Guest, chosen: list[str]) -> float:
    """The seconds of placing alone; the cart is made before."""
    guest.somebody_new()
    cart = guest.fill_cart([{"variantId": variant, "quantity": 1} for variant in chosen])
    began = time.monotonic()
    guest.ask("place", cart=cart["id"], total=cart["total"]["amount"], key=str(uuid4()))
    return time.monotonic() - began


def place_only(errand: Errand) -> Measured:
    """Place carts, none of which is paid; the rate is that of a client who does nothing else."""
    latencies: list[float] = []
    each(errand, lambda guest, chosen, ends: latencies.append(placing(guest, chosen)))
    return Measured(sum(latencies), sorted(latencies))


def go(errand: Errand) -> tuple[Measured, int]:
    """Buy; a purchase counts that was begun and ended within the time."""
    latencies: list[float] = []
    looks: list[int] = []

    def buy(guest: Guest, chosen: list[str], ends: float) -> None:
        started = time.monotonic()
        looks.append(purchase(guest, errand, chosen))
        now = time.monotonic()
        if now <= ends:
            latencies.append(now - started)

    seconds = each(errand, buy)
    return Measured(seconds if errand.count else errand.seconds, sorted(latencies)), sum(looks)


# What one of each of some variants comes to with sending: a buyer sees it before she buys in one call.
TOTALS: dict[tuple[str, ...], str] = {}


def learn_total(guest: Guest, variants: tuple[str, ...]) -> None:
    """See in a cart what one of each comes to, before the clock runs."""
    if variants not in TOTALS:
        guest.somebody_new()
        cart = guest.fill_cart([{"variantId": variant, "quantity": 1} for variant in variants])
        TOTALS[variants] = cart["total"]["amount"]


def learn_totals(errand: Errand) -> list[list[str]]:
    """Pairs that are bought in one call, with what each comes to."""
    guest = Guest(errand.port)
    pairs = list(zip(errand.variants[::2], errand.variants[1::2], strict=False))[:24]
    for pair in pairs:
        learn_total(guest, pair)
    guest.close()
    return [list(pair) for pair in pairs]


def each(errand: Errand, act: Callable[[Guest, list[str], float], object]) -> float:
    """Let each client do this again and again; the seconds that it took in all."""
    lock = threading.Lock()
    failures: list[Exception] = []
    pairs = learn_totals(errand) if errand.by_one_call else []
    began = time.monotonic()
    ends = began + (3600 if errand.count else errand.seconds)
    left = [errand.count or 1 << 60]

    def one_client(number: int) -> None:
        chance = random.Random(errand.seed * 1000 + number)
        guest = Guest(errand.port)
        try:
            while time.monotonic() < ends and not failures:
                with lock:
                    if left[0] <= 0:
                        return
                    left[0] -= 1
                chosen = chance.choice(pairs) if pairs else chance.sample(errand.variants, 2)
                act(guest, chosen, ends)
        except Exception as failure:
            failures.append(failure)
        finally:
            guest.close()

    threads = [threading.Thread(target=one_client, args=(number,)) for number in range(errand.clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return time.monotonic() - began


def send_out(errand: Errand) -> tuple[Measured, int]:
    """The same from a process of its own, as buyers are."""
    told: tuple[Measured, int] = Apart(go, errand).result()
    return told
