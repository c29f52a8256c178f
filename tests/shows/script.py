"""Somebody who knows the shop by its API alone: HTTP, JSON, and no page ever opened."""

import json
import uuid
from typing import Any

import requests

ORDER = """query($number: String!, $token: String) { order(number: $number, token: $token) {
  number state goodsTotal { minor } shippingTotal { minor } total { minor } refundedTotal { minor }
  lines { id name quantity net { minor } refunded { minor } refundedUnits }
  shipments { id state trackingNumber }
  payments { id state method isKept amount { minor } } refunds { state reason amount { minor } } } }"""
SET_ASIDE = """query($number: String!, $token: String) { setAside(order: $number, token: $token) {
  state paid { minor } total { minor } takenBack { minor } parts { part amount { minor } } } }"""
ADDRESS = {"recipient": "示例买家", "phone": "13800138000", "regionCode": "420106", "street": "示例路 1 号"}


def key() -> str:
    return str(uuid.uuid4())


class Script:
    """One asker: a guest known by a token of her own, or a person who signs in."""

    def __init__(self, shop: Any, email: str = "", password: str = ""):
        self.url = shop.url
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["Accept-Language"] = "en"
        if email:
            self.done("signIn", email=email, password=password)
            # From here on there is a session to steal: each request proves that it is hers.
            (proof,) = (c.value for c in self.session.cookies if "csrf" in c.name)
            self.session.headers["X-CSRFToken"] = str(proof)
        else:
            self.session.headers["X-Guest"] = uuid.uuid4().hex

    def send(self, document: str, **variables: Any) -> requests.Response:
        """The whole answer."""
        body = {"query": document, "variables": variables}
        return self.session.post(self.url + "/graphql", json=body, timeout=30)

    def ask(self, document: str, **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        reply = self.send(document, **variables)
        answer = json.loads(reply.text)
        assert reply.status_code == 200 and "errors" not in answer, reply.text
        return answer["data"]

    def do(self, act: str, payload: str = "", **given: Any) -> dict[str, Any]:
        """The payload of a mutation; who places something has seen what it comes to, unless a test says otherwise."""
        if act in ("checkoutPlace", "buyNow") and "expectedTotal" not in given:
            given["expectedTotal"] = self.total_of(given)
        kind = f"{act[0].upper()}{act[1:]}Input"
        document = f"mutation($input: {kind}!) {{ {act}(input: $input) {{ errors {{ code field message }} {payload} }} }}"
        return self.ask(document, input=given)[act]

    def decide(self, room: str, deed: str, row: int) -> None:
        """What an operator does with a row of a list in her rooms, looked at once more where the shop asks that."""
        chosen = {"action": deed, "_selected_action": str(row), "confirmed": "yes"}
        reply = self.session.post(f"{self.url}/operators/{room}/", data=chosen, timeout=30)
        assert reply.status_code == 200 and 'class="success"' in reply.text, reply.text

    def done(self, act: str, payload: str = "", **given: Any) -> dict[str, Any]:
        """The payload of a mutation that must not be refused."""
        answer = self.do(act, payload, **given)
        assert answer["errors"] == [], answer
        return answer

    def refused(self, act: str, **given: Any) -> list[dict[str, Any]]:
        """Why a mutation was refused."""
        errors = self.do(act, **given)["errors"]
        assert errors, f"{act} was done"
        return errors

    # -- buying

    def total_of(self, given: dict[str, Any]) -> str:
        """What a cart, or these lines sent there, come to, as a cart tells it."""
        if "lines" in given:
            cart = self.done("cartLinesAdd", "cart { id }", lines=given["lines"])["cart"]["id"]
            self.done("cartUpdate", cartId=cart, regionCode=given["regionCode"])
        else:
            cart = given.get("cartId")
        seen = self.ask("query($id: ID) { cart(id: $id) { total { amount } } }", id=cart)["cart"]
        return ((seen or {}).get("total") or {"amount": "0.00"})["amount"]

    def place(self, *wants: tuple[str, int], **told: Any) -> dict[str, Any]:
        """An order of these variants: its number and key."""
        lines = [{"variantId": variant, "quantity": units} for variant, units in wants]
        cart = self.done("cartLinesAdd", "cart { id }", lines=lines)["cart"]["id"]
        self.done("cartUpdate", cartId=cart, **{"email": "guest@shows.example", **ADDRESS, **told})
        placed = self.done("checkoutPlace", "order { number } token", cartId=cart, idempotencyKey=key())
        return {"number": placed["order"]["number"], "token": placed["token"]}

    def begin(self, order: dict[str, Any], kind: str = "CHECKOUT") -> dict[str, Any]:
        """Where it is paid."""
        return self.done("paymentBegin", "payment { id url }", **order, kind=kind, idempotencyKey=key())[
            "payment"
        ]

    def order(self, order: dict[str, Any]) -> dict[str, Any]:
        """The order as its buyer sees it."""
        return self.ask(ORDER, **order)["order"]

    def set_aside(self, order: dict[str, Any]) -> dict[str, Any]:
        """How its money is set aside."""
        return self.ask(SET_ASIDE, **order)["setAside"]


def session_of(url: str) -> str:
    """The provider's session in the address of its page."""
    return url.split("?")[0].split("#")[0].rstrip("/").rsplit("/", 1)[1]
